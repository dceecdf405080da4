import { TierChangedSchema } from '@atrium/contracts';
import { consumer, MissingDependency } from '@atrium/platform';
import { applyTierChanges } from '../use-cases/apply-tier-changes';

export const onTierChanged = consumer({
  name: 'points-on-tier-changed',
  event: TierChangedSchema,
  handle: async (tx, events) => {
    const { missing } = await applyTierChanges(
      tx,
      events.map(({ message, aggregateVersion }) => ({
        changeId: message.changeId,
        memberId: message.memberId,
        toCode: message.toCode,
        effectiveAt: new Date(message.effectiveAt),
        version: aggregateVersion,
        ladderVersionId: message.ladderVersionId || null,
        supersededChangeIds: message.supersededChangeIds,
      })),
    );
    if (missing.length > 0) throw new MissingDependency(`ladder ${missing[0]} has not arrived yet`);
  },
});
