import { RefundUnmatchedSchema, UnmatchedRefundClosedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { hearUnmatchedRefunds } from '../use-cases/hear-unmatched-refunds';

export const onRefundUnmatched = consumer({
  name: 'points-on-refund-unmatched',
  event: RefundUnmatchedSchema,
  handle: (tx, events) =>
    hearUnmatchedRefunds(
      tx,
      events.map(({ message: m }) => ({
        refundId: m.refundId,
        purchaseId: m.purchaseId,
        version: m.version,
        details: {
          sourceSystem: m.sourceSystem,
          externalId: m.externalId,
          purchaseExternalId: m.purchaseExternalId,
          occurredAt: m.occurredAt,
          reason: m.reason,
        },
        closed: null,
      })),
    ),
});

export const onUnmatchedRefundClosed = consumer({
  name: 'points-on-unmatched-refund-closed',
  event: UnmatchedRefundClosedSchema,
  handle: (tx, events) =>
    hearUnmatchedRefunds(
      tx,
      events.map(({ message: m }) => ({
        refundId: m.refundId,
        purchaseId: m.purchaseId,
        version: m.version,
        details: {},
        closed: { outcome: m.outcome, by: m.actor || null, at: new Date(m.closedAt) },
      })),
    ),
});
