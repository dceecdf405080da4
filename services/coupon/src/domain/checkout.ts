// A basket that was priced, and perhaps set aside until it is paid.

export type CheckoutStatus = 'RESERVING' | 'RESERVED' | 'COMMITTED' | 'CANCELLED' | 'EXPIRED' | 'FAILED';

export interface CheckoutLine {
  lineNo: number;
  sku: string;
  category: string;
  quantity: string;
  grossMinor: bigint;
  shopDiscountMinor: bigint;
  tierDiscountMinor: bigint;
  couponDiscountMinor: bigint;
  pointsValueMinor: bigint;
  toPayMinor: bigint;
}

export interface CheckoutStep {
  kind: 'TIER_DISCOUNT' | 'COUPON' | 'POINTS';
  amountMinor: bigint;
  couponId: string | null;
  /** Of the tier or the coupon, by language. */
  names: Record<string, string>;
}

export interface Quote {
  currency: string;
  grossMinor: bigint;
  shopDiscountMinor: bigint;
  toPayMinor: bigint;
  steps: CheckoutStep[];
  lines: CheckoutLine[];
  pointsUsed: bigint;
  pointsValueMinor: bigint;
  pointsToEarn: bigint;
  /** The version of the points programme by which points pay. */
  pointsRuleVersionId?: string | null;
  /** Why fewer points are used than were asked for; null when as asked. */
  cutReason: string | null;
  validUntil: Date;
}

/** A priced basket, from its reservation on. */
export interface Checkout {
  memberId: string;
  id: string;
  mallId: string;
  merchantId: string;
  storeId: string;
  status: CheckoutStatus;
  quote: Quote;
  couponIds: string[];
  reservedUntil: Date;
  actor: string;
  key: string;
  purchaseId: string | null;
}

/** A reservation past its time is over, even if the sweeper is late. */
export function checkoutStatusAt(status: CheckoutStatus, reservedUntil: Date, now: Date): CheckoutStatus {
  return status === 'RESERVED' && reservedUntil <= now ? 'EXPIRED' : status;
}

/**
 * Whether a sale that cites a basket may still take a coupon. A lock taken in time holds until the basket's own end; later
 * the coupon is taken if nobody else has it and the sale happened while it was valid.
 */
export function takesCoupon(
  coupon: { status: string; checkoutId: string | null; lockedUntil: Date | null; validUntil: Date },
  basket: { checkoutId: string; reservedUntil: Date },
  soldAt: Date,
  now: Date,
): boolean {
  const locked = coupon.status === 'LOCKED';
  if (locked && coupon.checkoutId === basket.checkoutId) return true;
  const free =
    coupon.status === 'AVAILABLE' ||
    coupon.status === 'EXPIRED' ||
    (locked && (coupon.lockedUntil === null || coupon.lockedUntil <= now));
  return free && (soldAt < coupon.validUntil || soldAt < basket.reservedUntil);
}
