import { PurchaseRefundedSchema, type PurchaseRefunded } from '@atrium/contracts';
import { consumer, findParked, isPastDeadline, MissingDependency, type Tx } from '@atrium/platform';
import { REFUNDS, setRefundAside, type WaitingRefund } from '../../desk/use-cases/unapplied-refunds';
import { type RecordedRefund, refundPoints } from '../use-cases/refund-points';

export const onPurchaseRefunded = consumer({
  name: REFUNDS,
  event: PurchaseRefundedSchema,
  handle: async (tx, events) => {
    const refunds = events.filter(({ message }) => message.memberId !== '').map(({ message }) => toRefund(message));
    const { missing } = await refundPoints(tx, refunds);
    if (missing.length === 0) return;
    const [event, another] = events;
    const [refund] = refunds;
    // Waited in vain: from here on it is a person's, and is never lost.
    if (event && refund && !another && (await isPastDeadline(tx, REFUNDS, event.eventId))) {
      await setRefundAside(tx, refund, event.message.mallId);
      return;
    }
    throw new MissingDependency(`sale ${missing[0]} has not been applied yet`);
  },
});

/** Refunds that wait for their sale; of any tenant, for a system transaction. */
export async function waitingRefunds(tx: Tx, limit: number): Promise<(WaitingRefund & { groupId: string })[]> {
  const parked = await findParked(tx, REFUNDS, PurchaseRefundedSchema, limit);
  return parked.map(({ message, ...event }) => ({ ...event, refund: toRefund(message), mallId: message.mallId }));
}

function toRefund(m: PurchaseRefunded): RecordedRefund {
  return {
    refundId: m.refundId,
    purchaseId: m.purchaseId,
    memberId: m.memberId,
    occurredAt: new Date(m.occurredAt),
    fullyRefunded: m.fullyRefunded,
    pointsReturnedCumulative: m.pointsReturnedCumulative,
    deductionCumulativeMinor: m.pointsDeductionCumulativeMinor,
    lines: m.lines.map(({ lineNo, cashCumulativeMinor, pointsValueCumulativeMinor }) => ({
      lineNo,
      cashCumulativeMinor,
      pointsValueCumulativeMinor,
    })),
  };
}
