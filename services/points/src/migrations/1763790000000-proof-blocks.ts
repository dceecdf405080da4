import { createMonthPartitions, enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Hash blocks over the entries: those that wait for one, the place of each, the blocks. */
export class ProofBlocks1763790000000 implements MigrationInterface {
  name = 'ProofBlocks1763790000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    // A queue like the outbox: read by tenant, oldest first; its only index follows the time in the ids.
    await qr.query(`
      create table entry_unblocked (
        group_id uuid not null,
        entry_id uuid not null,
        member_id uuid not null,
        primary key (group_id, entry_id, member_id)
      ) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000)`);
    await qr.query(`
      insert into entry_unblocked (group_id, entry_id, member_id)
      select group_id, id, member_id from entry`);
    await qr.query(`
      create table entry_leaf (
        member_id uuid not null,
        entry_id uuid not null,
        group_id uuid not null,
        block_number bigint not null,
        leaf_index integer not null,
        version smallint not null,
        nonce bytea not null constraint entry_leaf_nonce_length check (length(nonce) = 32),
        hash bytea not null constraint entry_leaf_hash_length check (length(hash) = 32),
        primary key (member_id, entry_id)
      ) partition by range (entry_id)`);
    await createMonthPartitions(qr, 'entry_leaf', new Date('2026-01-01T00:00:00Z'), 36);
    await qr.query(`create index entry_leaf_of_block on entry_leaf (group_id, block_number, leaf_index)`);
    await qr.query(`
      create table ledger_block (
        group_id uuid not null,
        number bigint not null constraint ledger_block_number_positive check (number > 0),
        count integer not null constraint ledger_block_not_empty check (count > 0),
        root bytea not null constraint ledger_block_root_length check (length(root) = 32),
        previous_hash bytea not null constraint ledger_block_previous_length check (length(previous_hash) = 32),
        hash bytea not null constraint ledger_block_hash_length check (length(hash) = 32),
        closed_at timestamptz not null,
        primary key (group_id, number)
      )`);
    await enableRowLevelSecurity(qr, 'entry_unblocked');
    for (const table of ['entry_leaf', 'ledger_block']) await enableRowLevelSecurity(qr, table, { ledger: true });
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
