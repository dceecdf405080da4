// How anybody can check the ledger: explanations, hash blocks and their proofs, statements, what is outstanding.
import type { Caller } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { PointsLedgerBlockResolver } from './api/block.resolver';
import { PointsEntryResolver } from './api/entry.resolver';
import { PointsLiabilityResolver } from './api/liability.resolver';
import { snapshotLiabilityJob } from './jobs/snapshot-liability';
import { PointsStatementResolver } from './api/statement.resolver';
import { closeLedgerBlocksJob } from './jobs/close-ledger-blocks';
import { LiabilityRow, LiabilitySnapshotRow } from './storage/liability.entity';
import { EntryLeafRow, EntryUnblockedRow, LedgerBlockRow } from './storage/block.entity';
import { block, blocks } from './use-cases/blocks.query';
import { closeBlock, groupsToSeal } from './use-cases/close-block';
import { isMall, liability } from './use-cases/liability.query';
import { groupsToSnapshot, refreshLiability, snapshotLiability } from './use-cases/snapshot-liability';
import { explained } from './use-cases/explained.query';
import { statement, type StatementAsk } from './use-cases/statement.query';
import { type EntryKey, proofs } from './use-cases/proofs.query';

const verbs = ({ asked, tenant, system }: Transactions) => ({
  groupsToSeal: () => system(groupsToSeal),
  closeBlock: (groupId: string) => tenant(groupId, closeBlock),
  blocks: (groupId: string, after: bigint, limit: number) => tenant(groupId, (tx) => blocks(tx, after, limit)),
  block: (groupId: string, number: bigint) => tenant(groupId, (tx) => block(tx, number)),
  proofs: (caller: Caller, keys: readonly EntryKey[]) => asked(caller, (tx) => proofs(tx, keys)),
  explained: (caller: Caller, key: EntryKey) => asked(caller, (tx) => explained(tx, key)),
  statement: (caller: Caller, ask: StatementAsk) => asked(caller, (tx) => statement(tx, ask)),
  groupsToSnapshot: () => system(groupsToSnapshot),
  snapshotLiability: (groupId: string) => tenant(groupId, snapshotLiability),
  refreshLiability: (caller: Caller, wish: { key: string; actor: string }) =>
    asked(caller, (tx) => refreshLiability(tx, wish)),
  isMall: (caller: Caller, id: string) => asked(caller, (tx) => isMall(tx, id)),
  liability: (caller: Caller, ask: Parameters<typeof liability>[1]) => asked(caller, (tx) => liability(tx, ask)),
});

export const proof: Feature<ReturnType<typeof verbs>> = {
  entities: [EntryUnblockedRow, EntryLeafRow, LedgerBlockRow, LiabilitySnapshotRow, LiabilityRow],
  verbs,
  resolvers: [PointsLedgerBlockResolver, PointsEntryResolver, PointsLiabilityResolver, PointsStatementResolver],
  jobs: (app) => [closeLedgerBlocksJob(app), snapshotLiabilityJob(app)],
};
