import {
  DateScalar,
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  make,
  requireAnywhere,
  requireTenant,
  UserError,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { MemberContext } from './context';
import { loadMember } from './member.resolver';
import { Member } from './member.type';
import { refuse, requireKey, sharedRefusal } from './refusals';

@InputType({ description: 'A person who joins with a phone number.' })
export class RegisterMemberInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => String, { description: 'With or without country code; without one it is a number of China.' })
  phone: string;

  @Field(() => String, { nullable: true })
  displayName?: string | null;

  @Field(() => DateScalar, { nullable: true })
  birthday?: string | null;

  @Field(() => String, { nullable: true, description: 'zh-CN or en; zh-CN when absent.' })
  locale?: string | null;

  @Field(() => ID, { nullable: true, description: 'The mall where the member joins; absent = the group alone.' })
  homeMallId?: string | null;

  @Field(() => String, { nullable: true, description: 'The number of a card handed out already; absent = a new one.' })
  cardNumber?: string | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  marketingConsent?: boolean | null;
}

@ObjectType()
export class RegisterMemberSuccess {
  @Field(() => Member)
  member: Member;
}

@ObjectType({ implements: UserError, description: 'The phone number or card belongs to a member already.' })
export class MemberAlreadyExistsError extends UserError {}

const RegisterMemberResult = createUnionType({
  name: 'RegisterMemberResult',
  types: () =>
    [
      RegisterMemberSuccess,
      MemberAlreadyExistsError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class RegisterMemberMutation {
  @Mutation(() => RegisterMemberResult, { description: 'A person joins the programme. One phone number, one member.' })
  async registerMember(
    @Arg('input', () => RegisterMemberInput) input: RegisterMemberInput,
    @Ctx() ctx: MemberContext,
  ): Promise<typeof RegisterMemberResult> {
    requireAnywhere(ctx.caller, 'member:register');
    const result = await ctx.app.registerMember(requireTenant(ctx.caller), {
      ...input,
      actor: ctx.caller.id,
      idempotencyKey: requireKey(input.idempotencyKey),
      marketingConsent: input.marketingConsent ?? false,
    });
    if (result.ok) {
      const member = await loadMember(ctx, result.value.memberId);
      if (!member) throw new Error('a registered member is not there');
      return make(RegisterMemberSuccess, { member });
    }
    return result.error.code === 'MEMBER_ALREADY_EXISTS'
      ? refuse(MemberAlreadyExistsError, 'MEMBER_ALREADY_EXISTS', ctx.locale, {})
      : (sharedRefusal(result.error, ctx.locale) as InvalidInputError | IdempotencyConflictError | InProgressError);
  }
}
