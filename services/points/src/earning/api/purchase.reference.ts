import { isUuid } from '@atrium/kernel';
import { can, canAnywhere, isSelf, make, PointsAmountScalar } from '@atrium/platform';
import { Ctx, Directive, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { ExplanationStep, toExplanation } from '../../ledger/api/explanation.type';

@ObjectType('Purchase', {
  description:
    'A sale that happened at a till. Each subgraph adds what it did about it; a part is null until that subgraph has applied the sale.',
})
@Directive('@key(fields: "id")')
export class Purchase {
  @Field(() => ID, { description: 'Follows from the group, the source and its number.' })
  id: string;
}

@ObjectType({ description: 'What a sale did to points and growth.' })
export class PurchasePoints {
  @Field(() => PointsAmountScalar, { description: 'Earned by the sale, before refunds.' })
  earned: bigint;

  @Field(() => PointsAmountScalar, { description: 'Taken back by refunds so far.' })
  reversed: bigint;

  @Field(() => PointsAmountScalar, { description: 'Paid with points, less what refunds gave back.' })
  redeemed: bigint;

  @Field(() => PointsAmountScalar, { description: 'Growth value of the sale, less refunds.' })
  growth: bigint;

  @Field(() => [ExplanationStep], { description: 'How the earned points came about.' })
  explanation: ExplanationStep[];
}

export const purchaseStub = (id: string): Purchase => make(Purchase, { id });

@Resolver(() => Purchase)
export class PurchaseResolver {
  @FieldResolver(() => PurchasePoints, {
    nullable: true,
    description: 'Null until the sale has been applied, for anonymous sales, and for who may not see it.',
  })
  async points(
    @Root() purchase: Purchase,
    @Ctx() { caller, load, locale }: PointsContext,
  ): Promise<PurchasePoints | null> {
    const view = await load.purchase.load(purchase.id);
    if (!view) return null;
    const allowed =
      isSelf(caller, view.memberId) || canAnywhere(caller, 'points:read') || can(caller, 'purchase:read', view.path);
    if (!allowed) return null;
    const { earned, reversed, redeemed, growth, steps } = view;
    return make(PurchasePoints, { earned, reversed, redeemed, growth, explanation: toExplanation(steps, locale) });
  }
}

/** Which sales there are is settlement's to say; here every id is only a place to put the points. */
export function resolvePurchase({ id }: { id: string }): Purchase | null {
  return isUuid(id) ? purchaseStub(id) : null;
}
