import {
  type Caller,
  type Database,
  findOrgNodes,
  type OrgNode,
  type Page,
  PlatformTables1763769600000,
  requireTenant,
  type ServiceDefinition,
  type Tx,
} from '@atrium/platform';
import { createMemberContext, type MemberContext } from './api/context';
import { buildMemberSubgraph } from './api/subgraph';
import type { MemberConfig } from './config';
import { onOrgNodeRecorded } from './consumers/on-org-node-recorded';
import { mergeConsumers } from './consumers/on-merge';
import { birthdayResponder } from './consumers/resolve-birthdays';
import { contactResponder } from './consumers/resolve-contact';
import { forgetCodesJob } from './jobs/forget-codes';
import { CodeAttemptEntity, IdentifierEntity, MemberCardEntity, MemberCodeEntity } from './storage/identifier.entity';
import { MemberFreezeEntity } from './storage/freeze.entity';
import { MemberEntity } from './storage/member.entity';
import { MemberMergeEntity } from './storage/merge.entity';
import { Member1763769700000 } from './storage/migrations/1763769700000-member';
import { MemberFreeze1763900017500 } from './storage/migrations/1763900017500-member-freeze';
import { MemberMerge1763920000022 } from './storage/migrations/1763920000022-member-merge';
import { MasterKeySeal1763930000023 } from './storage/migrations/1763930000023-master-key-seal';
import type { MasterKeys } from './storage/personal-data';
import { StaffEntity, StaffGrantEntity } from './storage/staff.entity';
import { checkMasterKeys } from './use-cases/check-master-keys';
import { enrolCards, type EnrolCards } from './use-cases/enrol-cards';
import { forgetCodes } from './use-cases/forget-codes';
import { type FreezeMember, freezeMember } from './use-cases/freeze-member';
import { identifyMember } from './use-cases/identify-member';
import { inheritMembers } from './use-cases/inherit';
import { createKeys, type MemberKeys } from './use-cases/keys';
import { findCards, findMembers, resolveBirthdays, resolveContact } from './use-cases/member.query';
import { mergeById, type MergeMembers, mergeMembers, previewMerge, type Word } from './use-cases/merge-members';
import { registerMember, type RegisterMember } from './use-cases/register-member';
import { showMemberCode } from './use-cases/show-member-code';
import { grantRole, type InviteStaff, inviteStaff, revokeRole, type SetRole } from './use-cases/staff-roles';
import { findStaff, listStaff } from './use-cases/staff.query';

/** What the member service can do, each verb in its own transaction. */
export type MemberApp = ReturnType<typeof bindVerbs>;

export function bindVerbs(db: Database, keys: MemberKeys) {
  return {
    registerMember: (groupId: string, command: RegisterMember) =>
      db.inTransaction(groupId, (tx) => registerMember(tx, keys, command)),
    enrolCards: (groupId: string, command: EnrolCards) =>
      db.inTransaction(groupId, (tx) => enrolCards(tx, keys, command)),
    freezeMember: (groupId: string, command: FreezeMember) =>
      db.inTransaction(groupId, (tx) => freezeMember(tx, keys, command)),
    previewMerge: (groupId: string, ids: Parameters<typeof previewMerge>[1]) =>
      db.inTransaction(groupId, (tx) => previewMerge(tx, ids)),
    mergeMembers: (groupId: string, command: MergeMembers) =>
      db.inTransaction(groupId, (tx) => mergeMembers(tx, command)),
    findMerge: (groupId: string, id: string) => db.inTransaction(groupId, (tx) => mergeById(tx, id)),
    inheritMembers: (tx: Tx, merges: (Word & { survivorId: string })[]) => inheritMembers(tx, keys, merges),
    showMemberCode: (groupId: string, command: { actor: string; memberId: string; idempotencyKey: string }) =>
      db.inTransaction(groupId, (tx) => showMemberCode(tx, keys, command)),
    identifyMember: (groupId: string, query: Parameters<typeof identifyMember>[2]) =>
      db.inTransaction(groupId, (tx) => identifyMember(tx, keys, query)),
    findMembers: (groupId: string, ids: readonly string[]) =>
      db.inTransaction(groupId, (tx) => findMembers(tx, keys, ids)),
    findCards: (groupId: string, memberIds: readonly string[]) =>
      db.inTransaction(groupId, (tx) => findCards(tx, keys, memberIds)),
    findNodes: (groupId: string, ids: readonly string[]): Promise<Map<string, OrgNode>> =>
      db.inTransaction(groupId, (tx) => findOrgNodes(tx, ids)),
    resolveContact: (groupId: string, memberId: string) =>
      db.inTransaction(groupId, (tx) => resolveContact(tx, keys, memberId)),
    resolveBirthdays: (groupId: string, memberIds: readonly string[]) =>
      db.inTransaction(groupId, (tx) => resolveBirthdays(tx, keys, memberIds)),
    inviteStaff: (caller: Caller, command: InviteStaff) =>
      db.inTransaction(requireTenant(caller), (tx) => inviteStaff(tx, keys, caller, command)),
    grantRole: (caller: Caller, command: SetRole) =>
      db.inTransaction(requireTenant(caller), (tx) => grantRole(tx, caller, command)),
    revokeRole: (caller: Caller, command: SetRole) =>
      db.inTransaction(requireTenant(caller), (tx) => revokeRole(tx, caller, command)),
    listStaff: (groupId: string, nodeIds: readonly string[], page: Page) =>
      db.inTransaction(groupId, (tx) => listStaff(tx, keys, nodeIds, page)),
    findStaff: (groupId: string, nodeIds: readonly string[], id: string) =>
      db.inTransaction(groupId, (tx) => findStaff(tx, keys, nodeIds, id)),
    forgetCodes: () => forgetCodes(db),
  };
}

function masterKeysOf(config: MemberConfig): MasterKeys {
  const current = config.MEMBER_MASTER_KEY_VERSION;
  const old = Object.entries(config.MEMBER_OLD_MASTER_KEYS).map(([version, key]) => [Number(version), key] as const);
  return { current, byVersion: new Map([...old, [current, config.MEMBER_MASTER_KEY] as const]) };
}

export const memberService: ServiceDefinition<MemberConfig, MemberApp, MemberContext> = {
  name: 'member',
  entities: [
    MemberEntity,
    MemberCardEntity,
    MemberFreezeEntity,
    MemberMergeEntity,
    IdentifierEntity,
    MemberCodeEntity,
    CodeAttemptEntity,
    StaffEntity,
    StaffGrantEntity,
  ],
  migrations: [
    PlatformTables1763769600000,
    Member1763769700000,
    MemberFreeze1763900017500,
    MemberMerge1763920000022,
    MasterKeySeal1763930000023,
  ],
  prepare: (db, _place, config) => checkMasterKeys(db, masterKeysOf(config)),
  createApp: ({ db, config }) => bindVerbs(db, createKeys(masterKeysOf(config), config.BLIND_INDEX_KEY)),
  buildSubgraph: buildMemberSubgraph,
  createContext: (request, app) => createMemberContext(request, app),
  consumers: (app) => [onOrgNodeRecorded, ...mergeConsumers(app.inheritMembers)],
  jobs: (app) => [forgetCodesJob(app.forgetCodes)],
  responders: (app) => [contactResponder(app.resolveContact), birthdayResponder(app.resolveBirthdays)],
};
