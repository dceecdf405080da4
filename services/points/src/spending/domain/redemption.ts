// Points spent on something other than a recorded sale (an order, parking, a gift, a partner), and their way back.
import { cumulativeShare, err, formatMinor, ok, type Points, type Result } from '@atrium/kernel';
import { noteActivity } from '../../ledger/domain/activity';
import type { Step } from '../../ledger/domain/explanation';
import type { FundedPoints, RedemptionReference } from '../../ledger/domain/facts';
import { choose, type Ledger, maySpend, move, post, spendableLots, state } from '../../ledger/domain/ledger';
import type { LotAmount, Mark, Source } from '../../ledger/domain/records';
import { settleGiven } from '../../ledger/domain/pass-time';
import { backIntoLots, type UsedLot } from './return-to-lots';

export interface Redemption {
  readonly id: string;
  readonly memberId: string;
  /** What it was for: a kind (POS, PARKING, ONLINE, GIFT, …) and its number there. */
  readonly source: { readonly kind: string; readonly id: string };
  readonly mallId: string | null;
  readonly merchantId: string | null;
  readonly storeId: string | null;
  readonly points: Points;
  returned: Points;
  /** What the points paid in money; null and 0 when they bought something without a price. */
  readonly currency: string | null;
  readonly valueMinor: bigint;
  returnedValueMinor: bigint;
  readonly lots: readonly (UsedLot & { readonly funderId: string | null })[];
  readonly occurredAt: Date;
  mark: Mark;
}

export interface RedeemRequest {
  /** Absent: a new one. Given: the caller has made sure that it is not there yet. */
  readonly id?: string;
  readonly amount: Points;
  readonly source: Redemption['source'];
  readonly mallId: string | null;
  readonly merchantId: string | null;
  readonly storeId?: string | null;
  readonly value?: { readonly minor: bigint; readonly currency: string } | null;
  readonly occurredAt: Date;
  /** What the entry says before "redeemed". */
  readonly explanation: readonly Step[];
}

export interface SpendRefusal {
  readonly code: 'INSUFFICIENT_POINTS' | 'IN_DEBT' | 'ACCOUNT_FROZEN';
  readonly available: Points;
  readonly requested: Points;
}

/** Why this member cannot spend so much now; null: nothing is in the way. */
export function refusalToSpend(ledger: Ledger, requested: Points): SpendRefusal | null {
  const available = spendableLots(ledger).reduce((sum, lot) => sum + lot.available, 0n);
  const allowed = maySpend(ledger);
  if (!allowed.ok) return { code: allowed.error.code, available, requested };
  if (requested > available) return { code: 'INSUFFICIENT_POINTS', available, requested };
  return null;
}

/** Spends points at once, soonest expiry first. The ledger was opened with all of the member's unspent lots. */
export function redeem(ledger: Ledger, request: RedeemRequest): Result<Redemption, SpendRefusal> {
  const { amount } = request;
  if (amount <= 0n) throw new Error('a redemption is of some points');
  const refusal = refusalToSpend(ledger, amount);
  if (refusal) return err(refusal);
  const { parts } = choose(spendableLots(ledger), amount);
  for (const part of parts) move(ledger, part.lot, 'available', 'redeemed', part.amount);
  return ok(recordRedemption(ledger, request, parts));
}

