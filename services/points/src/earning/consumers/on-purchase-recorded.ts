import { PurchaseRecordedSchema, type PurchaseRecorded } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { earnPoints, type RecordedSale } from '../use-cases/earn-points';

export const onPurchaseRecorded = consumer({
  name: 'points-on-purchase-recorded',
  event: PurchaseRecordedSchema,
  handle: (tx, events) =>
    earnPoints(
      tx,
      // A sale without a member earns nobody anything.
      events.filter(({ message }) => message.memberId !== '').map(({ message }) => toSale(message)),
    ),
});

function toSale(m: PurchaseRecorded): RecordedSale {
  return {
    purchaseId: m.purchaseId,
    memberId: m.memberId,
    mallId: m.mallId,
    merchantId: m.merchantId,
    storeId: m.storeId,
    currency: m.currency,
    occurredAt: new Date(m.occurredAt),
    zone: m.timeZone,
    lines: m.lines.map(({ lineNo, category, paidMinor }) => ({ lineNo, category, eligibleMinor: paidMinor })),
    payment:
      m.checkoutId !== '' && m.pointsUsed > 0n
        ? { checkoutId: m.checkoutId, points: m.pointsUsed, valueMinor: m.pointsValueMinor }
        : null,
  };
}
