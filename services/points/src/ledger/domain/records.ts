// What is kept of one member's points: the account, its lots, what is held, and what was posted.
import type { Points } from '@atrium/kernel';
import type { Life } from './expiry';
import type { Step } from './explanation';

export type EntryKind =
  | 'EARN'
  | 'EARN_REVERSAL'
  | 'REDEEM'
  | 'REDEEM_REVERSAL'
  | 'EXPIRE'
  | 'ADJUST'
  | 'TRANSFER'
  | 'REINSTATE'
  | 'DEBT_REPAYMENT'
  | 'WRITE_OFF';

export type LotPartName = 'pending' | 'available' | 'held' | 'redeemed' | 'expired' | 'revoked';

/** What a credit or an entry comes from. */
export type SourceKind =
  | 'PURCHASE'
  | 'REFUND'
  | 'REDEMPTION'
  | 'ADJUSTMENT'
  | 'WRITE_OFF'
  | 'TRANSFER'
  | 'GIFT_ORDER'
  | 'PARTNER'
  | 'INTERACTION'
  | 'REINSTATEMENT'
  | 'MERGE';

export interface Source {
  readonly kind: SourceKind;
  /** A UUID, of the thing of that kind. */
  readonly id: string;
}

/** NEW and CHANGED rows are written when the working copy is saved. */
export type Mark = 'STORED' | 'CHANGED' | 'NEW';

/** One credit of points. issued = pending + available + held + redeemed + expired + revoked, always. */
export interface Lot {
  readonly id: string;
  readonly issued: Points;
  pending: Points;
  available: Points;
  held: Points;
  redeemed: Points;
  expired: Points;
  revoked: Points;
  /** The part of `expired` that was given again as new lots. */
  reinstated: Points;
  readonly earnedAt: Date;
  /** Null: pending until somebody confirms it. */
  availableAt: Date | null;
  expiresAt: Date | null;
  /** Set where `expiresAt` still moves: with the account's activity, or with the confirmation. */
  moving: Life['moving'];
  readonly source: Source | null;
  /** The lot whose points these were: transferred, reinstated, merged. */
  readonly originLotId: string | null;
  readonly purchaseId: string | null;
  readonly mallId: string | null;
  readonly merchantId: string | null;
  /** Who carries the cost: a merchant, a mall, a partner; null is the group. */
  readonly funderId: string | null;
  readonly currency: string | null;
  mark: Mark;
}

export type HoldStatus = 'HELD' | 'CAPTURED' | 'RELEASED' | 'EXPIRED';

/** CHECKOUT is a basket that was reserved here; the others are orders that only their own system knows. */
export type HoldKind = 'CHECKOUT' | 'POS' | 'PARKING' | 'ONLINE';

export interface Hold {
  readonly id: string;
  readonly kind: HoldKind;
  /** The checkout, or what an order's place, kind and number come to; one hold of it can be open. */
  readonly checkoutId: string;
  /** The order's own number where it comes from; null for a checkout. */
  readonly orderRef: string | null;
  readonly mallId: string | null;
  readonly merchantId: string | null;
  readonly storeId: string | null;
  readonly currency: string | null;
  readonly points: Points;
  readonly valueMinor: bigint;
  status: HoldStatus;
  expiresAt: Date;
  /** Once is allowed. */
  extended: boolean;
  captured: Points;
  redemptionId: string | null;
  readonly createdAt: Date;
  readonly parts: readonly { readonly lotId: string; readonly amount: Points }[];
  mark: Mark;
}

export interface LotAmount {
  readonly lot: Lot;
  readonly amount: Points;
}

/** `amount` changes what is unspent (pending + available + held), `debtDelta` what is owed. */
export interface Entry {
  readonly id: string;
  readonly kind: EntryKind;
  readonly amount: Points;
  readonly debtDelta: Points;
  readonly availableAfter: Points;
  readonly occurredAt: Date;
  readonly mallId: string | null;
  readonly purchaseId: string | null;
  readonly refundId: string | null;
  readonly source: Source | null;
  readonly explanation: readonly Step[];
  readonly actor: string | null;
  readonly reason: string | null;
  /** Signed; what the entry gave to lots, new ones too, or took from them. */
  readonly parts: readonly LotAmount[];
}

export interface GrowthEntry {
  readonly id: string;
  readonly amount: Points;
  readonly growthAfter: Points;
  readonly occurredAt: Date;
  readonly mallId: string | null;
  /** Null where no sale gave it: see `source`. */
  readonly purchaseId: string | null;
  readonly refundId: string | null;
  readonly source: Source | null;
}

export interface Account {
  /** Credited, not spendable yet. */
  pending: Points;
  available: Points;
  held: Points;
  debt: Points;
  growth: Points;
  /** Nothing can be spent, and nothing becomes available. */
  frozen: boolean;
  /** It is being decided whether the account goes on in another: nothing can be spent. */
  readonly merging: boolean;
  /** Of what was last said about freezing. */
  freezeVersion: bigint;
  /** When the member last earned or redeemed, by the time it happened. */
  lastActivityAt: Date | null;
  version: bigint;
}

export const EMPTY_ACCOUNT: Account = {
  pending: 0n,
  available: 0n,
  held: 0n,
  debt: 0n,
  growth: 0n,
  frozen: false,
  merging: false,
  freezeVersion: 0n,
  lastActivityAt: null,
  version: 0n,
};
