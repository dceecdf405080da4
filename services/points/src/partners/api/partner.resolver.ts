import { type Connection, pageOf, requireAnywhere, toConnection } from '@atrium/platform';
import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount } from '../../ledger/api/points-account.type';
import {
  type PartnerExchange,
  PartnerExchangeConnection,
  PartnerRate,
  PointsPartner,
  toExchange,
  toPartner,
  toRate,
} from './partner.type';

@Resolver(() => PointsPartner)
export class PartnerResolver {
  @Query(() => [PointsPartner], { description: 'The programmes that points are exchanged with, by code.' })
  async pointsPartners(@Ctx() { app, caller }: PointsContext): Promise<PointsPartner[]> {
    requireAnywhere(caller, 'points:read');
    return (await app.partners(caller)).map(toPartner);
  }

  @FieldResolver(() => [PartnerRate], { description: 'Every version of the rate, oldest first.' })
  async rates(@Root() { id }: PointsPartner, @Ctx() { app, caller }: PointsContext): Promise<PartnerRate[]> {
    requireAnywhere(caller, 'points:read');
    return (await app.partnerRates(caller, id)).map(toRate);
  }
}

@Resolver(() => PointsAccount)
export class PartnerExchangeResolver {
  @FieldResolver(() => PartnerExchangeConnection, { description: "Exchanges with partners' programmes, newest first." })
  async exchanges(
    @Root() account: PointsAccount,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<Connection<PartnerExchange>> {
    const page = pageOf(first ?? 20, after);
    const rows = await app.exchanges(caller, account.memberId, page);
    return toConnection(rows, page, ({ postedAt, id }) => ({ at: postedAt, id }), toExchange);
  }
}
