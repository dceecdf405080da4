import { durableName, MemberRegisteredSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { recordRegistrations } from '../use-cases/record-registrations';

export const onMemberRegistered = consumer({
  name: durableName('tier', MemberRegisteredSchema),
  event: MemberRegisteredSchema,
  handle: (tx, events) =>
    recordRegistrations(
      tx,
      events.map(({ message }) => ({
        memberId: message.memberId,
        joinedAt: new Date(message.joinedAt),
        homeMallId: message.homeMallId || null,
      })),
    ),
});
