// How anybody can check the ledger: explanations, hash blocks and their proofs, statements, what is outstanding.
import type { Caller } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { PointsLedgerBlockResolver } from './api/block.resolver';
import { PointsEntryResolver } from './api/entry.resolver';
import { closeLedgerBlocksJob } from './jobs/close-ledger-blocks';
import { EntryLeafRow, EntryUnblockedRow, LedgerBlockRow } from './storage/block.entity';
import { block, blocks } from './use-cases/blocks.query';
import { closeBlock, groupsToSeal } from './use-cases/close-block';
import { type EntryKey, proofs } from './use-cases/proofs.query';

const verbs = ({ asked, tenant, system }: Transactions) => ({
  groupsToSeal: () => system(groupsToSeal),
  closeBlock: (groupId: string) => tenant(groupId, closeBlock),
  blocks: (groupId: string, after: bigint, limit: number) => tenant(groupId, (tx) => blocks(tx, after, limit)),
  block: (groupId: string, number: bigint) => tenant(groupId, (tx) => block(tx, number)),
  proofs: (caller: Caller, keys: readonly EntryKey[]) => asked(caller, (tx) => proofs(tx, keys)),
});

export const proof: Feature<ReturnType<typeof verbs>> = {
  entities: [EntryUnblockedRow, EntryLeafRow, LedgerBlockRow],
  verbs,
  resolvers: [PointsLedgerBlockResolver, PointsEntryResolver],
  jobs: (app) => [closeLedgerBlocksJob(app)],
};
