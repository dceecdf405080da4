import { isUuid } from '@atrium/kernel';
import { canAnywhere, isSelf, make, pageOf, PublicError, requireTenant, toConnection } from '@atrium/platform';
import { Arg, Ctx, Directive, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { MessagingContext } from './context';
import { MessageConnection, toMessage } from './message.type';

/** Owned by the member service; messaging adds the inbox. */
@ObjectType('Member')
@Directive('@key(fields: "id")')
export class MemberReference {
  @Field(() => ID)
  id: string;
}

/** Staff find members that messaging knows; whether the caller may read an inbox is asked where it is read. */
export async function resolveMember(reference: { id: string }, ctx: MessagingContext): Promise<MemberReference | null> {
  if (ctx.caller.groupId === null || !isUuid(reference.id)) return null;
  if (canAnywhere(ctx.caller, 'message:read') && !(await ctx.load.known.load(reference.id))) return null;
  return make(MemberReference, { id: reference.id });
}

function requireReader(ctx: MessagingContext, memberId: string): string {
  const groupId = requireTenant(ctx.caller);
  if (!isSelf(ctx.caller, memberId) && !canAnywhere(ctx.caller, 'message:read')) {
    throw new PublicError('FORBIDDEN', 'Messages are for the member and for staff with message:read.');
  }
  return groupId;
}

@Resolver(() => MemberReference)
export class MemberInboxResolver {
  @Query(() => MemberReference, {
    nullable: true,
    description: 'The signed-in member. Null for tills, staff and services.',
  })
  @Directive('@shareable')
  me(@Ctx() { caller }: MessagingContext): MemberReference | null {
    return caller.kind === 'MEMBER' && caller.memberId !== null && caller.groupId !== null
      ? make(MemberReference, { id: caller.memberId })
      : null;
  }

  @FieldResolver(() => MessageConnection, { description: 'Newest first.' })
  async inbox(
    @Root() member: MemberReference,
    @Arg('unreadOnly', () => Boolean, { nullable: true, defaultValue: false }) unreadOnly: boolean | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() ctx: MessagingContext,
  ): Promise<MessageConnection> {
    const groupId = requireReader(ctx, member.id);
    const page = pageOf(first ?? 20, after);
    const rows = await ctx.app.readInbox(groupId, member.id, page, unreadOnly ?? false);
    return toConnection(rows, page, ({ createdAt, id }) => ({ at: createdAt, id }), toMessage);
  }

  @FieldResolver(() => Int)
  unreadMessages(@Root() member: MemberReference, @Ctx() ctx: MessagingContext): Promise<number> {
    requireReader(ctx, member.id);
    return ctx.load.unread.load(member.id);
  }
}
