// One member's account as a working copy: verbs post to it, storage writes what changed. Everything that moves points
// goes through the few functions here, so that lots, cached balances and entries cannot disagree.
import { type Points, assertInt64 } from '@atrium/kernel';
import type { Step } from './explanation';
import type { Fact, FactOf } from './facts';

export type EntryKind =
  'EARN' | 'EARN_REVERSAL' | 'REDEEM' | 'REDEEM_REVERSAL' | 'EXPIRE' | 'ADJUST' | 'DEBT_REPAYMENT';

export type LotPartName = 'available' | 'held' | 'redeemed' | 'expired' | 'revoked';

/** NEW and CHANGED rows are written when the working copy is saved. */
export type Mark = 'STORED' | 'CHANGED' | 'NEW';

/** One credit of points. issued = available + held + redeemed + expired + revoked, always. */
export interface Lot {
  readonly id: string;
  readonly issued: Points;
  available: Points;
  held: Points;
  redeemed: Points;
  expired: Points;
  revoked: Points;
  readonly earnedAt: Date;
  readonly availableAt: Date;
  expiresAt: Date | null;
  readonly purchaseId: string | null;
  readonly mallId: string | null;
  readonly merchantId: string | null;
  readonly currency: string | null;
  mark: Mark;
}

export interface Hold {
  readonly id: string;
  readonly checkoutId: string;
  readonly mallId: string | null;
  readonly points: Points;
  readonly valueMinor: bigint;
  status: 'HELD' | 'CAPTURED' | 'RELEASED' | 'EXPIRED';
  readonly expiresAt: Date;
  readonly parts: readonly { readonly lotId: string; readonly amount: Points }[];
  mark: Mark;
}

export interface LotAmount {
  readonly lot: Lot;
  readonly amount: Points;
}

/** `amount` changes what is unspent (available + held), `debtDelta` what is owed. */
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
  readonly mallId: string;
  readonly purchaseId: string;
  readonly refundId: string | null;
}

export interface Account {
  available: Points;
  held: Points;
  debt: Points;
  growth: Points;
  version: bigint;
}

export interface Ledger {
  readonly memberId: string;
  /** The instant of posting. */
  readonly now: Date;
  readonly newId: () => string;
  readonly account: Account;
  readonly storedVersion: bigint;
  readonly lots: Map<string, Lot>;
  /** By checkout. */
  readonly holds: Map<string, Hold>;
  readonly entries: Entry[];
  readonly growthEntries: GrowthEntry[];
  readonly facts: Fact[];
}

export function openLedger(
  memberId: string,
  state: { account: Account; lots: readonly Lot[]; holds: readonly Hold[] },
  now: Date,
  newId: () => string,
): Ledger {
  return {
    memberId,
    now,
    newId,
    account: { ...state.account },
    storedVersion: state.account.version,
    lots: new Map(state.lots.map((lot) => [lot.id, { ...lot }])),
    holds: new Map(state.holds.map((hold) => [hold.checkoutId, { ...hold }])),
    entries: [],
    growthEntries: [],
    facts: [],
  };
}

export const isLapsed = (at: { expiresAt: Date | null }, now: Date): boolean =>
  at.expiresAt !== null && at.expiresAt <= now;

