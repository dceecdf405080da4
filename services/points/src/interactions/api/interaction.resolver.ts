import { type Connection, pageOf, PublicError, toConnection } from '@atrium/platform';
import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount } from '../../ledger/api/points-account.type';
import { type Interaction, InteractionConnection, InteractionOffer, toInteraction, toOffer } from './interaction.type';

@Resolver(() => PointsAccount)
export class InteractionResolver {
  @Query(() => [InteractionOffer], { description: 'What the signed-in member can do for points, other than buying.' })
  async interactionOffers(@Ctx() { app, caller, locale }: PointsContext): Promise<InteractionOffer[]> {
    if (caller.kind !== 'MEMBER' || caller.memberId === null) {
      throw new PublicError('FORBIDDEN', 'This is for members.');
    }
    return (await app.interactionOffers(caller, caller.memberId)).map((offer) => toOffer(offer, locale));
  }

  @FieldResolver(() => InteractionConnection, { description: 'What was done for points, newest first.' })
  async interactions(
    @Root() account: PointsAccount,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<Connection<Interaction>> {
    const page = pageOf(first ?? 20, after);
    const rows = await app.interactions(caller, account.memberId, page);
    return toConnection(rows, page, ({ postedAt, id }) => ({ at: postedAt, id }), toInteraction);
  }
}
