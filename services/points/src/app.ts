import {
  type Caller,
  type Database,
  type Page,
  PlatformTables1763769600000,
  requireTenant,
  type ServiceDefinition,
  type Tx,
} from '@atrium/platform';
import { createPointsContext } from './api/create-context';
import type { PointsContext } from './api/context';
import { buildPointsSubgraph } from './api/subgraph';
import type { PointsConfig } from './config';
import { onCheckoutReleased } from './consumers/on-checkout-released';
import { onMemberRegistered } from './consumers/on-member-registered';
import { onOrgNodeRecorded } from './consumers/on-org-node-recorded';
import { onPurchaseRecorded } from './consumers/on-purchase-recorded';
import { onPurchaseRefunded } from './consumers/on-purchase-refunded';
import { onTierChanged } from './consumers/on-tier-changed';
import { onTierLadderPublished } from './consumers/on-tier-ladder-published';
import { holdResponder, quoteResponder, releaseResponder } from './consumers/points-requests';
import { expireLotsJob } from './jobs/expire-lots';
import { releaseExpiredHoldsJob } from './jobs/release-expired-holds';
import { AccountRow, MemberRow } from './storage/account.entity';
import { EntryLotRow, EntryRow, GrowthEntryRow } from './storage/entry.entity';
import { HoldLotRow, HoldRow } from './storage/hold.entity';
import { LotRow } from './storage/lot.entity';
import { Points1763769700000 } from './storage/migrations/1763769700000-points';
import { AdjustmentApprovalRow, PointsRuleRow } from './storage/points-rule.entity';
import { PurchaseDirectoryRow, PurchaseEarnRow } from './storage/purchase-earn.entity';
import { TierLadderRow, TierPeriodRow } from './storage/tier.entity';
import { accounts, expiringPoints, knownMembers } from './use-cases/accounts.query';
import { type AdjustCommand, adjustPoints } from './use-cases/adjust-points';
import { entries, entry } from './use-cases/entries.query';
import { type HoldCommand, holdPoints } from './use-cases/hold-points';
import { lapsedHolds, lapsedLots, letTimePass } from './use-cases/let-time-pass';
import { type RuleDraft, publishRule } from './use-cases/publish-rule';
import { purchasePoints } from './use-cases/purchase-points.query';
import { type Basket, quotePoints } from './use-cases/quote-points';
import { type ReleaseCommand, releasePoints } from './use-cases/release-points';
import { rules } from './use-cases/rules.query';

/** What the points service can do, each verb in its own transaction. */
export type PointsApp = ReturnType<typeof bindVerbs>;

export function bindVerbs(db: Database) {
  const asked = <T>(caller: Caller, work: (tx: Tx) => Promise<T>) => db.inTransaction(requireTenant(caller), work);
  return {
    adjustPoints: (caller: Caller, command: AdjustCommand) => asked(caller, (tx) => adjustPoints(tx, command)),
    publishRule: (caller: Caller, command: { key: string; actor: string; draft: RuleDraft }) =>
      asked(caller, (tx) => publishRule(tx, command)),
    rules: (caller: Caller, kind: Parameters<typeof rules>[1]) => asked(caller, (tx) => rules(tx, kind)),
    entries: (caller: Caller, memberId: string, page: Page) => asked(caller, (tx) => entries(tx, memberId, page)),
    entry: (caller: Caller, memberId: string, id: string) => asked(caller, (tx) => entry(tx, memberId, id)),
    expiringPoints: (caller: Caller, memberId: string, before: Date) =>
      asked(caller, (tx) => expiringPoints(tx, memberId, before)),
    accounts: (caller: Caller, ids: readonly string[]) => asked(caller, (tx) => accounts(tx, ids)),
    knownMembers: (caller: Caller, ids: readonly string[]) => asked(caller, (tx) => knownMembers(tx, ids)),
    purchasePoints: (caller: Caller, ids: readonly string[]) => asked(caller, (tx) => purchasePoints(tx, ids)),
    quotePoints: (groupId: string, basket: Basket) => db.inTransaction(groupId, (tx) => quotePoints(tx, basket)),
    holdPoints: (groupId: string, command: HoldCommand) => db.inTransaction(groupId, (tx) => holdPoints(tx, command)),
    releasePoints: (groupId: string, command: ReleaseCommand) =>
      db.inTransaction(groupId, (tx) => releasePoints(tx, [command])),
    lapsedLots: (limit: number) => db.inSystemTransaction((tx) => lapsedLots(tx, limit)),
    lapsedHolds: (limit: number) => db.inSystemTransaction((tx) => lapsedHolds(tx, limit)),
    letTimePass: (groupId: string, memberIds: readonly string[]) =>
      db.inTransaction(groupId, (tx) => letTimePass(tx, memberIds)),
  };
}

export const pointsService: ServiceDefinition<PointsConfig, PointsApp, PointsContext> = {
  name: 'points',
  entities: [
    MemberRow,
    AccountRow,
    LotRow,
    EntryRow,
    EntryLotRow,
    GrowthEntryRow,
    HoldRow,
    HoldLotRow,
    PurchaseEarnRow,
    PurchaseDirectoryRow,
    TierPeriodRow,
    TierLadderRow,
    PointsRuleRow,
    AdjustmentApprovalRow,
  ],
  migrations: [PlatformTables1763769600000, Points1763769700000],
  createApp: ({ db }) => bindVerbs(db),
  buildSubgraph: buildPointsSubgraph,
  createContext: (request, app) => createPointsContext(request, app),
  consumers: () => [
    onOrgNodeRecorded,
    onMemberRegistered,
    onTierLadderPublished,
    onTierChanged,
    onPurchaseRecorded,
    onPurchaseRefunded,
    onCheckoutReleased,
  ],
  jobs: (app) => [expireLotsJob(app), releaseExpiredHoldsJob(app)],
  responders: (app) => [quoteResponder(app), holdResponder(app), releaseResponder(app)],
};
