import { durableName, MembersMergedSchema, MembersMergeRequestedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { joinMembers, prepareMerges } from '../use-cases/merge-members';

export const onMembersMergeRequested = consumer({
  name: durableName('coupon', MembersMergeRequestedSchema),
  event: MembersMergeRequestedSchema,
  handle: (tx, events) =>
    prepareMerges(
      tx,
      events.map(({ message }) => message),
    ),
});

export const onMembersMerged = consumer({
  name: durableName('coupon', MembersMergedSchema),
  event: MembersMergedSchema,
  handle: (tx, events) =>
    joinMembers(
      tx,
      events.map(({ message }) => message),
    ),
});
