import { requireAnywhere } from '@atrium/platform';
import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsRule, PointsRuleKind, toRule } from './points-rule.type';

@Resolver(() => PointsRule)
export class PointsRuleResolver {
  @Query(() => [PointsRule], { description: "Every version of the programme's rules, for staff who run or audit it." })
  async pointsRules(
    @Arg('kind', () => PointsRuleKind, { nullable: true }) kind: PointsRuleKind | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<PointsRule[]> {
    requireAnywhere(caller, 'points:read');
    return (await app.rules(caller, kind ?? null)).map(toRule);
  }
}
