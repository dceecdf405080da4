import { durableName, MembersMergedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { joinMembers } from '../use-cases/join-members';

export const onMembersMerged = consumer({
  name: durableName('tier', MembersMergedSchema),
  event: MembersMergedSchema,
  handle: (tx, events) =>
    joinMembers(
      tx,
      events.map(({ message: { mergeId, survivorId, loserId, occurredAt } }) => ({
        mergeId,
        survivorId,
        loserId,
        mergedAt: new Date(occurredAt),
      })),
    ),
});
