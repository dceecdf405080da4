import { durableName, TierChangedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { applyTierChanges } from '../use-cases/grant-on-tier';

export const onTierChanged = consumer({
  name: durableName('coupon', TierChangedSchema),
  event: TierChangedSchema,
  handle: (tx, events) =>
    applyTierChanges(
      tx,
      events.map(({ message }) => ({
        memberId: message.memberId,
        id: message.changeId,
        fromRank: message.fromRank,
        toRank: message.toRank,
        toCode: message.toCode,
        effectiveAt: new Date(message.effectiveAt),
        cause: message.cause,
        year: message.year,
        purchaseId: message.purchaseId || null,
        supersedes: message.supersededChangeIds,
      })),
    ),
});
