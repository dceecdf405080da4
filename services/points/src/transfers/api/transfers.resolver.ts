import { type Connection, pageOf, toConnection } from '@atrium/platform';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount } from '../../ledger/api/points-account.type';
import { type PointsTransfer, PointsTransferConnection, toTransfer } from './transfer.type';

@Resolver(() => PointsAccount)
export class PointsTransfersResolver {
  @FieldResolver(() => PointsTransferConnection, {
    description: 'Given to and received from other members, newest first.',
  })
  async transfers(
    @Root() account: PointsAccount,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<Connection<PointsTransfer>> {
    const page = pageOf(first ?? 20, after);
    const rows = await app.transfers(caller, account.memberId, page);
    return toConnection(rows, page, ({ sentAt, id }) => ({ at: sentAt, id }), toTransfer);
  }
}
