import { createMonthPartitions, enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The points ledger, the sales it rated, the rules it rated them with. Owned tables begin their keys with the member. */
export class Points1763769700000 implements MigrationInterface {
  name = 'Points1763769700000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table member (
        member_id uuid primary key,
        group_id uuid not null,
        home_mall_id uuid,
        joined_at timestamptz not null
      )`);
    await qr.query(`
      create table account (
        member_id uuid primary key,
        group_id uuid not null,
        available bigint not null constraint account_available_not_negative check (available >= 0),
        held bigint not null constraint account_held_not_negative check (held >= 0),
        debt bigint not null constraint account_debt_not_negative check (debt >= 0),
        growth bigint not null constraint account_growth_not_negative check (growth >= 0),
        version bigint not null,
        updated_at timestamptz not null
      ) with (fillfactor = 80)`);
    await qr.query(`
      create table lot (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        site_id uuid,
        issued bigint not null constraint lot_issued_positive check (issued > 0),
        available bigint not null constraint lot_available_not_negative check (available >= 0),
        held bigint not null constraint lot_held_not_negative check (held >= 0),
        redeemed bigint not null constraint lot_redeemed_not_negative check (redeemed >= 0),
        expired bigint not null constraint lot_expired_not_negative check (expired >= 0),
        revoked bigint not null constraint lot_revoked_not_negative check (revoked >= 0),
        earned_at timestamptz not null,
        available_at timestamptz not null,
        expires_at timestamptz,
        purchase_id uuid,
        merchant_id uuid,
        funder_id uuid not null,
        currency char(3),
        primary key (member_id, id),
        constraint lot_parts_sum_to_issued check (issued = available + held + redeemed + expired + revoked)
      ) with (fillfactor = 80)`);
    await qr.query(`create index lot_unspent on lot (member_id, expires_at) where available > 0`);
    await qr.query(`create index lot_expiring on lot (expires_at) where available > 0`);

    await qr.query(`
      create table entry (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        site_id uuid,
        kind text not null constraint entry_kind check (kind in ('EARN', 'EARN_REVERSAL', 'REDEEM', 'REDEEM_REVERSAL',
          'EXPIRE', 'ADJUST', 'TRANSFER', 'REINSTATE', 'DEBT_REPAYMENT', 'WRITE_OFF')),
        amount bigint not null,
        debt_delta bigint not null,
        available_after bigint not null,
        occurred_at timestamptz not null,
        posted_at timestamptz not null,
        purchase_id uuid,
        refund_id uuid,
        explanation jsonb not null,
        actor text,
        reason text,
        primary key (member_id, id)
      ) partition by range (id)`);
    await createMonthPartitions(qr, 'entry', new Date('2026-01-01T00:00:00Z'), 36);
    await qr.query(`create index entry_newest on entry (member_id, posted_at, id)`);
    await qr.query(`
      create table entry_lot (
        member_id uuid not null,
        entry_id uuid not null,
        lot_id uuid not null,
        group_id uuid not null,
        amount bigint not null,
        primary key (member_id, entry_id, lot_id)
      )`);
    await qr.query(`
      create table growth_entry (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        site_id uuid,
        amount bigint not null,
        growth_after bigint not null,
        occurred_at timestamptz not null,
        posted_at timestamptz not null,
        purchase_id uuid not null,
        refund_id uuid,
        primary key (member_id, id)
      )`);
    await qr.query(`
      create table hold (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        site_id uuid,
        checkout_id uuid not null,
        points bigint not null constraint hold_points_not_negative check (points >= 0),
        value_minor bigint not null,
        status text not null constraint hold_status check (status in ('HELD', 'CAPTURED', 'RELEASED', 'EXPIRED')),
        expires_at timestamptz not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        primary key (member_id, id),
        constraint hold_once_per_checkout unique (member_id, checkout_id)
      )`);
    await qr.query(`create index hold_lapsing on hold (expires_at) where status = 'HELD'`);
    await qr.query(`create index hold_open on hold (member_id, expires_at) where status = 'HELD'`);
    await qr.query(`
      create table hold_lot (
        member_id uuid not null,
        hold_id uuid not null,
        lot_id uuid not null,
        group_id uuid not null,
        amount bigint not null constraint hold_lot_amount_positive check (amount > 0),
        primary key (member_id, hold_id, lot_id)
      )`);
    await qr.query(`
      create table purchase_earn (
        member_id uuid not null,
        purchase_id uuid not null,
        group_id uuid not null,
        site_id uuid not null,
        merchant_id uuid not null,
        store_id uuid not null,
        currency char(3) not null,
        zone text not null,
        occurred_at timestamptz not null,
        posted_at timestamptz not null,
        inputs jsonb not null,
        lines jsonb not null,
        steps jsonb not null,
        burn jsonb,
        fully_refunded boolean not null,
        earned bigint not null,
        reversed bigint not null,
        growth_earned bigint not null,
        growth_reversed bigint not null,
        debt bigint not null,
        version bigint not null,
        primary key (member_id, purchase_id),
        constraint purchase_earn_reversed_within_earned check (reversed between 0 and earned),
        constraint purchase_earn_growth_reversed_within_earned check (growth_reversed between 0 and growth_earned)
      )`);
    await qr.query(`create index purchase_earn_occurred on purchase_earn (member_id, occurred_at)`);
    await qr.query(`create index purchase_earn_group_occurred on purchase_earn (group_id, occurred_at)`);
    await qr.query(`
      create table purchase_directory (
        purchase_id uuid primary key,
        group_id uuid not null,
        member_id uuid not null
      )`);
    await qr.query(`
      create table tier_period (
        member_id uuid not null,
        change_id uuid not null,
        group_id uuid not null,
        effective_at timestamptz,
        to_code text,
        version bigint,
        superseded boolean not null,
        primary key (member_id, change_id)
      )`);
    await qr.query(`
      create table tier_ladder (
        group_id uuid not null,
        id uuid not null,
        version bigint not null,
        effective_from timestamptz not null,
        tiers jsonb not null,
        primary key (group_id, id)
      )`);
    await qr.query(`
      create table points_rule (
        group_id uuid not null,
        id uuid not null,
        rule_id uuid not null,
        kind text not null constraint points_rule_kind check (kind in ('PROGRAMME', 'EARN', 'CAMPAIGN')),
        code text not null,
        version bigint not null,
        effective_from timestamptz not null,
        effective_to timestamptz,
        status text not null constraint points_rule_status check (status in ('DRAFT', 'APPROVED', 'ACTIVE', 'RETIRED')),
        terms jsonb not null,
        published_by text not null,
        published_at timestamptz not null,
        primary key (group_id, id),
        constraint points_rule_version_once unique (group_id, kind, code, version),
        constraint points_rule_interval check (effective_to is null or effective_to > effective_from)
      )`);
    await qr.query(`
      create table adjustment_approval (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        amount bigint not null,
        reason text not null,
        requested_by text not null,
        requested_at timestamptz not null,
        status text not null constraint adjustment_approval_status check (status in ('PENDING', 'APPROVED', 'REJECTED')),
        primary key (member_id, id)
      )`);
    for (const table of ['entry', 'entry_lot', 'growth_entry']) {
      await enableRowLevelSecurity(qr, table, { ledger: true });
    }
    for (const table of [
      'member',
      'account',
      'lot',
      'hold',
      'hold_lot',
      'purchase_earn',
      'purchase_directory',
      'tier_period',
      'tier_ladder',
      'points_rule',
      'adjustment_approval',
    ]) {
      await enableRowLevelSecurity(qr, table);
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
