import { durableName, PointsCreditedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { NO_CURRENCY } from '../domain/metrics';
import { recordGrowth } from '../use-cases/record-growth';

/** Growth of an interaction: like that of a sale without money, stated once and never taken back. */
export const onPointsCredited = consumer({
  name: durableName('tier', PointsCreditedSchema),
  event: PointsCreditedSchema,
  handle: (tx, events) =>
    recordGrowth(
      tx,
      events
        .filter(({ message }) => message.growth > 0n)
        .map(({ message }) => ({
          memberId: message.memberId,
          purchaseId: message.sourceId,
          saleAt: new Date(message.occurredAt),
          currency: NO_CURRENCY,
          earnedTotal: message.growth,
          reversedTotal: 0n,
          version: 1n,
          refund: null,
        })),
    ),
});
