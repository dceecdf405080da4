import { durableName, MemberRegisteredSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { keepMembers } from '../use-cases/keep-references';

export const onMemberRegistered = consumer({
  name: durableName('messaging', MemberRegisteredSchema),
  event: MemberRegisteredSchema,
  handle: keepMembers,
});
