import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Points spent on other things than recorded sales, and what came back of them. */
export class Redemptions1763856000000 implements MigrationInterface {
  name = 'Redemptions1763856000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table redemption (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        site_id uuid,
        merchant_id uuid,
        store_id uuid,
        source_kind text not null,
        source_id text not null,
        points bigint not null constraint redemption_points_positive check (points > 0),
        returned bigint not null,
        currency char(3),
        value_minor bigint not null constraint redemption_value_not_negative check (value_minor >= 0),
        returned_value_minor bigint not null,
        lots jsonb not null,
        occurred_at timestamptz not null,
        posted_at timestamptz not null,
        primary key (member_id, id),
        constraint redemption_returned_within_points check (returned between 0 and points),
        constraint redemption_returned_within_value check (returned_value_minor between 0 and value_minor)
      )`);
    await enableRowLevelSecurity(qr, 'redemption');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
