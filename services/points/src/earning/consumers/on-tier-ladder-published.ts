import { TierLadderPublishedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { applyLadder } from '../use-cases/apply-ladder';

export const onTierLadderPublished = consumer({
  name: 'points-on-tier-ladder-published',
  event: TierLadderPublishedSchema,
  handle: async (tx, events) => {
    for (const { message } of events) {
      await applyLadder(tx, {
        id: message.ladderVersionId,
        version: message.version,
        effectiveFrom: new Date(message.effectiveFrom),
        tiers: message.tiers.map(({ code, rank, earnMultiplier }) => ({ code, rank, earnMultiplier })),
      });
    }
  },
});
