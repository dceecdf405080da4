import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Points for something else than a sale; growth likewise. */
export class Interactions1763880000000 implements MigrationInterface {
  name = 'Interactions1763880000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table interaction (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        site_id uuid,
        code text not null,
        rule_version_id uuid not null,
        reference text,
        business_date date not null,
        points bigint not null,
        growth bigint not null,
        streak int not null,
        occurred_at timestamptz not null,
        posted_at timestamptz not null,
        primary key (member_id, id)
      )`);
    await qr.query(`create index interaction_by_day on interaction (member_id, code, business_date desc)`);
    await qr.query(`
      create table interaction_reference (
        group_id uuid not null,
        code text not null,
        reference text not null,
        member_id uuid not null,
        interaction_id uuid not null,
        primary key (group_id, code, reference)
      )`);
    await qr.query(`
      alter table growth_entry alter column purchase_id drop not null,
        add column source_kind text, add column source_id uuid`);
    await qr.query(`update growth_entry set source_kind = 'PURCHASE', source_id = purchase_id`);
    for (const table of ['interaction', 'interaction_reference']) await enableRowLevelSecurity(qr, table);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
