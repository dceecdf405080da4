import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Points from member to member: a row of the sender's and one of the receiver's, with the same id. */
export class Transfers1763870000018 implements MigrationInterface {
  name = 'Transfers1763870000018';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table points_transfer (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        direction text not null constraint points_transfer_direction check (direction in ('OUT', 'IN')),
        other_member_id uuid not null,
        points bigint not null constraint points_transfer_points_positive check (points > 0),
        status text not null constraint points_transfer_status check (status in ('SENT', 'RECEIVED', 'RETURNED')),
        message text,
        business_date date not null,
        parts jsonb not null,
        sent_at timestamptz not null,
        settled_at timestamptz,
        primary key (member_id, id)
      )`);
    await qr.query(`create index points_transfer_newest on points_transfer (member_id, sent_at, id)`);
    await qr.query(
      `create index points_transfer_day on points_transfer (member_id, business_date) where direction = 'OUT'`,
    );
    await enableRowLevelSecurity(qr, 'points_transfer');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
