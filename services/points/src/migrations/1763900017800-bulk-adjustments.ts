import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adjustments from a file: the file, and each of its lines with what became of it. */
export class BulkAdjustments1763900017800 implements MigrationInterface {
  name = 'BulkAdjustments1763900017800';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table bulk_adjustment (
        group_id uuid not null,
        id uuid not null,
        status text not null constraint bulk_adjustment_status
          check (status in ('DRAFT', 'AWAITING_APPROVAL', 'RUNNING', 'DONE', 'CANCELLED', 'REJECTED')),
        reason_code text not null,
        site_id uuid,
        uploaded_by text not null,
        uploaded_at timestamptz not null,
        started_by text,
        started_at timestamptz,
        finished_at timestamptz,
        approval_id uuid,
        primary key (group_id, id)
      )`);
    await qr.query(`create index bulk_adjustment_running on bulk_adjustment (started_at) where status = 'RUNNING'`);
    await qr.query(`
      create table bulk_adjustment_line (
        group_id uuid not null,
        bulk_id uuid not null,
        line integer not null,
        member_text text not null,
        amount_text text not null,
        member_id uuid,
        amount bigint,
        reason text not null,
        reference text not null,
        status text not null constraint bulk_adjustment_line_status check (status in ('PENDING', 'DONE', 'REJECTED')),
        reject_code text,
        entry_id uuid,
        primary key (group_id, bulk_id, line)
      )`);
    await qr.query(`
      create index bulk_adjustment_line_pending on bulk_adjustment_line (group_id, bulk_id, line)
      where status = 'PENDING'`);
    await enableRowLevelSecurity(qr, 'bulk_adjustment');
    await enableRowLevelSecurity(qr, 'bulk_adjustment_line');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
