import { canAnywhere, isSelf, make, pageOf, PublicError, toConnection, type Connection } from '@atrium/platform';
import { Arg, Ctx, Directive, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { TierContext } from './context';
import { MemberStub } from './member.reference';
import { noLadder } from './no-ladder';
import {
  TierChangeConnection,
  TierMembershipType,
  toMembership,
  toTierChange,
  type TierChangeType,
} from './tier-membership.type';

const PAGE = 20;

@Resolver(() => MemberStub)
export class MemberResolver {
  @Query(() => MemberStub, { nullable: true, description: 'The signed-in member. Null for tills, staff and services.' })
  @Directive('@shareable')
  me(@Ctx() { caller }: TierContext): MemberStub | null {
    return caller.kind === 'MEMBER' && caller.memberId ? make(MemberStub, { id: caller.memberId }) : null;
  }

  @FieldResolver(() => TierMembershipType, { description: 'Where the member stands on the ladder.' })
  async tier(@Root() { id }: MemberStub, @Ctx() { caller, load, locale }: TierContext): Promise<TierMembershipType> {
    if (!isSelf(caller, id) && !canAnywhere(caller, 'tier:read')) {
      throw new PublicError('FORBIDDEN', "A member's tier is for the member and for staff who may read it.");
    }
    const view = await load.membership.load(id);
    if (!view) throw noLadder();
    return toMembership(view, locale);
  }
}

@Resolver(() => TierMembershipType)
export class TierMembershipResolver {
  @FieldResolver(() => TierChangeConnection, { description: 'Newest first.' })
  async history(
    @Root() { memberId }: TierMembershipType,
    @Arg('first', () => Int, { defaultValue: PAGE, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { caller, app, load, locale }: TierContext,
  ): Promise<Connection<TierChangeType>> {
    const page = pageOf(first ?? PAGE, after);
    const [rows, ladders] = await Promise.all([app.memberHistory(caller, memberId, page), load.ladders()]);
    return toConnection(
      rows,
      page,
      ({ effectiveAt, id }) => ({ at: effectiveAt, id }),
      (change) => toTierChange(change, ladders, locale),
    );
  }
}
