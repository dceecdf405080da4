// Points that a refund takes back but the member has spent: owed, left to the member, or paid in cash at the till.
import { floor, type Points, rational } from '@atrium/kernel';
import type { Step } from '../../ledger/domain/explanation';
import type { SpendTerms, SpentPointsPolicy } from '../../programme/domain/terms';

/** What holds where the sale had no programme. */
export const OWE_ALL: SpentPointsPolicy = { mode: 'ALLOW_NEGATIVE', limit: null };

/**
 * Of what is missing: owed by the member, and left to them. Without a limit one transaction's points may be owed, and a sale
 * never takes back more. DEDUCT_FROM_CASH_REFUND and REJECT speak to the till; where it refunded all the same, it is owed.
 */
export function settleMissing(
  policy: SpentPointsPolicy,
  missing: Points,
  debt: Points,
): { owed: Points; waived: Points } {
  if (policy.mode === 'CLAMP') return { owed: 0n, waived: missing };
  if (policy.mode !== 'ALLOW_NEGATIVE' || policy.limit === null) return { owed: missing, waived: 0n };
  const room = policy.limit > debt ? policy.limit - debt : 0n;
  const owed = missing < room ? missing : room;
  return { owed, waived: missing - owed };
}

/** So many points the cash stands for that a till kept. By the conversion of the sale's programme, without tiers: it may not change. */
export function pointsForCash(minor: bigint, terms: SpendTerms | null, currency: string): Points {
  const conversion = terms?.conversions.find((candidate) => candidate.currency === currency);
  return conversion ? floor(rational(minor * conversion.points, conversion.valueMinor)) : 0n;
}

/** What a till keeps for missing points: at least what they are worth, so that the cash stands for all of them. */
export function cashForPoints(points: Points, terms: SpendTerms | null, currency: string): bigint {
  const conversion = terms?.conversions.find((candidate) => candidate.currency === currency);
  if (!conversion) return 0n;
  const minor = floor(rational(points * conversion.valueMinor, conversion.points));
  return pointsForCash(minor, terms, currency) < points ? minor + 1n : minor;
}

export const explainMissing = (owed: Points, waived: Points, inCash: Points): Step[] => [
  ...(inCash > 0n ? [{ code: 'PAID_IN_CASH' as const, value: inCash.toString() }] : []),
  ...(owed > 0n ? [{ code: 'OWED' as const, value: owed.toString() }] : []),
  ...(waived > 0n ? [{ code: 'WAIVED' as const, value: waived.toString() }] : []),
];
