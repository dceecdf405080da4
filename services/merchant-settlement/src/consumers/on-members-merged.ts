import { durableName, MembersMergedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { joinMembers } from '../use-cases/join-members';

export const onMembersMerged = consumer({
  name: durableName('merchant-settlement', MembersMergedSchema),
  event: MembersMergedSchema,
  handle: joinMembers,
});
