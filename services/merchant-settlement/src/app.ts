import type { Place } from '@atrium/contracts';
import { err, ok, type Result } from '@atrium/kernel';
import {
  buildSubgraph,
  type Database,
  type IdempotencyRefusal,
  idempotent,
  type OrgNode,
  PlatformTables1763769600000,
  PublicError,
  type ServiceDefinition,
  type Tx,
} from '@atrium/platform';
import { createContext, type SettlementContext } from './api/context';
import { MallResolver, MerchantResolver, StoreResolver } from './api/organisation.resolver';
import { OrganisationMutation } from './api/organisation.mutation';
import { MemberResolver } from './api/member.resolver';
import { PostingResolver, PurchaseResolver } from './api/purchase.resolver';
import { RecordPurchaseMutation } from './api/record-purchase.mutation';
import { references } from './api/references';
import { RefundPurchaseMutation } from './api/refund-purchase.mutation';
import type { SettlementConfig } from './config';
import { onCheckoutReleased } from './consumers/on-checkout-released';
import { onCheckoutReserved } from './consumers/on-checkout-reserved';
import { onCouponRedeemed } from './consumers/on-coupon-redeemed';
import { onCouponReturned } from './consumers/on-coupon-returned';
import { onMemberIdentifierAdded } from './consumers/on-member-identifier-added';
import { onMembersMerged } from './consumers/on-members-merged';
import { onMemberRegistered } from './consumers/on-member-registered';
import { onPointsCaptured } from './consumers/on-points-captured';
import { onPointsDebtSettled } from './consumers/on-points-debt-settled';
import { onPointsExpired } from './consumers/on-points-expired';
import { onPointsRedemptionReversed } from './consumers/on-points-redemption-reversed';
import { onPointsAdjusted } from './consumers/on-points-adjusted';
import { onPointsCredited } from './consumers/on-points-credited';
import { onPointsReinstated } from './consumers/on-points-reinstated';
import { onPointsRedeemed } from './consumers/on-points-redeemed';
import { onPointsRedemptionUndone } from './consumers/on-points-redemption-undone';
import { onPartnerPointsExchanged } from './consumers/on-partner-points-exchanged';
import { onPointsRulesPublished } from './consumers/on-points-rules-published';
import { onPurchasePointsPosted } from './consumers/on-purchase-points-posted';
import { ResolveUnmatchedRefundMutation } from './api/resolve-unmatched-refund.mutation';
import { atASite } from './consumers/at-a-site';
import { ofSites } from './consumers/of-sites';
import { sweepParkedRefundsJob } from './jobs/sweep-parked-refunds';
import { entities } from './storage/entities';
import { SaleFacts1763769800000 } from './storage/migrations/1763769800000-sale-facts';
import { UnmatchedRefunds1763900017600 } from './storage/migrations/1763900017600-unmatched-refunds';
import { MergedMembers1763920000022 } from './storage/migrations/1763920000022-merged-members';
import { SiteSales1763930000034 } from './storage/migrations/1763930000034-site-sales';
import { Sites1763940000034 } from './storage/migrations/1763940000034-sites';
import { SplitTender1763900018400 } from './storage/migrations/1763900018400-split-tender';
import { SettlementTables1763769700000 } from './storage/migrations/settlement-tables';
import { recordWithPatience } from './use-cases/await-arrivals';
import { claimSites } from './use-cases/claim-sites';
import {
  type Actor,
  createMall,
  createMallGroup,
  createMerchant,
  type CreateNodeRefusal,
  createStore,
} from './use-cases/create-organisation';
import {
  type ContractVersion,
  publishContract,
  type PublishContract,
  type PublishContractRefusal,
} from './use-cases/publish-contract';
import { type RecordAnswer, recordPurchases, type SaleAccess, type StatedPurchase } from './use-cases/record-purchases';
import {
  resolveUnmatchedRefund,
  type ResolveRefusal,
  type ResolveUnmatchedRefund,
} from './use-cases/unmatched-refunds';
import {
  type RefundAnswer,
  type RefundCommand,
  refundPurchase,
  type RefundPurchaseRefusal,
} from './use-cases/refund-purchase';
import { type PurchaseStatement, statePurchase } from './use-cases/state-purchases';

type Acting = Actor & { groupId: string };
type Keyed<I> = I & { idempotencyKey: string };
type NodeAnswer = Promise<Result<{ node: OrgNode }, CreateNodeRefusal | IdempotencyRefusal>>;
type Input<F> = F extends (tx: Tx, input: infer I, actor: Actor) => unknown ? I : never;

