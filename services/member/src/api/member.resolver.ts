import { isUuid } from '@atrium/kernel';
import {
  type Caller,
  canAnywhere,
  isSelf,
  MemberIdentifierInput,
  requireAnywhere,
  requireTenant,
} from '@atrium/platform';
import { Arg, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { MemberContext } from './context';
import { Member, MemberCard, toCard, toMember } from './member.type';

/** A member as this caller sees her; null when there is none in the caller's group. */
export async function loadMember(ctx: MemberContext, id: string | null): Promise<Member | null> {
  if (id === null || !isUuid(id)) return null;
  const view = await ctx.load.member.load(id.toLowerCase());
  return view ? toMember(view, ctx.caller) : null;
}

/** A code that was shown before a merge still names who showed it. */
async function whoIsNow(ctx: MemberContext, id: string | null): Promise<Member | null> {
  const member = await loadMember(ctx, id);
  return member?.mergedIntoId ? whoIsNow(ctx, member.mergedIntoId) : member;
}

const maySee = (caller: Caller, id: string): boolean => isSelf(caller, id) || canAnywhere(caller, 'member:read');

/** Other subgraphs ask for a member by id: the same rule as for the root field. */
export const resolveMember = (reference: { id: string }, ctx: MemberContext): Promise<Member | null> =>
  maySee(ctx.caller, reference.id) ? loadMember(ctx, reference.id) : Promise.resolve(null);

@Resolver(() => Member)
export class MemberResolver {
  @Query(() => Member, { nullable: true, description: 'The signed-in member. Null for tills, staff and services.' })
  @Directive('@shareable')
  me(@Ctx() ctx: MemberContext): Promise<Member | null> {
    return loadMember(ctx, ctx.caller.kind === 'MEMBER' ? ctx.caller.memberId : null);
  }

  @Query(() => Member, {
    nullable: true,
    description: 'A member by id. Staff and tills see only what their role and site allow.',
  })
  member(@Arg('id', () => ID) id: string, @Ctx() ctx: MemberContext): Promise<Member | null> {
    return resolveMember({ id }, ctx);
  }

  @Query(() => Member, {
    nullable: true,
    description:
      "What a till does first: find the member behind a card, a phone number or the code shown on the member's screen. A code is used up by it.",
  })
  async identifyMember(
    @Arg('by', () => MemberIdentifierInput) by: MemberIdentifierInput,
    @Ctx() ctx: MemberContext,
  ): Promise<Member | null> {
    requireAnywhere(ctx.caller, 'member:identify');
    const groupId = requireTenant(ctx.caller);
    return whoIsNow(ctx, await ctx.app.identifyMember(groupId, { callerId: ctx.caller.id, ...by }));
  }

  @FieldResolver(() => Member, {
    nullable: true,
    description: 'Whom this member was merged into; null for a member of their own.',
  })
  mergedInto(@Root() member: Member, @Ctx() ctx: MemberContext): Promise<Member | null> {
    return loadMember(ctx, member.mergedIntoId);
  }

  @FieldResolver(() => [MemberCard], { description: 'Oldest first.' })
  async cards(@Root() member: Member, @Ctx() ctx: MemberContext): Promise<MemberCard[]> {
    return (await ctx.load.cards.load(member.id)).map((card) => toCard(card, ctx.caller));
  }
}
