import {
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  make,
  NotEligibleError,
  NotFoundError,
  PublicError,
  requireAnywhere,
  requireTenant,
} from '@atrium/platform';
import {
  Arg,
  createUnionType,
  Ctx,
  Field,
  ID,
  InputType,
  Mutation,
  ObjectType,
  registerEnumType,
  Resolver,
} from 'type-graphql';
import type { Freezing } from '../domain/freeze';
import type { MemberContext } from './context';
import { Member, toMember } from './member.type';
import { refuse, requireKey, sharedRefusal } from './refusals';

export enum MemberFreezeReason {
  FRAUD_SUSPECTED = 'FRAUD_SUSPECTED',
  CARD_LOST = 'CARD_LOST',
  MEMBER_REQUEST = 'MEMBER_REQUEST',
  LEGAL = 'LEGAL',
  RESOLVED = 'RESOLVED',
  OTHER = 'OTHER',
}
registerEnumType(MemberFreezeReason, {
  name: 'MemberFreezeReason',
  description: 'Why a member is frozen or released.',
});

@InputType({ description: 'Whom to freeze, or to release, and why.' })
export class FreezeMemberInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Whom.' })
  memberId: string;

  @Field(() => MemberFreezeReason, { description: 'Why; told to the other contexts.' })
  reasonCode: MemberFreezeReason;

  @Field(() => String, { description: '3 to 500 characters; kept sealed, with the member.' })
  reason: string;
}

@ObjectType({ description: 'The member earns, and does not spend.' })
export class FreezeMemberSuccess {
  @Field(() => Member, { description: 'As it is now.' })
  member: Member;
}

@ObjectType({ description: 'The member may spend again.' })
export class UnfreezeMemberSuccess {
  @Field(() => Member, { description: 'As it is now.' })
  member: Member;
}

const FreezeMemberResult = createUnionType({
  name: 'FreezeMemberResult',
  description: 'The frozen member, or why nothing changed.',
  types: () =>
    [
      FreezeMemberSuccess,
      NotEligibleError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

const UnfreezeMemberResult = createUnionType({
  name: 'UnfreezeMemberResult',
  description: 'The released member, or why nothing changed.',
  types: () =>
    [
      UnfreezeMemberSuccess,
      NotEligibleError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class FreezeMemberMutation {
  @Mutation(() => FreezeMemberResult, {
    description: 'A member who may not spend for now: points are earned but wait, until somebody releases the member.',
  })
  freezeMember(
    @Arg('input', () => FreezeMemberInput) input: FreezeMemberInput,
    @Ctx() ctx: MemberContext,
  ): Promise<typeof FreezeMemberResult> {
    return set('FREEZE', FreezeMemberSuccess, input, ctx);
  }

  @Mutation(() => UnfreezeMemberResult, { description: 'The member may spend again; what waited is available.' })
  unfreezeMember(
    @Arg('input', () => FreezeMemberInput) input: FreezeMemberInput,
    @Ctx() ctx: MemberContext,
  ): Promise<typeof UnfreezeMemberResult> {
    return set('UNFREEZE', UnfreezeMemberSuccess, input, ctx);
  }
}

/** Members belong to the group: the permission counts anywhere in it. Nobody does it to their own membership. */
async function set<Success extends { member: Member }>(
  act: Freezing,
  Success: new () => Success,
  { idempotencyKey, memberId, reasonCode, reason }: FreezeMemberInput,
  { app, caller, load, locale }: MemberContext,
) {
  requireAnywhere(caller, 'member:freeze');
  if (caller.memberId === memberId) throw new PublicError('FORBIDDEN', 'Nobody freezes their own membership.');
  const key = requireKey(idempotencyKey);
  const command = { actor: caller.id, idempotencyKey: key, act, memberId, reasonCode, reason };
  const result = await app.freezeMember(requireTenant(caller), command);
  if (result.ok) {
    const member = await load.member.clear(memberId).load(memberId);
    if (!member) throw new Error('a frozen member is there');
    return make(Success, { member: toMember(member, caller) } as Success);
  }
  const { error } = result;
  if (error.code === 'NOT_ACTIVE' || error.code === 'NOT_FROZEN') {
    return refuse(NotEligibleError, error.code, locale, {});
  }
  return sharedRefusal(error, locale);
}
