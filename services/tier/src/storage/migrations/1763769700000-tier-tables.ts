import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ladders, members' standing, the facts that it follows from, and the changes that were stated. */
export class TierTables1763769700000 implements MigrationInterface {
  name = 'TierTables1763769700000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table tier_ladder (
        group_id uuid not null,
        id uuid not null,
        version bigint not null,
        status text not null constraint tier_ladder_status check (status in ('DRAFT', 'APPROVED', 'ACTIVE', 'RETIRED')),
        effective_from timestamptz not null,
        effective_to timestamptz,
        terms jsonb not null,
        published_by text not null,
        published_at timestamptz not null,
        primary key (group_id, id),
        constraint tier_ladder_version unique (group_id, version)
      )`);
    await enableRowLevelSecurity(qr, 'tier_ladder');

    await qr.query(`
      create table member_tier (
        member_id uuid not null primary key,
        group_id uuid not null,
        joined_at timestamptz,
        home_mall_id uuid,
        code text,
        status text constraint member_tier_status check (status in ('ACTIVE', 'GRACE')),
        since timestamptz,
        valid_until timestamptz,
        version bigint not null,
        next_check_at timestamptz,
        ladder_version bigint not null
      )`);
    await qr.query(
      `create index member_tier_next_check on member_tier (group_id, next_check_at) where next_check_at is not null`,
    );
    await qr.query(`create index member_tier_ladder_version on member_tier (group_id, ladder_version, member_id)`);
    await enableRowLevelSecurity(qr, 'member_tier');

    await qr.query(`
      create table metric_fact (
        member_id uuid not null,
        purchase_id uuid not null,
        fact_id uuid not null,
        group_id uuid not null,
        occurred_at timestamptz not null,
        currency text not null,
        spend_minor bigint,
        growth_earned bigint not null,
        growth_reversed bigint not null,
        growth_version bigint not null,
        primary key (member_id, purchase_id, fact_id)
      )`);
    await enableRowLevelSecurity(qr, 'metric_fact');

    await qr.query(`
      create table tier_change (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        from_code text,
        from_rank integer,
        to_code text not null,
        to_rank integer not null,
        effective_at timestamptz not null,
        cause text not null,
        purchase_id uuid,
        ladder_id uuid not null,
        valid_until timestamptz,
        stated_at timestamptz not null,
        superseded_at timestamptz,
        primary key (member_id, id)
      )`);
    await qr.query(
      `create index tier_change_history on tier_change (member_id, effective_at, id) where superseded_at is null`,
    );
    await qr.query(`create index tier_change_purchase on tier_change (purchase_id) where purchase_id is not null`);
    await enableRowLevelSecurity(qr, 'tier_change');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
