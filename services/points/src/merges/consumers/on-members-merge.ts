import { MembersMergeAbandonedSchema, MembersMergedSchema, MembersMergeRequestedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { abandonMerges, moveAccounts, prepareMerges } from '../use-cases/merge-accounts';

export const onMembersMergeRequested = consumer({
  name: 'points-on-members-merge-requested',
  event: MembersMergeRequestedSchema,
  handle: (tx, events) =>
    prepareMerges(
      tx,
      events.map(({ message }) => message),
    ),
});

export const onMembersMergeAbandoned = consumer({
  name: 'points-on-members-merge-abandoned',
  event: MembersMergeAbandonedSchema,
  handle: (tx, events) =>
    abandonMerges(
      tx,
      events.map(({ message }) => message),
    ),
});

export const onMembersMerged = consumer({
  name: 'points-on-members-merged',
  event: MembersMergedSchema,
  handle: (tx, events) =>
    moveAccounts(
      tx,
      events.map(({ message }) => message),
    ),
});
