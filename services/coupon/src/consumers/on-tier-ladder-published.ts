import { durableName, TierLadderPublishedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { knowLadders } from '../use-cases/hear';

export const onTierLadderPublished = consumer({
  name: durableName('coupon', TierLadderPublishedSchema),
  event: TierLadderPublishedSchema,
  handle: (tx, events) =>
    knowLadders(
      tx,
      events.map(({ message }) => ({
        id: message.ladderVersionId,
        version: message.version,
        effectiveFrom: new Date(message.effectiveFrom),
        tiers: message.tiers.map(({ code, discountBps, names }) => ({ code, discountBps, names })),
      })),
    ),
});
