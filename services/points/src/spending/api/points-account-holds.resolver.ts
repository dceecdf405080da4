import { type Connection, pageOf, toConnection } from '@atrium/platform';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount } from '../../ledger/api/points-account.type';
import { type PointsHold, PointsHoldConnection, toHold } from './order.type';

@Resolver(() => PointsAccount)
export class PointsAccountHoldsResolver {
  @FieldResolver(() => PointsHoldConnection, {
    description: 'What points are or were held for, newest first: checkouts and orders.',
  })
  async holds(
    @Root() account: PointsAccount,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<Connection<PointsHold>> {
    const page = pageOf(first ?? 20, after);
    const rows = await app.holds(caller, account.memberId, page);
    return toConnection(rows, page, ({ createdAt, id }) => ({ at: createdAt, id }), toHold);
  }
}
