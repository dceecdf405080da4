// One member's account as a working copy: verbs post to it, storage writes what changed. Everything that moves points
// goes through the few functions here, so that lots, cached balances and entries cannot disagree.
import { assertInt64, err, ok, type Points, type Result } from '@atrium/kernel';
import type { Fact, FactOf } from './facts';
import type { Account, Entry, GrowthEntry, Hold, Lot, LotAmount, LotPartName, Source } from './records';

export interface Ledger {
  readonly memberId: string;
  /** The instant of posting. */
  readonly now: Date;
  readonly newId: () => string;
  readonly account: Account;
  readonly storedVersion: bigint;
  readonly lots: Map<string, Lot>;
  /** By id. */
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
    holds: new Map(state.holds.map((hold) => [hold.id, { ...hold }])),
    entries: [],
    growthEntries: [],
    facts: [],
  };
}

export const isLapsed = (at: { expiresAt: Date | null }, now: Date): boolean =>
  at.expiresAt !== null && at.expiresAt <= now;

/** Consumption order: soonest expiry first, without expiry last, then by when available, earned, and id. */
export function bySoonestExpiry(a: Lot, b: Lot): number {
  const times = (lot: Lot) => [
    lot.expiresAt?.getTime() ?? Infinity,
    lot.availableAt?.getTime() ?? Infinity,
    lot.earnedAt.getTime(),
  ];
  const [x, y] = [times(a), times(b)];
  for (const [i, time] of x.entries()) {
    const other = y[i] ?? 0;
    if (time !== other) return time < other ? -1 : 1;
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Whether the account may spend at all: asked by every verb that holds, redeems or gives points away. */
export function maySpend({ account }: Ledger): Result<null, { code: 'ACCOUNT_FROZEN' | 'IN_DEBT' }> {
  if (account.frozen || account.merging) return err({ code: 'ACCOUNT_FROZEN' });
  return account.debt > 0n ? err({ code: 'IN_DEBT' }) : ok(null);
}

/** Lots that can be spent at an instant, in consumption order. */
export function spendableLots(ledger: Ledger, at = ledger.now): Lot[] {
  return [...ledger.lots.values()].filter((lot) => lot.available > 0n && !isLapsed(lot, at)).sort(bySoonestExpiry);
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
  if (isUnspent(from)) account[from] -= amount;
  if (isUnspent(to)) account[to] += amount;
}

const isUnspent = (part: LotPartName): part is 'pending' | 'available' | 'held' =>
  part === 'pending' || part === 'available' || part === 'held';

/**
 * Takes points away that were given: first from the lots they came from (`own`), pending before available, then from what else
 * is available, latest-expiring first. Never from what is held or redeemed; `short` is what is not there.
 */
export function revoke(
  ledger: Ledger,
  amount: Points,
  own: (lot: Lot) => boolean,
): { parts: LotAmount[]; short: Points } {
  const alive = [...ledger.lots.values()].filter((lot) => !isLapsed(lot, ledger.now)).sort(bySoonestExpiry);
  const mine = alive.filter(own);
  const others = alive.filter((lot) => !own(lot)).reverse();
  const taken = new Map<Lot, Points>();
  let short = amount;
  const take = (lot: Lot, from: 'pending' | 'available') => {
    const part = lot[from] < short ? lot[from] : short;
    if (part === 0n) return;
    move(ledger, lot, from, 'revoked', part);
    taken.set(lot, (taken.get(lot) ?? 0n) - part);
    short -= part;
  };
  for (const lot of mine) take(lot, 'pending');
  for (const lot of [...mine, ...others]) take(lot, 'available');
  if (short > 0n && ledger.account.available > 0n) throw new Error('lots that could pay were not loaded');
  return { parts: [...taken].map(([lot, part]) => ({ lot, amount: part })), short };
}

/** What is said about a new credit. */
export type Credit = Pick<Lot, 'earnedAt' | 'expiresAt' | 'purchaseId' | 'mallId' | 'merchantId' | 'currency'> & {
  readonly moving?: Lot['moving'];
  /** Later than now: pending until then. Null: pending until confirmed. Left out: at once. */
  readonly availableAt?: Date | null;
  /** Left out: the merchant of the sale, or the group. */
  readonly funderId?: string | null;
  /** Left out: the sale. */
  readonly source?: Source | null;
  readonly originLotId?: string | null;
};

/** A new credit: available at once, or pending. A frozen account only ever gets pending points. */
export function issue(ledger: Ledger, credit: Credit, amount: Points): Lot {
  const { purchaseId, merchantId } = credit;
  const availableAt = credit.availableAt === undefined ? ledger.now : credit.availableAt;
  const part = ledger.account.frozen || availableAt === null || availableAt > ledger.now ? 'pending' : 'available';
  const made: Lot = {
    moving: null,
    originLotId: null,
    funderId: merchantId,
    source: purchaseId === null ? null : { kind: 'PURCHASE', id: purchaseId },
    ...credit,
    id: ledger.newId(),
    issued: amount,
    pending: 0n,
    available: 0n,
    held: 0n,
    redeemed: 0n,
    expired: 0n,
    revoked: 0n,
    reinstated: 0n,
    availableAt,
    [part]: amount,
    mark: 'NEW',
  };
  ledger.lots.set(made.id, made);
  ledger.account[part] = assertInt64(ledger.account[part] + amount);
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
    source: sourceOf(entry),
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

/** Entries about a sale need not repeat where they come from. */
function sourceOf({ purchaseId = null, refundId = null }: Partial<Entry>): Source | null {
  if (refundId !== null) return { kind: 'REFUND', id: refundId };
  return purchaseId === null ? null : { kind: 'PURCHASE', id: purchaseId };
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

/**
 * New points pay what is owed before they can be spent: debt and available points are never there together.
 * `at` is the instant at which lots must be alive to pay; the ledger's, unless the clock is being caught up with.
 */
export function settleDebt(ledger: Ledger, occurredAt: Date, at = ledger.now): void {
  const { account } = ledger;
  if (account.debt === 0n) return;
  const { parts } = choose(spendableLots(ledger, at), account.debt);
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
    state(ledger, 'DEBT_SETTLED', { entryId: entry.id, mallId, currency, points, cause: 'REPAID', occurredAt });
  }
}
