// What a basket costs: the tier's discount, then coupons, line by line and exact. Points come after, from their own context.
import { allocate, allocateRational, floor, rational } from '@atrium/kernel';

export interface QuoteLine {
  lineNo: number;
  category: string;
  grossMinor: bigint;
  shopDiscountMinor: bigint;
}

/** A coupon that may be used at this store now. */
export interface UsableCoupon {
  id: string;
  /** Coupons of one kind differ in nothing but expiry and id. */
  kind: string;
  level: 'ITEM' | 'MERCHANT' | 'MALL';
  stackCategory: string;
  /** Empty for every line. */
  categories: readonly string[];
  thresholdMinor: bigint;
  off: { type: 'CASH'; faceMinor: bigint } | { type: 'PERCENT'; bps: bigint; maxOffMinor: bigint | null };
  validUntil: Date;
}

export interface PricedLine extends QuoteLine {
  tierDiscountMinor: bigint;
  couponDiscountMinor: bigint;
  /** Left to pay before points. */
  remainingMinor: bigint;
}

export interface Priced {
  lines: PricedLine[];
  tierDiscountMinor: bigint;
  /** In the order in which they were taken off. */
  coupons: { id: string; amountMinor: bigint }[];
  remainingMinor: bigint;
}

export type CouponObstacle = 'OUT_OF_SCOPE' | 'THRESHOLD' | 'NO_EFFECT' | 'NOT_COMBINABLE' | 'TOO_MANY';
export type PricedResult = { ok: true; priced: Priced } | { ok: false; couponId: string; obstacle: CouponObstacle };

const LEVELS = ['ITEM', 'MERCHANT', 'MALL'];
const WHOLE_BPS = 10_000n;

/** A basket on its way: what is left of each line, and what was taken off it so far. */
export interface Pricing {
  readonly lines: readonly QuoteLine[];
  readonly tier: readonly bigint[];
  readonly remaining: readonly bigint[];
  readonly taken: readonly { id: string; amountMinor: bigint }[];
}

/** The basket after the tier's discount. */
export function begin(lines: readonly QuoteLine[], tierBps: bigint): Pricing {
  const tier = tierDiscount(lines, tierBps);
  return { lines, tier, remaining: lines.map((line, i) => netOf(line) - at(tier, i)), taken: [] };
}

/** Takes one coupon off what is left, or says why it cannot be. */
export function takeOff(pricing: Pricing, coupon: UsableCoupon): Pricing | CouponObstacle {
  const { lines, remaining } = pricing;
  const { categories } = coupon;
  const covers = lines.map(({ category }) => categories.length === 0 || categories.includes(category));
  if (!covers.includes(true)) return 'OUT_OF_SCOPE';
  const eligible = remaining.map((amount, i) => (covers[i] ? amount : 0n));
  const base = sum(eligible);
  if (base < coupon.thresholdMinor) return 'THRESHOLD';
  const amountMinor = worth(coupon, base);
  if (amountMinor === 0n) return 'NO_EFFECT';
  const parts = allocate(amountMinor, eligible);
  return {
    ...pricing,
    remaining: remaining.map((amount, i) => amount - at(parts, i)),
    taken: [...pricing.taken, { id: coupon.id, amountMinor }],
  };
}

export function finish({ lines, tier, remaining, taken }: Pricing): Priced {
  return {
    lines: lines.map((line, i) => ({
      ...line,
      tierDiscountMinor: at(tier, i),
      couponDiscountMinor: netOf(line) - at(tier, i) - at(remaining, i),
      remainingMinor: at(remaining, i),
    })),
    tierDiscountMinor: sum(tier),
    coupons: [...taken],
    remainingMinor: sum(remaining),
  };
}

/** Takes off the tier's discount and then every coupon of the set; a coupon that cannot be taken off makes the set illegal. */
export function price(
  lines: readonly QuoteLine[],
  tierBps: bigint,
  coupons: readonly UsableCoupon[],
  maxCoupons: number,
): PricedResult {
  const extra = coupons[maxCoupons];
  if (extra) return { ok: false, couponId: extra.id, obstacle: 'TOO_MANY' };
  const seen = new Set<string>();
  for (const { id, stackCategory } of coupons) {
    if (seen.has(stackCategory)) return { ok: false, couponId: id, obstacle: 'NOT_COMBINABLE' };
    seen.add(stackCategory);
  }
  let pricing = begin(lines, tierBps);
  for (const coupon of inOrder(coupons)) {
    const next = takeOff(pricing, coupon);
    if (typeof next === 'string') return { ok: false, couponId: coupon.id, obstacle: next };
    pricing = next;
  }
  return { ok: true, priced: finish(pricing) };
}

/** Exact on every line, rounded down once for the basket, and given back to the lines by largest remainder. */
function tierDiscount(lines: readonly QuoteLine[], bps: bigint): bigint[] {
  const exact = lines.map((line) => rational(netOf(line) * bps, WHOLE_BPS));
  const total = floor(rational(sum(lines.map(netOf)) * bps, WHOLE_BPS));
  return allocateRational(total, exact);
}

function worth({ off }: UsableCoupon, base: bigint): bigint {
  if (off.type === 'CASH') return least(off.faceMinor, base);
  const part = floor(rational(base * off.bps, WHOLE_BPS));
  return off.maxOffMinor === null ? part : least(part, off.maxOffMinor);
}

/** Item before merchant before mall; cash before percent, which counts on the discounted amount. */
export function inOrder(coupons: readonly UsableCoupon[]): UsableCoupon[] {
  return [...coupons].sort(
    (a, b) =>
      LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) ||
      a.off.type.localeCompare(b.off.type) ||
      a.validUntil.getTime() - b.validUntil.getTime() ||
      (a.id < b.id ? -1 : 1),
  );
}

const netOf = (line: QuoteLine): bigint => line.grossMinor - line.shopDiscountMinor;
export const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
const at = (amounts: readonly bigint[], i: number): bigint => amounts[i] ?? 0n;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