/** The verbs, each in its own transaction. */
export interface SettlementApp {
  createMallGroup(input: Keyed<Input<typeof createMallGroup>>, actor: Acting): NodeAnswer;
  createMall(input: Keyed<Input<ReturnType<typeof createMall>>>, actor: Acting): NodeAnswer;
  createMerchant(input: Keyed<Input<typeof createMerchant>>, actor: Acting): NodeAnswer;
  createStore(input: Keyed<Input<typeof createStore>>, actor: Acting): NodeAnswer;
  publishContract(
    input: Keyed<PublishContract>,
    actor: Acting,
  ): Promise<Result<{ contract: ContractVersion }, PublishContractRefusal | IdempotencyRefusal>>;
  recordPurchases(
    groupId: string,
    statements: readonly PurchaseStatement[],
    access: SaleAccess,
  ): Promise<RecordAnswer[]>;
  resolveUnmatchedRefund(
    input: Keyed<ResolveUnmatchedRefund>,
    actor: { id: string; groupId: string },
  ): Promise<Result<{ refundId: string; outcome: 'APPLIED' | 'DISMISSED' }, ResolveRefusal | IdempotencyRefusal>>;
  refundPurchase(groupId: string, command: RefundCommand): Promise<Result<RefundAnswer, RefundPurchaseRefusal>>;
}

function createApp(db: Database, config: SettlementConfig, here: Place): SettlementApp {
  /** A verb of an administrator: one key, one effect, one answer. */
  const once =
    <I, T, E>(operation: string, verb: (tx: Tx, input: I, actor: Actor) => Promise<Result<T, E>>) =>
    ({ idempotencyKey: key, ...rest }: Keyed<I>, actor: Acting): Promise<Result<T, E | IdempotencyRefusal>> => {
      if (here.site !== null)
        throw new PublicError('ONLY_AT_HUB', 'The organisation and its terms are kept at the hub: send this there.');
      return db.inTransaction(actor.groupId, (tx) =>
        idempotent(tx, { key, operation, actor: actor.id, input: rest }, () => verb(tx, rest as unknown as I, actor)),
      );
    };

  return {
    createMallGroup: once('createMallGroup', createMallGroup),
    createMall: once('createMall', createMall(here)),
    createMerchant: once('createMerchant', createMerchant),
    createStore: once('createStore', createStore),
    publishContract: once('publishContract', publishContract),
    resolveUnmatchedRefund: ({ idempotencyKey: key, ...input }, actor) =>
      db.inTransaction(actor.groupId, (tx) =>
        idempotent(tx, { key, operation: 'resolveUnmatchedRefund', actor: actor.id, input }, () =>
          resolveUnmatchedRefund(tx, here, input, actor),
        ),
      ),
    async recordPurchases(groupId, statements, access) {
      const stated = statements.map((s) => statePurchase(s, groupId, config.BLIND_INDEX_KEY, db.clock.now()));
      const sound = stated.flatMap((s) => (s.ok ? [s.value] : []));
      const recorded = await recordWithPatience<StatedPurchase>(sound, (sales, patient) =>
        db.inTransaction(groupId, (tx) => recordPurchases(tx, here, sales, access, patient)),
      );
      const answers = recorded.values();
      return stated.map((s): RecordAnswer => {
        if (!s.ok) return err({ code: 'INVALID', ...s.error });
        const next = answers.next();
        if (next.done) throw new Error('a sale without an answer');
        return next.value.ok ? ok(next.value.value) : next.value;
      });
    },
    refundPurchase: (groupId, command) => db.inTransaction(groupId, (tx) => refundPurchase(tx, here, command)),
  };
}

/** What a sale is recorded with, wherever it is recorded. */
const HEARD = [
  onMemberRegistered,
  onMembersMerged,
  onMemberIdentifierAdded,
  onCheckoutReserved,
  onCheckoutReleased,
  onPointsRulesPublished,
];
/** What is owed is posted at the hub. */
const HEARD_AT_THE_HUB = [
  onPurchasePointsPosted,
  onPointsCaptured,
  onPointsRedemptionReversed,
  onPointsExpired,
  onPointsDebtSettled,
  onPointsAdjusted,
  onPointsCredited,
  onPointsReinstated,
  onPointsRedeemed,
  onPointsRedemptionUndone,
  onPartnerPointsExchanged,
  onCouponRedeemed,
  onCouponReturned,
];

export const settlementService: ServiceDefinition<SettlementConfig, SettlementApp, SettlementContext> = {
  name: 'merchant-settlement',
  entities,
  migrations: [
    PlatformTables1763769600000,
    SettlementTables1763769700000,
    SaleFacts1763769800000,
    UnmatchedRefunds1763900017600,
    SplitTender1763900018400,
    MergedMembers1763920000022,
    SiteSales1763930000034,
    Sites1763940000034,
  ],
  prepare: claimSites,
  createApp: ({ db, config, place }) => createApp(db, config, place),
  buildSubgraph: () =>
    buildSubgraph({
      resolvers: [
        MallResolver,
        MerchantResolver,
        StoreResolver,
        PurchaseResolver,
        PostingResolver,
        MemberResolver,
        OrganisationMutation,
        RecordPurchaseMutation,
        RefundPurchaseMutation,
        ResolveUnmatchedRefundMutation,
      ],
      references,
    }),
  createContext,
  consumers: (_, place) =>
    place.site === null ? [...HEARD, ...HEARD_AT_THE_HUB, ...ofSites(place)] : [...HEARD, ...atASite],
  jobs: (_, place) => [sweepParkedRefundsJob(place)],
  responders: () => [],
};
