// The states of one coupon. What only time changes is worked out when it is read, so that a late job is never seen.

export type StoredStatus = 'AVAILABLE' | 'LOCKED' | 'REDEEMED' | 'EXPIRED' | 'VOIDED';
export type CouponStatus = StoredStatus | 'ISSUED' | 'TRANSFERRING';

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
