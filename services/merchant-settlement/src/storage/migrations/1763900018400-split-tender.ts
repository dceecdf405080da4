import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Over which tenders refunds go, as points tells; and the cash that tills keep for points that were spent. */
export class SplitTender1763900018400 implements MigrationInterface {
  name = 'SplitTender1763900018400';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table points_programme (
        group_id uuid not null,
        id uuid not null,
        version bigint not null,
        effective_from timestamptz not null,
        effective_to timestamptz,
        published_at timestamptz not null,
        split_tender text not null,
        constraint points_programme_pk primary key (group_id, id)
      )`);
    await enableRowLevelSecurity(qr, 'points_programme');
    await qr.query(`alter table refund_request add column points_deduction jsonb`);
    await qr.query(`alter table refund add column points_deduction_minor bigint not null default 0`);
    await qr.query(`alter table purchase add column points_deduction_minor bigint not null default 0`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
