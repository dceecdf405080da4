import { canAnywhere, isSelf } from '@atrium/platform';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { TierContext } from './context';
import { PurchaseStub } from './purchase.reference';
import { TierChangeType, toTierChange } from './tier-membership.type';

@Resolver(() => PurchaseStub)
export class PurchaseResolver {
  @FieldResolver(() => TierChangeType, {
    nullable: true,
    description: 'The tier change that this sale caused, as long as it holds.',
  })
  async tierChange(
    @Root() { id }: PurchaseStub,
    @Ctx() { caller, load, locale }: TierContext,
  ): Promise<TierChangeType | null> {
    const change = await load.changeOfPurchase.load(id);
    if (!change || !(isSelf(caller, change.memberId) || canAnywhere(caller, 'tier:read'))) return null;
    return toTierChange(change, await load.ladders(), locale);
  }
}
