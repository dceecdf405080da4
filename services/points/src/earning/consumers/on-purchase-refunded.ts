import { PurchaseRefundedSchema, type PurchaseRefunded } from '@atrium/contracts';
import { consumer, MissingDependency } from '@atrium/platform';
import { type RecordedRefund, refundPoints } from '../use-cases/refund-points';

export const onPurchaseRefunded = consumer({
  name: 'points-on-purchase-refunded',
  event: PurchaseRefundedSchema,
  handle: async (tx, events) => {
    const refunds = events.filter(({ message }) => message.memberId !== '').map(({ message }) => toRefund(message));
    const { missing } = await refundPoints(tx, refunds);
    if (missing.length > 0) throw new MissingDependency(`sale ${missing[0]} has not been applied yet`);
  },
});

function toRefund(m: PurchaseRefunded): RecordedRefund {
  return {
    refundId: m.refundId,
    purchaseId: m.purchaseId,
    memberId: m.memberId,
    occurredAt: new Date(m.occurredAt),
    fullyRefunded: m.fullyRefunded,
    pointsReturnedCumulative: m.pointsReturnedCumulative,
    lines: m.lines.map(({ lineNo, cashCumulativeMinor, pointsValueCumulativeMinor }) => ({
      lineNo,
      cashCumulativeMinor,
      pointsValueCumulativeMinor,
    })),
  };
}