/** Writes down a redemption whose points have been moved to `redeemed` already. */
export function recordRedemption(ledger: Ledger, request: RedeemRequest, parts: readonly LotAmount[]): Redemption {
  const { amount, source, mallId, merchantId, value, occurredAt } = request;
  const redemption: Redemption = {
    id: request.id ?? ledger.newId(),
    memberId: ledger.memberId,
    source,
    mallId,
    merchantId,
    storeId: request.storeId ?? null,
    points: amount,
    returned: 0n,
    currency: value?.currency ?? null,
    valueMinor: value?.minor ?? 0n,
    returnedValueMinor: 0n,
    lots: parts.map((part) => ({
      lotId: part.lot.id,
      funderId: part.lot.funderId,
      amount: part.amount,
      returned: 0n,
    })),
    occurredAt,
    mark: 'NEW',
  };
  post(ledger, {
    kind: 'REDEEM',
    amount: -amount,
    occurredAt,
    mallId,
    source: entrySource(redemption),
    explanation: [
      ...request.explanation,
      { code: 'SPENT', value: amount.toString() },
      ...worth(redemption, redemption.valueMinor),
    ],
    parts: parts.map((part) => ({ lot: part.lot, amount: -part.amount })),
  });
  noteActivity(ledger, occurredAt);
  state(ledger, 'REDEEMED', {
    redemption: referenceTo(redemption),
    points: amount,
    valueMinor: redemption.valueMinor,
    funders: byFunder(parts),
    occurredAt,
  });
  return redemption;
}

/**
 * Gives points of a redemption back: into the lots they came from, last used first, with their own expiry; where that is
 * over, until `lapsedUntil` (null: they expire at once). Points that come back pay debt first. The ledger was opened with
 * the redemption's lots.
 */
export function reverseRedemption(
  ledger: Ledger,
  redemption: Redemption,
  amount: Points,
  how: { readonly occurredAt: Date; readonly lapsedUntil: Date | null },
): Result<Redemption, { code: 'EXCEEDS_REDEMPTION'; left: Points }> {
  const left = redemption.points - redemption.returned;
  if (amount <= 0n) throw new Error('a reversal is of some points');
  if (amount > left) return err({ code: 'EXCEEDS_REDEMPTION', left });
  const parts = backIntoLots(ledger, redemption.lots, amount, how.lapsedUntil);
  redemption.returned += amount;
  const total = cumulativeShare(redemption.valueMinor, redemption.returned, redemption.points);
  const valueMinor = total - redemption.returnedValueMinor;
  redemption.returnedValueMinor = total;
  if (redemption.mark === 'STORED') redemption.mark = 'CHANGED';
  const { occurredAt } = how;
  post(ledger, {
    kind: 'REDEEM_REVERSAL',
    amount,
    occurredAt,
    mallId: redemption.mallId,
    source: entrySource(redemption),
    explanation: [{ code: 'UNDONE', value: amount.toString() }, ...worth(redemption, valueMinor)],
    parts,
  });
  state(ledger, 'REDEMPTION_UNDONE', {
    redemption: referenceTo(redemption),
    points: amount,
    valueMinor,
    pointsTotal: redemption.returned,
    valueTotalMinor: total,
    funders: byFunder(parts),
    occurredAt,
  });
  settleGiven(ledger, parts, occurredAt);
  return ok(redemption);
}

/** A gift's order and its redemption have the same id. */
const entrySource = ({ id, source }: Redemption): Source => ({
  kind: source.kind === 'GIFT' ? 'GIFT_ORDER' : 'REDEMPTION',
  id,
});

const worth = ({ currency }: Redemption, valueMinor: bigint): Step[] =>
  currency === null ? [] : [{ code: 'WORTH', value: formatMinor(valueMinor, currency), args: { currency } }];

const referenceTo = ({ id, source, mallId, merchantId, storeId, currency }: Redemption): RedemptionReference => ({
  redemptionId: id,
  source,
  mallId,
  merchantId,
  storeId,
  currency,
});

export function byFunder(parts: readonly LotAmount[]): FundedPoints[] {
  const sums = new Map<string | null, Points>();
  for (const { lot, amount } of parts) sums.set(lot.funderId, (sums.get(lot.funderId) ?? 0n) + amount);
  return [...sums]
    .map(([funderId, points]) => ({ funderId, points }))
    .sort((a, b) => ((a.funderId ?? '') < (b.funderId ?? '') ? -1 : 1));
}
