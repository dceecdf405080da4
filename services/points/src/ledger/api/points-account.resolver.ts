import { type Connection, DateTimeScalar, make, pageOf, toConnection } from '@atrium/platform';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { ExpiringPoints, PointsAccount, type PointsEntry, PointsEntryConnection, toEntry } from './points-account.type';

@Resolver(() => PointsAccount)
export class PointsAccountResolver {
  @FieldResolver(() => [ExpiringPoints], {
    description:
      'Pending and available points that expire before this instant, one row for each expiry date. Held points are not counted.',
  })
  async expiring(
    @Root() account: PointsAccount,
    @Arg('before', () => DateTimeScalar) before: Date,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<ExpiringPoints[]> {
    const rows = await app.expiringPoints(caller, account.memberId, before);
    return rows.map((row) => make(ExpiringPoints, row));
  }

  @FieldResolver(() => PointsEntryConnection, { description: 'The lines of the ledger, newest first.' })
  async entries(
    @Root() account: PointsAccount,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<Connection<PointsEntry>> {
    const page = pageOf(first ?? 20, after);
    const rows = await app.entries(caller, account.memberId, page);
    return toConnection(
      rows,
      page,
      ({ postedAt, id }) => ({ at: postedAt, id }),
      (row) => toEntry(row, locale),
    );
  }
}
