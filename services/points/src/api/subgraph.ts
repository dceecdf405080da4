import { buildSubgraph, type Subgraph } from '@atrium/platform';
import { Purchase, resolvePurchase } from '../earning/api/purchase.reference';
import { Member, resolveMember } from '../ledger/api/member.reference';

export const buildPointsSubgraph = (resolvers: readonly (new () => object)[]): Promise<Subgraph> =>
  buildSubgraph({
    resolvers,
    orphanedTypes: [Member, Purchase],
    references: { Member: resolveMember, Purchase: resolvePurchase },
  });
