import { buildSubgraph, type Subgraph } from '@atrium/platform';
import { AdjustPointsMutation } from './adjust-points.mutation';
import { Member, MemberResolver, resolveMember } from './member.reference';
import { PointsAccountResolver } from './points-account.resolver';
import { PointsRuleResolver } from './points-rule.resolver';
import { PublishRuleMutations } from './publish-rule.mutation';
import { Purchase, PurchaseResolver, resolvePurchase } from './purchase.reference';

export const buildPointsSubgraph = (): Promise<Subgraph> =>
  buildSubgraph({
    resolvers: [
      MemberResolver,
      PurchaseResolver,
      PointsAccountResolver,
      PointsRuleResolver,
      AdjustPointsMutation,
      PublishRuleMutations,
    ],
    orphanedTypes: [Member, Purchase],
    references: { Member: resolveMember, Purchase: resolvePurchase },
  });
