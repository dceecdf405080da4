import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Exchange with other loyalty programmes. */
export class Partners1763890000000 implements MigrationInterface {
  name = 'Partners1763890000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table partner (
        group_id uuid not null,
        id uuid not null,
        code text not null,
        name text not null,
        status text not null constraint partner_status check (status in ('ACTIVE', 'SUSPENDED')),
        created_at timestamptz not null,
        primary key (group_id, id),
        constraint partner_code_once unique (group_id, code)
      )`);
    await qr.query(`
      create table partner_rate (
        group_id uuid not null,
        partner_id uuid not null,
        id uuid not null,
        version bigint not null,
        effective_from timestamptz not null,
        currency char(3) not null,
        issue jsonb,
        burn jsonb,
        min_points bigint not null constraint partner_rate_min_not_negative check (min_points >= 0),
        max_points_per_day bigint constraint partner_rate_max_positive check (max_points_per_day > 0),
        published_by text not null,
        published_at timestamptz not null,
        primary key (group_id, partner_id, id),
        constraint partner_rate_version_once unique (group_id, partner_id, version)
      )`);
    await qr.query(`
      create table partner_exchange (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        partner_id uuid not null,
        external_id text not null,
        direction text not null constraint partner_exchange_direction check (direction in ('ISSUE', 'BURN')),
        units bigint not null constraint partner_exchange_units_positive check (units > 0),
        points bigint not null constraint partner_exchange_points_positive check (points > 0),
        price_minor bigint not null constraint partner_exchange_price_not_negative check (price_minor >= 0),
        currency char(3) not null,
        rate_id uuid not null,
        business_date date not null,
        status text not null constraint partner_exchange_status check (status in ('POSTED', 'REVERSED')),
        occurred_at timestamptz not null,
        posted_at timestamptz not null,
        reversed_at timestamptz,
        primary key (member_id, id)
      )`);
    await qr.query(`create index partner_exchange_by_day on partner_exchange (member_id, partner_id, business_date)`);
    await qr.query(`
      create table partner_exchange_directory (
        group_id uuid not null,
        partner_id uuid not null,
        external_id text not null,
        member_id uuid not null,
        exchange_id uuid not null,
        primary key (group_id, partner_id, external_id)
      )`);
    for (const table of ['partner', 'partner_rate', 'partner_exchange', 'partner_exchange_directory']) {
      await enableRowLevelSecurity(qr, table);
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
