// The part of a tier's discount that the mall funds is owed to the merchant, and given up again as the sale is given back.
import { type ObligationChange, obligationChange } from './post-obligations';
import { remainingDiscount, tierDiscountTarget } from '../domain/obligations';
import { shareOf, type Terms } from '../domain/terms';
import type { PurchaseRow } from '../storage/purchase.repository';

interface TierDiscountLine {
  tierDiscountMinor: bigint;
  paidMinor: bigint;
  pointsValueMinor: bigint;
  refundedMinor: bigint;
}

/** Null when the sale had no tier discount. */
export function tierDiscountChange(
  purchase: PurchaseRow,
  lines: readonly TierDiscountLine[],
  terms: Terms,
  fullyRefunded: boolean,
  occurredAt: Date,
): ObligationChange | null {
  if (lines.every((line) => line.tierDiscountMinor === 0n)) return null;
  const amountMinor = fullyRefunded
    ? 0n
    : lines.reduce(
        (sum, l) => sum + remainingDiscount(l.tierDiscountMinor, l.refundedMinor, l.paidMinor + l.pointsValueMinor),
        0n,
      );
  return obligationChange<{ amountMinor: bigint }>({
    merchantId: purchase.merchantId,
    kind: 'TIER_DISCOUNT',
    sourceId: purchase.id,
    siteId: purchase.siteId,
    purchaseId: purchase.id,
    contractId: purchase.contractId,
    currency: purchase.currency,
    occurredAt,
    // Stated under the sale's own lock, so the last one is the newest.
    merge: () => ({ amountMinor }),
    target: (facts) => tierDiscountTarget(facts.amountMinor, terms),
    name: (before, after) =>
      before && after.amountMinor < before.amountMinor ? 'TIER_DISCOUNT_REVERSAL' : 'TIER_DISCOUNT',
    memoMinor: (facts) => shareOf(facts.amountMinor, terms.couponShareBps),
  });
}