/** Consumption order: soonest expiry first, without expiry last, then by when available, earned, and id. */
export function bySoonestExpiry(a: Lot, b: Lot): number {
  const times = (lot: Lot) => [lot.expiresAt?.getTime() ?? Infinity, lot.availableAt.getTime(), lot.earnedAt.getTime()];
  const [x, y] = [times(a), times(b)];
  for (const [i, time] of x.entries()) {
    const other = y[i] ?? 0;
    if (time !== other) return time < other ? -1 : 1;
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

export function spendableLots(ledger: Ledger): Lot[] {
  return [...ledger.lots.values()]
    .filter((lot) => lot.available > 0n && lot.availableAt <= ledger.now && !isLapsed(lot, ledger.now))
    .sort(bySoonestExpiry);
}

/** Chooses from lots in the order given; `short` is what they do not cover. Moves nothing. */
export function choose(lots: readonly Lot[], amount: Points): { parts: LotAmount[]; short: Points } {
  const parts: LotAmount[] = [];
  let short = amount;
  for (const lot of lots) {
    if (short === 0n) break;
    const take = lot.available < short ? lot.available : short;
    if (take === 0n) continue;
    parts.push({ lot, amount: take });
    short -= take;
  }
  return { parts, short };
}

/** Moves a quantity inside a lot; the cached balances follow. */
export function move(ledger: Ledger, lot: Lot, from: LotPartName, to: LotPartName, amount: Points): void {
  if (amount < 0n || lot[from] < amount) throw new Error(`lot ${lot.id} has ${lot[from]} ${from}, not ${amount}`);
  lot[from] -= amount;
  lot[to] += amount;
  if (lot.mark === 'STORED') lot.mark = 'CHANGED';
  const { account } = ledger;
  if (from === 'available' || from === 'held') account[from] -= amount;
  if (to === 'available' || to === 'held') account[to] += amount;
}

/** A new credit. */
export function issue(
  ledger: Ledger,
  lot: Pick<Lot, 'earnedAt' | 'expiresAt' | 'purchaseId' | 'mallId' | 'merchantId' | 'currency'>,
  amount: Points,
): Lot {
  const made: Lot = {
    id: ledger.newId(),
    issued: amount,
    available: amount,
    held: 0n,
    redeemed: 0n,
    expired: 0n,
    revoked: 0n,
    availableAt: ledger.now,
    ...lot,
    mark: 'NEW',
  };
  ledger.lots.set(made.id, made);
  ledger.account.available = assertInt64(ledger.account.available + amount);
  return made;
}

type EntryInput = Pick<Entry, 'kind' | 'amount' | 'occurredAt' | 'explanation'> &
  Partial<Omit<Entry, 'id' | 'availableAfter'>>;

export function post(ledger: Ledger, entry: EntryInput): Entry {
  const posted: Entry = {
    debtDelta: 0n,
    mallId: null,
    purchaseId: null,
    refundId: null,
    actor: null,
    reason: null,
    parts: [],
    ...entry,
    id: ledger.newId(),
    availableAfter: ledger.account.available,
  };
  ledger.entries.push(posted);
  return posted;
}

/** States a fact of the account; each raises the account's version. */
export function state<T extends Fact['type']>(
  ledger: Ledger,
  type: T,
  fact: Omit<FactOf<T>, 'type' | 'version'>,
): void {
  ledger.account.version += 1n;
  ledger.facts.push({ ...fact, type, version: ledger.account.version } as unknown as Fact);
}

/** New points pay what is owed before they can be spent: debt and available points are never there together. */
export function settleDebt(ledger: Ledger, occurredAt: Date): void {
  const { account } = ledger;
  if (account.debt === 0n) return;
  const { parts } = choose(spendableLots(ledger), account.debt);
  if (parts.length === 0) return;
  const paid = new Map<
    string,
    { mallId: string | null; currency: string | null; points: Points; parts: LotAmount[] }
  >();
  for (const { lot, amount } of parts) {
    move(ledger, lot, 'available', 'revoked', amount);
    account.debt -= amount;
    const key = `${lot.mallId} ${lot.currency}`;
    const sum = paid.get(key) ?? { mallId: lot.mallId, currency: lot.currency, points: 0n, parts: [] };
    sum.points += amount;
    sum.parts.push({ lot, amount: -amount });
    paid.set(key, sum);
  }
  for (const { mallId, currency, points, parts: used } of paid.values()) {
    const entry = post(ledger, {
      kind: 'DEBT_REPAYMENT',
      amount: -points,
      debtDelta: -points,
      occurredAt,
      mallId,
      explanation: [{ code: 'DEBT_REPAID', value: points.toString() }],
      parts: used,
    });
    state(ledger, 'DEBT_SETTLED', { entryId: entry.id, mallId, currency, points, occurredAt });
  }
}
