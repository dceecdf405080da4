import { durableName, MemberRegisteredSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { hearMembers } from '../use-cases/hear-members';

export const onMemberRegistered = consumer({
  name: durableName('merchant-settlement', MemberRegisteredSchema),
  event: MemberRegisteredSchema,
  handle: hearMembers,
});
