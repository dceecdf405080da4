import {
  DateTimeScalar,
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  make,
  PublicError,
  requireAnywhere,
  requireTenant,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { MemberContext } from './context';
import { loadMember } from './member.resolver';
import { Member } from './member.type';
import { requireKey, sharedRefusal } from './refusals';

@InputType({ description: 'Cards whose holders become members, as an import of old sales needs them.' })
export class EnrolCardsInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => ID, { nullable: true, description: 'The mall where the member joins; absent = the group alone.' })
  homeMallId?: string | null;

  @Field(() => [String], { description: 'At most 500.' })
  cards: string[];

  @Field(() => String, { nullable: true, description: 'zh-CN or en; zh-CN when absent.' })
  locale?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When they joined, if it was before today.' })
  joinedAt?: Date | null;
}

@ObjectType({ description: 'The member behind a card.' })
export class EnrolledCard {
  @Field(() => String, { description: 'As it was sent.' })
  cardNumber: string;

  @Field(() => Member)
  member: Member;

  @Field(() => Boolean, { description: 'False when the card named a member before.' })
  created: boolean;
}

@ObjectType()
export class EnrolCardsSuccess {
  @Field(() => [EnrolledCard], { description: 'In the order of the cards sent.' })
  members: EnrolledCard[];
}

const EnrolCardsResult = createUnionType({
  name: 'EnrolCardsResult',
  types: () => [EnrolCardsSuccess, InvalidInputError, IdempotencyConflictError, InProgressError] as const,
});

@Resolver()
export class EnrolCardsMutation {
  @Mutation(() => EnrolCardsResult, {
    description: 'Makes members of card holders, up to 500 at once. A card that names a member already stays as it is.',
  })
  async enrolCards(
    @Arg('input', () => EnrolCardsInput) input: EnrolCardsInput,
    @Ctx() ctx: MemberContext,
  ): Promise<typeof EnrolCardsResult> {
    requireAnywhere(ctx.caller, 'member:register');
    if (ctx.caller.kind === 'TILL') throw new PublicError('FORBIDDEN', 'Not for tills.');
    const result = await ctx.app.enrolCards(requireTenant(ctx.caller), {
      ...input,
      actor: ctx.caller.id,
      idempotencyKey: requireKey(input.idempotencyKey),
    });
    if (!result.ok) {
      return sharedRefusal(result.error, ctx.locale) as InvalidInputError | IdempotencyConflictError | InProgressError;
    }
    const members = await Promise.all(
      result.value.map(async ({ memberId, created }, i) => {
        const member = await loadMember(ctx, memberId);
        if (!member) throw new Error('an enrolled member is not there');
        return make(EnrolledCard, { cardNumber: input.cards[i] ?? '', member, created });
      }),
    );
    return make(EnrolCardsSuccess, { members });
  }
}
