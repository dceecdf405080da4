import {
  DateTimeScalar,
  InProgressError,
  make,
  NotEligibleError,
  requireMember,
  requireTenant,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { MemberContext } from './context';
import { refuse, requireKey, sharedRefusal } from './refusals';

@InputType()
export class ShowMemberCodeInput {
  @Field(() => ID)
  idempotencyKey: string;
}

@ObjectType()
export class ShowMemberCodeSuccess {
  @Field(() => String, { description: 'Eight digits.' })
  code: string;

  @Field(() => DateTimeScalar)
  validUntil: Date;
}

const ShowMemberCodeResult = createUnionType({
  name: 'ShowMemberCodeResult',
  types: () => [ShowMemberCodeSuccess, NotEligibleError, InProgressError] as const,
});

@Resolver()
export class ShowMemberCodeMutation {
  @Mutation(() => ShowMemberCodeResult, {
    description:
      'The code that a member shows at a till: 60 seconds, single use; it ends the one shown before. For the signed-in member.',
  })
  async showMemberCode(
    @Arg('input', () => ShowMemberCodeInput) input: ShowMemberCodeInput,
    @Ctx() ctx: MemberContext,
  ): Promise<typeof ShowMemberCodeResult> {
    const memberId = requireMember(ctx.caller);
    const result = await ctx.app.showMemberCode(requireTenant(ctx.caller), {
      actor: ctx.caller.id,
      memberId,
      idempotencyKey: requireKey(input.idempotencyKey),
    });
    if (result.ok) return make(ShowMemberCodeSuccess, result.value);
    return result.error.code === 'NOT_ELIGIBLE'
      ? refuse(NotEligibleError, 'NOT_ELIGIBLE', ctx.locale, {})
      : (sharedRefusal(result.error, ctx.locale) as InProgressError);
  }
}
