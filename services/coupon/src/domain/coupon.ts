// The states of one coupon. What only time changes is worked out when it is read, so that a late job is never seen.

export type StoredStatus = 'AVAILABLE' | 'LOCKED' | 'REDEEMED' | 'EXPIRED' | 'VOIDED';
export type CouponStatus = StoredStatus | 'ISSUED' | 'TRANSFERRING';

/** A coupon in the hands of a member. */
export interface Coupon {
  memberId: string;
  id: string;
  templateId: string;
  templateVersion: bigint;
  status: StoredStatus;
  version: bigint;
  cause: 'CLAIMED' | 'GRANTED';
  issuedAt: Date;
  validFrom: Date;
  validUntil: Date;
  tierChangeId: string | null;
  grantedPurchaseId: string | null;
  checkoutId: string | null;
  lockedUntil: Date | null;
  redeemedAt: Date | null;
  purchaseId: string | null;
  amountMinor: bigint | null;
}

export type NewCoupon = Pick<
  Coupon,
  | 'memberId'
  | 'id'
  | 'templateId'
  | 'templateVersion'
  | 'cause'
  | 'validFrom'
  | 'validUntil'
  | 'tierChangeId'
  | 'grantedPurchaseId'
>;

export interface CouponTimes {
  status: StoredStatus;
  validFrom: Date;
  validUntil: Date;
  lockedUntil: Date | null;
}

export function statusAt(coupon: CouponTimes, now: Date): CouponStatus {
  const lapsed = coupon.status === 'LOCKED' && (coupon.lockedUntil === null || coupon.lockedUntil <= now);
  if (coupon.status !== 'AVAILABLE' && !lapsed) return coupon.status;
  if (coupon.validUntil <= now) return 'EXPIRED';
  return coupon.validFrom > now ? 'ISSUED' : 'AVAILABLE';
}

/** Why a coupon cannot be used now, as a stable code; null when it can. */
export function unusableBecause(coupon: CouponTimes, now: Date): string | null {
  const status = statusAt(coupon, now);
  if (status === 'AVAILABLE') return null;
  return status === 'ISSUED' ? 'NOT_YET_VALID' : status;
}
