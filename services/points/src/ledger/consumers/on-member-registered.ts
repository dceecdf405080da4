import { MemberRegisteredSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { registerMembers } from '../use-cases/register-members';

export const onMemberRegistered = consumer({
  name: 'points-on-member-registered',
  event: MemberRegisteredSchema,
  handle: (tx, events) =>
    registerMembers(
      tx,
      events.map(({ message }) => ({
        memberId: message.memberId,
        homeMallId: message.homeMallId || null,
        joinedAt: new Date(message.joinedAt),
      })),
    ),
});
