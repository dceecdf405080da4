import { durableName, MemberRegisteredSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { knowMembers } from '../use-cases/hear';

export const onMemberRegistered = consumer({
  name: durableName('coupon', MemberRegisteredSchema),
  event: MemberRegisteredSchema,
  handle: (tx, events) =>
    knowMembers(
      tx,
      events.map(({ message }) => message.memberId),
    ),
});
