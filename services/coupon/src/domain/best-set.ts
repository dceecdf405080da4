// The set of coupons that leaves the member the least to pay.
import {
  begin,
  finish,
  inOrder,
  type Priced,
  type Pricing,
  type QuoteLine,
  sum,
  takeOff,
  type UsableCoupon,
} from './quote';

/** Coupons that are looked at, the soonest to expire first; the rest keep for another day. */
const MAX_CANDIDATES = 20;

interface Found {
  pricing: Pricing;
  left: bigint;
  members: readonly UsableCoupon[];
}

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
  // In the order in which coupons are taken off: a longer set goes on from where the shorter one ended.
  const candidates = inOrder(candidatesOf(coupons));
  const plain = begin(lines, tierBps);
  let best: Found = { pricing: plain, left: sum(plain.remaining), members: [] };
  const extend = (pricing: Pricing, members: readonly UsableCoupon[], from: number): void => {
    if (members.length === maxCoupons) return;
    for (const [offset, coupon] of candidates.slice(from).entries()) {
      if (members.some(({ stackCategory }) => stackCategory === coupon.stackCategory)) continue;
      const next = takeOff(pricing, coupon);
      // One more coupon only lowers what is left, so an illegal set stays illegal.
      if (typeof next === 'string') continue;
      const found: Found = { pricing: next, left: sum(next.remaining), members: [...members, coupon] };
      if (isBetter(found, best)) best = found;
      extend(next, found.members, from + offset + 1);
    }
  };
  extend(plain, [], 0);
  return finish(best.pricing);
}

const bySoonest = (a: UsableCoupon, b: UsableCoupon): number =>
  a.validUntil.getTime() - b.validUntil.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function candidatesOf(coupons: readonly UsableCoupon[]): UsableCoupon[] {
  const kinds = new Set<string>();
  return [...coupons]
    .sort(bySoonest)
    .filter(({ kind }) => !kinds.has(kind) && kinds.add(kind))
    .slice(0, MAX_CANDIDATES);
}

function isBetter(a: Found, b: Found): boolean {
  if (a.left !== b.left) return a.left < b.left;
  if (a.members.length !== b.members.length) return a.members.length < b.members.length;
  const others = [...b.members].sort(bySoonest);
  for (const [i, coupon] of [...a.members].sort(bySoonest).entries()) {
    const difference = bySoonest(coupon, others[i] ?? coupon);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
