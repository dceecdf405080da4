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
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { MemberContext } from './context';
import { MemberMerge, MemberMergeObstacle, MemberMergePreview, toMerge } from './member-merge.type';
import { loadMember } from './member.resolver';
import { Member } from './member.type';
import { refuse, requireKey, sharedRefusal } from './refusals';

@InputType({ description: 'Which two memberships of one person become one.' })
export class MergeMembersInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Who stays: by custom the one who has been a member longer.' })
  survivorId: string;

  @Field(() => ID, { description: 'Whose id becomes another name of the survivor, for ever.' })
  loserId: string;
}

@ObjectType({ description: 'The merge has begun. It is done, or abandoned, moments later: see its status.' })
export class MergeMembersSuccess {
  @Field(() => MemberMerge)
  merge: MemberMerge;
}

const MergeMembersResult = createUnionType({
  name: 'MergeMembersResult',
  description: 'The merge that has begun, or why it has not.',
  types: () =>
    [
      MergeMembersSuccess,
      NotEligibleError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

/** What stands in the way, in words. */
function obstacleOf(code: string | null, ctx: MemberContext): MemberMergeObstacle | null {
  if (code === null) return null;
  const { message, remedy } = refuse(NotEligibleError, code as Parameters<typeof refuse>[1], ctx.locale, {});
  return make(MemberMergeObstacle, { code, message, remedy });
}

async function theMember(ctx: MemberContext, id: string): Promise<Member> {
  const member = await loadMember(ctx, id);
  if (!member) throw new Error('a merged member is there');
  return member;
}

/** Members belong to the group: the permission counts anywhere in it. Nobody merges their own membership. */
@Resolver(() => MemberMerge)
export class MergeMembersMutation {
  @Mutation(() => MergeMembersResult, {
    description:
      'Makes one of two memberships: points, growth, coupons and identifiers go to the survivor, of consents the narrower holds.',
  })
  async mergeMembers(
    @Arg('input', () => MergeMembersInput) { idempotencyKey, survivorId, loserId }: MergeMembersInput,
    @Ctx() ctx: MemberContext,
  ): Promise<typeof MergeMembersResult> {
    const { app, caller, locale } = ctx;
    requireAnywhere(caller, 'member:merge');
    if (caller.memberId !== null && [survivorId, loserId].some((id) => id.toLowerCase() === caller.memberId)) {
      throw new PublicError('FORBIDDEN', 'Nobody merges their own membership.');
    }
    const key = requireKey(idempotencyKey);
    const groupId = requireTenant(caller);
    const result = await app.mergeMembers(groupId, { actor: caller.id, idempotencyKey: key, survivorId, loserId });
    if (result.ok) {
      const merge = await app.findMerge(groupId, result.value.mergeId);
      if (!merge) throw new Error('a merge that began is there');
      return make(MergeMembersSuccess, { merge: toMerge(merge) });
    }
    const { error } = result;
    switch (error.code) {
      case 'SAME_MEMBER':
      case 'ALREADY_MERGED':
      case 'MEMBER_NOT_ACTIVE':
      case 'MERGE_IN_PROGRESS':
        return refuse(NotEligibleError, error.code, locale, {});
      default:
        return sharedRefusal(error, locale);
    }
  }

  @Query(() => MemberMergePreview, {
    nullable: true,
    description: 'What a merge of two members would come to. Null when one of them is not there.',
  })
  async memberMergePreview(
    @Arg('survivorId', () => ID) survivorId: string,
    @Arg('loserId', () => ID) loserId: string,
    @Ctx() ctx: MemberContext,
  ): Promise<MemberMergePreview | null> {
    requireAnywhere(ctx.caller, 'member:merge');
    const preview = await ctx.app.previewMerge(requireTenant(ctx.caller), { survivorId, loserId });
    if (!preview) return null;
    return make(MemberMergePreview, {
      survivor: await theMember(ctx, preview.survivorId),
      loser: await theMember(ctx, preview.loserId),
      elderId: preview.elderId,
      marketingConsent: preview.marketingConsent,
      obstacle: obstacleOf(preview.obstacle?.code ?? null, ctx),
    });
  }

  @Query(() => MemberMerge, { nullable: true, description: 'A merge, and how far it has come.' })
  async memberMerge(@Arg('id', () => ID) id: string, @Ctx() ctx: MemberContext): Promise<MemberMerge | null> {
    requireAnywhere(ctx.caller, 'member:merge');
    const merge = await ctx.app.findMerge(requireTenant(ctx.caller), id);
    return merge && toMerge(merge);
  }

  @FieldResolver(() => Member, { description: 'Who stays.' })
  survivor(@Root() merge: MemberMerge, @Ctx() ctx: MemberContext): Promise<Member> {
    return theMember(ctx, merge.survivorId);
  }

  @FieldResolver(() => Member, { description: 'Whose id is another name of the survivor.' })
  loser(@Root() merge: MemberMerge, @Ctx() ctx: MemberContext): Promise<Member> {
    return theMember(ctx, merge.loserId);
  }

  @FieldResolver(() => MemberMergeObstacle, { nullable: true, description: 'Why it was abandoned.' })
  obstacle(@Root() merge: MemberMerge, @Ctx() ctx: MemberContext): MemberMergeObstacle | null {
    return obstacleOf(merge.refusal, ctx);
  }
}
