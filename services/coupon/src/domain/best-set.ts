// The set of coupons that leaves the member the least to pay.
import { price, type Priced, type QuoteLine, type UsableCoupon } from './quote';

/** Coupons that are looked at, the soonest to expire first; the rest keep for another day. */
const MAX_CANDIDATES = 20;

/**
 * Tries every legal set of at most `maxCoupons`. Of equally cheap sets the one with fewer coupons wins, then the one that
 * expires sooner, then the smaller ids. Of coupons of one kind only the soonest to expire is a candidate.
 */
export function bestSet(
  lines: readonly QuoteLine[],
  tierBps: bigint,
  coupons: readonly UsableCoupon[],
  maxCoupons: number,
): Priced {
  const candidates = candidatesOf(coupons);
  let best = pricedOrThrow(lines, tierBps);
  let bestMembers: readonly UsableCoupon[] = [];
  const extend = (members: readonly UsableCoupon[], from: number): void => {
    for (const [offset, coupon] of candidates.slice(from).entries()) {
      if (members.some(({ stackCategory }) => stackCategory === coupon.stackCategory)) continue;
      const set = [...members, coupon];
      const result = price(lines, tierBps, set, maxCoupons);
      // One more coupon only lowers what is left, so an illegal set stays illegal.
      if (!result.ok) continue;
      if (isBetter(result.priced, set, best, bestMembers)) {
        best = result.priced;
        bestMembers = set;
      }
      if (set.length < maxCoupons) extend(set, from + offset + 1);
    }
  };
  extend([], 0);
  return best;
}

function candidatesOf(coupons: readonly UsableCoupon[]): UsableCoupon[] {
  const kinds = new Set<string>();
  return [...coupons]
    .sort((a, b) => a.validUntil.getTime() - b.validUntil.getTime() || (a.id < b.id ? -1 : 1))
    .filter(({ kind }) => !kinds.has(kind) && kinds.add(kind))
    .slice(0, MAX_CANDIDATES);
}

function isBetter(a: Priced, as: readonly UsableCoupon[], b: Priced, bs: readonly UsableCoupon[]): boolean {
  if (a.remainingMinor !== b.remainingMinor) return a.remainingMinor < b.remainingMinor;
  if (as.length !== bs.length) return as.length < bs.length;
  // Sets are built in order of expiry and id, so members compare pairwise.
  for (const [i, coupon] of as.entries()) {
    const other = bs[i];
    if (!other || coupon.id === other.id) continue;
    const difference = coupon.validUntil.getTime() - other.validUntil.getTime();
    return difference === 0 ? coupon.id < other.id : difference < 0;
  }
  return false;
}

function pricedOrThrow(lines: readonly QuoteLine[], tierBps: bigint): Priced {
  const result = price(lines, tierBps, [], 0);
  if (!result.ok) throw new Error('a basket without coupons always has a price');
  return result.priced;
}
