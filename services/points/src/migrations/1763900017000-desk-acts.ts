import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people did at the desk, only ever added to. */
export class DeskActs1763900017000 implements MigrationInterface {
  name = 'DeskActs1763900017000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table desk_act (
        group_id uuid not null,
        id uuid not null,
        kind text not null,
        actor text not null,
        acted_at timestamptz not null,
        member_id uuid,
        subject_id uuid not null,
        approval_id uuid,
        reason_code text,
        reason text,
        changes jsonb not null,
        primary key (group_id, id)
      )`);
    await qr.query(`create index desk_act_newest on desk_act (group_id, acted_at, id)`);
    await qr.query(`create index desk_act_of_member on desk_act (member_id, acted_at, id) where member_id is not null`);
    await qr.query(`create index desk_act_of_actor on desk_act (group_id, actor, acted_at, id)`);
    await enableRowLevelSecurity(qr, 'desk_act', { ledger: true });
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
