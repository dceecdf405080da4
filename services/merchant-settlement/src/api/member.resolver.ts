import { isSelf, make, pageOf, PublicError, toConnection } from '@atrium/platform';
import { Arg, Ctx, Directive, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { readMemberPurchases } from '../use-cases/purchase.query';
import { reachOf, tillPathOf } from './access';
import type { SettlementContext } from './context';
import { MemberStub } from './member.reference';
import { toPurchase } from './present';
import { PurchaseConnection } from './purchase.type';

@Resolver(() => MemberStub)
export class MemberResolver {
  @Query(() => MemberStub, {
    nullable: true,
    description: 'The signed-in member. Null for tills, staff and services.',
  })
  @Directive('@shareable')
  me(@Ctx() { caller }: SettlementContext): MemberStub | null {
    return caller.kind === 'MEMBER' && caller.memberId !== null && caller.groupId !== null
      ? make(MemberStub, { id: caller.memberId })
      : null;
  }

  @FieldResolver(() => PurchaseConnection, {
    description: 'Newest first. Staff and tills see those that happened where they may read sales.',
  })
  async purchases(
    @Root() member: MemberStub,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() ctx: SettlementContext,
  ): Promise<InstanceType<typeof PurchaseConnection>> {
    const { caller } = ctx;
    const page = pageOf(first ?? 20, after);
    const self = isSelf(caller, member.id);
    const reach = self ? null : reachOf(caller, 'purchase:read', await tillPathOf(ctx));
    if (caller.groupId === null || (reach !== null && reach.length === 0)) {
      throw new PublicError('FORBIDDEN', 'This needs the permission purchase:read.');
    }
    const groupId = caller.groupId;
    const rows = await ctx.load.read((tx) => readMemberPurchases(tx, member.id, reach, page));
    return toConnection(
      rows,
      page,
      ({ occurredAt, id }) => ({ at: occurredAt, id }),
      (row) => toPurchase(row, groupId),
    );
  }
}
