// What a member has: account, lots, entries, and what the clock does to them.
import type { Caller, Page } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { MemberResolver } from './api/member.reference';
import { PointsAccountResolver } from './api/points-account.resolver';
import { onMemberRegistered } from './consumers/on-member-registered';
import { onOrgNodeRecorded } from './consumers/on-org-node-recorded';
import { activateLotsJob } from './jobs/activate-lots';
import { expireLotsJob } from './jobs/expire-lots';
import { releaseExpiredHoldsJob } from './jobs/release-expired-holds';
import { tellExpiringJob } from './jobs/tell-expiring';
import { watchPartitionsJob } from './jobs/watch-partitions';
import { AccountRow, MemberRow } from './storage/account.entity';
import { EntryLotRow, EntryRow, GrowthEntryRow } from './storage/entry.entity';
import { HoldLotRow, HoldRow } from './storage/hold.entity';
import { LotRow } from './storage/lot.entity';
import { ExpiryNoticeRow } from './storage/notice.entity';
import { accounts, expiringPoints, knownMembers } from './use-cases/accounts.query';
import { entries, entry } from './use-cases/entries.query';
import { type Cursor, type Due, letTimePass, membersDue, numberDue } from './use-cases/let-time-pass';
import { partitionsLeft } from './use-cases/partitions-left';
import { groupsToTell, tellExpiring } from './use-cases/tell-expiring';

const verbs = ({ asked, tenant, system }: Transactions) => ({
  accounts: (caller: Caller, ids: readonly string[]) => asked(caller, (tx) => accounts(tx, ids)),
  knownMembers: (caller: Caller, ids: readonly string[]) => asked(caller, (tx) => knownMembers(tx, ids)),
  entries: (caller: Caller, memberId: string, page: Page) => asked(caller, (tx) => entries(tx, memberId, page)),
  entry: (caller: Caller, memberId: string, id: string) => asked(caller, (tx) => entry(tx, memberId, id)),
  expiringPoints: (caller: Caller, memberId: string, before: Date) =>
    asked(caller, (tx) => expiringPoints(tx, memberId, before)),
  membersDue: (due: Due, after: Cursor | null, limit: number) => system((tx) => membersDue(tx, due, after, limit)),
  numberDue: (due: Due) => system((tx) => numberDue(tx, due)),
  groupsToTell: () => system(groupsToTell),
  tellExpiring: (groupId: string, limit: number) => tenant(groupId, (tx) => tellExpiring(tx, limit)),
  partitionsLeft: () => system(partitionsLeft),
  letTimePass: (groupId: string, memberIds: readonly string[], limitMs?: number) =>
    tenant(groupId, (tx) => letTimePass(tx, memberIds, limitMs)),
});

export const ledger: Feature<ReturnType<typeof verbs>> = {
  entities: [
    MemberRow,
    AccountRow,
    LotRow,
    EntryRow,
    EntryLotRow,
    GrowthEntryRow,
    HoldRow,
    HoldLotRow,
    ExpiryNoticeRow,
  ],
  verbs,
  resolvers: [MemberResolver, PointsAccountResolver],
  consumers: () => [onOrgNodeRecorded, onMemberRegistered],
  jobs: (app) => [
    activateLotsJob(app),
    expireLotsJob(app),
    releaseExpiredHoldsJob(app),
    tellExpiringJob(app),
    watchPartitionsJob(app),
  ],
};
