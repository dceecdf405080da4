import { ok, type Result } from '@atrium/kernel';
import {
  buildSubgraph,
  idempotent,
  orgNodeConsumer,
  PlatformTables1763769600000,
  requireTenant,
  type Caller,
  type IdempotencyRefusal,
  type Page,
  type ServiceDefinition,
  type ServiceDependencies,
} from '@atrium/platform';
import { createLoaders, type TierContext } from './api/context';
import { resolveMember } from './api/member.reference';
import { MemberResolver, TierMembershipResolver } from './api/member.resolver';
import { PublishTierLadderMutation } from './api/publish-tier-ladder.mutation';
import { resolvePurchase } from './api/purchase.reference';
import { PurchaseResolver } from './api/purchase.resolver';
import { TierResolver } from './api/tier.resolver';
import type { TierConfig } from './config';
import { onMemberRegistered } from './consumers/on-member-registered';
import { onMembersMerged } from './consumers/on-members-merged';
import { onPointsCredited } from './consumers/on-points-credited';
import { onPurchasePointsPosted } from './consumers/on-purchase-points-posted';
import { onPurchaseRecorded } from './consumers/on-purchase-recorded';
import { onPurchaseRefunded } from './consumers/on-purchase-refunded';
import type { LadderDraft } from './domain/draft-ladder';
import type { Ladder } from './domain/ladder';
import { evaluateValidityJob } from './jobs/evaluate-validity';
import { MemberTierRow } from './storage/member-tier.entity';
import { MetricFactRow } from './storage/metric-fact.entity';
import { TierTables1763769700000 } from './storage/migrations/1763769700000-tier-tables';
import { MergedMembers1763920000022 } from './storage/migrations/1763920000022-merged-members';
import { TierChangeRow } from './storage/tier-change.entity';
import { TierLadderRow } from './storage/tier-ladder.entity';
import { publishTierLadder, type PublishTierLadderRefusal } from './use-cases/publish-tier-ladder';
import { findAllLadders, findMemberHistory, type TierChangeRecord } from './use-cases/tier-membership.query';

/** The verbs and reads of the service, each in its transaction. */
export interface TierApp {
  publishTierLadder(
    caller: Caller,
    key: string,
    draft: LadderDraft,
  ): Promise<Result<Ladder, PublishTierLadderRefusal | IdempotencyRefusal>>;
  memberHistory(caller: Caller, memberId: string, page: Page): Promise<TierChangeRecord[]>;
}

function createApp({ db }: ServiceDependencies<TierConfig>): TierApp {
  return {
    publishTierLadder: (caller, key, draft) =>
      db.inTransaction(requireTenant(caller), async (tx) => {
        const call = { key, operation: 'publishTierLadder', actor: caller.id, input: draft };
        const result = await idempotent(tx, call, () => publishTierLadder(tx, { ...draft, publishedBy: caller.id }));
        if (!result.ok) return result;
        const ladder = (await findAllLadders(tx)).find(({ id }) => id === result.value.ladderId);
        if (!ladder) throw new Error(`no ladder ${result.value.ladderId}`);
        return ok(ladder);
      }),
    memberHistory: (caller, memberId, page) =>
      db.inTransaction(requireTenant(caller), (tx) => findMemberHistory(tx, memberId, page)),
  };
}

export const tierService: ServiceDefinition<TierConfig, TierApp, TierContext> = {
  name: 'tier',
  entities: [TierLadderRow, MemberTierRow, MetricFactRow, TierChangeRow],
  migrations: [PlatformTables1763769600000, TierTables1763769700000, MergedMembers1763920000022],
  createApp,
  buildSubgraph: () =>
    buildSubgraph({
      resolvers: [TierResolver, MemberResolver, TierMembershipResolver, PurchaseResolver, PublishTierLadderMutation],
      references: { Member: resolveMember, Purchase: resolvePurchase },
    }),
  createContext: (request, app, db) => ({ ...request, app, db, load: createLoaders(db, request.caller.groupId) }),
  consumers: () => [
    orgNodeConsumer('tier'),
    onMemberRegistered,
    onPurchaseRecorded,
    onPurchaseRefunded,
    onPurchasePointsPosted,
    onPointsCredited,
    onMembersMerged,
  ],
  jobs: () => [evaluateValidityJob],
  waitsBy: 'tier-recompute',
  responders: () => [],
};
