import { type MemberFrozen, MemberFrozenSchema, type MemberUnfrozen, MemberUnfrozenSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { hearFreezes } from '../use-cases/hear-freezes';

export const onMemberFrozen = consumer({
  name: 'points-on-member-frozen',
  event: MemberFrozenSchema,
  handle: (tx, events) =>
    hearFreezes(
      tx,
      events.map(({ message }) => toChange(message, true)),
    ),
});

export const onMemberUnfrozen = consumer({
  name: 'points-on-member-unfrozen',
  event: MemberUnfrozenSchema,
  handle: (tx, events) =>
    hearFreezes(
      tx,
      events.map(({ message }) => toChange(message, false)),
    ),
});

const toChange = (
  { memberId, version, reasonCode, actor, occurredAt }: MemberFrozen | MemberUnfrozen,
  frozen: boolean,
) => ({ memberId, version, reasonCode, actor, at: new Date(occurredAt), frozen });
