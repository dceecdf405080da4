import { durableName, PurchasePointsPostedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { recordGrowth } from '../use-cases/record-growth';

export const onPurchasePointsPosted = consumer({
  name: durableName('tier', PurchasePointsPostedSchema),
  event: PurchasePointsPostedSchema,
  handle: (tx, events) =>
    recordGrowth(
      tx,
      events.map(({ message }) => ({
        memberId: message.memberId,
        purchaseId: message.purchaseId,
        saleAt: new Date(message.occurredAt),
        currency: message.currency,
        earnedTotal: message.growthEarnedTotal,
        reversedTotal: message.growthReversedTotal,
        version: message.version,
        refund:
          message.refundId === ''
            ? null
            : {
                refundId: message.refundId,
                refundedAt: new Date(message.changedAt),
                growthReversed: message.growthDelta < 0n ? -message.growthDelta : 0n,
              },
      })),
    ),
});
