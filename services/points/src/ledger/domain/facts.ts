// What a ledger has to tell the other contexts, as it stood at the moment of posting.
import type { Points } from '@atrium/kernel';

interface Common {
  /** Of the account, or of the sale for SALE_POSTED. */
  version: bigint;
}

export interface SaleReference {
  purchaseId: string;
  mallId: string;
  merchantId: string;
  storeId: string;
  currency: string;
}

/** Points by who pays for them: the merchant whose sale issued them; null is the group itself. */
export interface FundedPoints {
  funderId: string | null;
  points: Points;
}

/** What a redemption was for, and where. */
export interface RedemptionReference {
  redemptionId: string;
  source: { readonly kind: string; readonly id: string };
  mallId: string | null;
  merchantId: string | null;
  storeId: string | null;
  currency: string | null;
}

/** What one lot gave to another member, with all that the receiver's lot keeps of it. */
export interface TransferredPart {
  lotId: string;
  points: Points;
  earnedAt: Date;
  expiresAt: Date | null;
  funderId: string | null;
  mallId: string | null;
  merchantId: string | null;
  currency: string | null;
}

export type Fact = Common &
  (
    | {
        type: 'HELD';
        holdId: string;
        checkoutId: string;
        kind: string;
        orderRef: string | null;
        mallId: string | null;
        points: Points;
        expiresAt: Date;
      }
    | { type: 'HOLD_EXTENDED'; holdId: string; mallId: string | null; expiresAt: Date }
    | {
        type: 'RELEASED';
        holdId: string;
        checkoutId: string;
        mallId: string | null;
        points: Points;
        cause: 'CANCELLED' | 'EXPIRED' | 'UNUSED';
        occurredAt: Date;
      }
    | {
        type: 'CAPTURED';
        sale: SaleReference;
        checkoutId: string;
        points: Points;
        valueMinor: bigint;
        debt: Points;
        occurredAt: Date;
      }
    | {
        type: 'REDEMPTION_REVERSED';
        sale: SaleReference;
        refundId: string;
        points: Points;
        valueMinor: bigint;
        pointsTotal: Points;
        valueTotalMinor: bigint;
        occurredAt: Date;
      }
    | {
        type: 'REDEEMED';
        redemption: RedemptionReference;
        points: Points;
        valueMinor: bigint;
        funders: readonly FundedPoints[];
        occurredAt: Date;
      }
    | {
        type: 'REDEMPTION_UNDONE';
        redemption: RedemptionReference;
        points: Points;
        valueMinor: bigint;
        pointsTotal: Points;
        valueTotalMinor: bigint;
        funders: readonly FundedPoints[];
        occurredAt: Date;
      }
    | {
        type: 'EXPIRED';
        lotId: string;
        purchaseId: string | null;
        mallId: string | null;
        merchantId: string | null;
        currency: string | null;
        points: Points;
        expiredAt: Date;
      }
    | {
        type: 'ACTIVATED';
        lotId: string;
        purchaseId: string | null;
        mallId: string | null;
        points: Points;
        occurredAt: Date;
      }
    | {
        type: 'REINSTATED';
        entryId: string;
        lotId: string;
        originLotId: string;
        purchaseId: string | null;
        mallId: string | null;
        merchantId: string | null;
        currency: string | null;
        points: Points;
        expiresAt: Date | null;
        occurredAt: Date;
      }
    | {
        type: 'ADJUSTED';
        entryId: string;
        points: Points;
        mallId: string | null;
        reasonCode: string;
        occurredAt: Date;
      }
    | {
        type: 'TRANSFER_SENT';
        transferId: string;
        toMemberId: string;
        mallId: null;
        points: Points;
        parts: readonly TransferredPart[];
        occurredAt: Date;
      }
    | {
        type: 'TRANSFER_RECEIVED';
        transferId: string;
        fromMemberId: string;
        mallId: null;
        points: Points;
        occurredAt: Date;
      }
    | {
        type: 'TRANSFER_RETURNED';
        transferId: string;
        toMemberId: string;
        mallId: null;
        points: Points;
        reason: string;
        occurredAt: Date;
      }
    | {
        type: 'CREDITED';
        entryId: string | null;
        source: { readonly kind: string; readonly id: string };
        mallId: string | null;
        currency: string;
        points: Points;
        growth: Points;
        occurredAt: Date;
      }
    | {
        type: 'DEBT_SETTLED';
        entryId: string;
        mallId: string | null;
        currency: string | null;
        points: Points;
        cause: 'REPAID' | 'WRITTEN_OFF';
        occurredAt: Date;
      }
    | {
        type: 'SALE_POSTED';
        /** Whom the sale names: the account may be that of somebody whom they were merged into. */
        memberId: string;
        sale: SaleReference;
        occurredAt: Date;
        changedAt: Date;
        cause: 'EARNED' | 'RERATED' | 'REVERSED';
        refundId: string | null;
        earned: Points;
        reversed: Points;
        growthEarned: Points;
        growthReversed: Points;
        debt: Points;
        waived: Points;
        covered: Points;
        coveredMinor: bigint;
        pointsDelta: Points;
        growthDelta: Points;
        availableAfter: Points;
      }
  );

export type FactOf<T extends Fact['type']> = Extract<Fact, { type: T }>;
