import { requirePermission, requireTenant } from '@atrium/platform';
import { Ctx, Query, Resolver } from 'type-graphql';
import { ladderAt } from '../domain/ladder';
import type { TierContext } from './context';
import { TierLadderType, toTierLadder } from './tier-ladder.type';
import { TierType, toTier } from './tier.type';

@Resolver()
export class TierResolver {
  @Query(() => [TierType], { description: "The tier ladder of the caller's mall group, lowest rank first." })
  async tiers(@Ctx() { db, load, locale }: TierContext): Promise<TierType[]> {
    const ladder = ladderAt(await load.ladders(), db.clock.now());
    return ladder ? ladder.tiers.map((tier) => toTier(tier, ladder.currency, locale)) : [];
  }

  @Query(() => [TierLadderType], {
    description: 'Every published version of the ladder, newest first. For those who manage it.',
  })
  async tierLadders(@Ctx() { caller, load, locale }: TierContext): Promise<TierLadderType[]> {
    requirePermission(caller, 'tier:rules', [requireTenant(caller)]);
    return (await load.ladders()).toReversed().map((ladder) => toTierLadder(ladder, locale));
  }
}
