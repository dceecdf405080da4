import { halfUp, rational } from './rational';

/** Over which tenders a refund goes first. */
export type SplitTender = 'PRO_RATA' | 'CASH_FIRST' | 'POINTS_FIRST';

/** What was paid of something, in money and in the worth of points. */
export interface Tenders {
  readonly cashMinor: bigint;
  readonly pointsMinor: bigint;
}

/**
 * How much of `refundedMinor`, given back in all so far, is money; the rest is points. PRO_RATA gives the odd unit to the
 * larger remainder (of two equal ones to money). Never more money than was paid, and neither part ever falls while the sum
 * grows, so refunds in steps come to the same.
 * @param refundedMinor 0 to all that was paid
 */
export function cashPartOf(mode: SplitTender, { cashMinor, pointsMinor }: Tenders, refundedMinor: bigint): bigint {
  const whole = cashMinor + pointsMinor;
  if (refundedMinor < 0n || refundedMinor > whole) throw new RangeError(`${refundedMinor} of ${whole} given back`);
  switch (mode) {
    case 'CASH_FIRST':
      return refundedMinor < cashMinor ? refundedMinor : cashMinor;
    case 'POINTS_FIRST':
      return refundedMinor < pointsMinor ? 0n : refundedMinor - pointsMinor;
    case 'PRO_RATA':
      return whole === 0n ? 0n : halfUp(rational(cashMinor * refundedMinor, whole));
  }
}
