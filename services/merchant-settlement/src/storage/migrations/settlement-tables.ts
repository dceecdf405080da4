import { createMonthPartitions, enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The ledger's partitions begin here; what is older or newer than they reach goes to the default partition. */
const FIRST_MONTH = new Date('2026-01-01T00:00:00Z');
const MONTHS = 36;

export class SettlementTables1763769700000 implements MigrationInterface {
  name = 'SettlementTables1763769700000';

  async up(qr: QueryRunner): Promise<void> {
    await references(qr);
    await directories(qr);
    await sales(qr);
    await ledger(qr);
    // Lists of the organisation: malls of a group, merchants of a mall, stores of a merchant.
    await qr.query(`create index org_node_parent on org_node (group_id, (path[cardinality(path) - 1]), code)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** Small tables that every sale looks at. */
async function references(qr: QueryRunner): Promise<void> {
  await qr.query(`
    create table contract (
      group_id uuid not null,
      id uuid not null,
      node_id uuid not null,
      version integer not null,
      status text not null
        constraint contract_status check (status in ('DRAFT', 'APPROVED', 'ACTIVE', 'RETIRED')),
      effective_from timestamptz not null,
      point_unit_value numeric not null constraint contract_unit_value_not_negative check (point_unit_value >= 0),
      point_price_at_earn numeric not null constraint contract_price_not_negative check (point_price_at_earn >= 0),
      burn_share_bps integer not null constraint contract_burn_share check (burn_share_bps between 0 and 10000),
      coupon_share_bps integer not null constraint contract_coupon_share check (coupon_share_bps between 0 and 10000),
      created_at timestamptz not null,
      created_by text not null,
      constraint contract_pk primary key (group_id, id)
    )`);
  await qr.query(`create unique index contract_version on contract (group_id, node_id, version)`);
  await enableRowLevelSecurity(qr, 'contract');
  await qr.query(`
    create table member (
      id uuid not null,
      group_id uuid not null,
      joined_at timestamptz not null,
      constraint member_pk primary key (id)
    )`);
  await enableRowLevelSecurity(qr, 'member');
}

/** Keyed by the thing that must be unique, not by its owner. */
async function directories(qr: QueryRunner): Promise<void> {
  await qr.query(`
    create table member_identifier (
      group_id uuid not null,
      blind_index text not null,
      type text not null,
      member_id uuid not null,
      valid_from timestamptz not null,
      valid_until timestamptz,
      used_by uuid,
      constraint member_identifier_pk primary key (group_id, blind_index)
    )`);
  await enableRowLevelSecurity(qr, 'member_identifier');
  await qr.query(`
    create table checkout (
      id uuid not null,
      group_id uuid not null,
      site_id uuid not null,
      member_id uuid not null,
      store_id uuid not null,
      currency char(3) not null,
      to_pay_minor bigint not null,
      points_used bigint not null,
      points_value_minor bigint not null,
      reserved_until timestamptz not null,
      lines jsonb not null,
      purchase_id uuid,
      constraint checkout_pk primary key (id)
    )`);
  await enableRowLevelSecurity(qr, 'checkout');
  await qr.query(`
    create table checkout_release (
      checkout_id uuid not null,
      group_id uuid not null,
      cause text not null,
      released_at timestamptz not null,
      constraint checkout_release_pk primary key (checkout_id)
    )`);
  await enableRowLevelSecurity(qr, 'checkout_release');
  await qr.query(`
    create table refund_request (
      id uuid not null,
      group_id uuid not null,
      purchase_id uuid not null,
      external_id text not null,
      content_hash bytea not null,
      occurred_at timestamptz not null,
      lines jsonb,
      reach uuid[],
      state text not null
        constraint refund_request_state check (state in ('PARKED', 'APPLIED', 'REFUSED', 'LAPSED')),
      reason text,
      requested_at timestamptz not null,
      until timestamptz not null,
      constraint refund_request_pk primary key (id)
    )`);
  await qr.query(`create index refund_request_parked on refund_request (purchase_id) where state = 'PARKED'`);
  await qr.query(`create index refund_request_until on refund_request (until) where state = 'PARKED'`);
  await enableRowLevelSecurity(qr, 'refund_request');
}

/** A sale owns itself, its lines and its refunds. */
async function sales(qr: QueryRunner): Promise<void> {
  await qr.query(`
    create table purchase (
      id uuid not null,
      group_id uuid not null,
      site_id uuid not null,
      merchant_id uuid not null,
      store_id uuid not null,
      source_system text not null,
      external_id text not null,
      member_id uuid,
      identifier_index text,
      checkout_id uuid,
      contract_id uuid not null,
      occurred_at timestamptz not null,
      received_at timestamptz not null,
      business_date date not null,
      time_zone text not null,
      currency char(3) not null,
      gross_minor bigint not null,
      paid_minor bigint not null,
      points_used bigint not null,
      points_value_minor bigint not null,
      status text not null
        constraint purchase_status check (status in ('RECORDED', 'PARTIALLY_REFUNDED', 'REFUNDED')),
      cash_refunded_minor bigint not null,
      points_value_refunded_minor bigint not null,
      points_returned bigint not null,
      refund_no bigint not null,
      content_hash bytea not null,
      constraint purchase_pk primary key (id),
      constraint purchase_cash_back_within_paid check (cash_refunded_minor between 0 and paid_minor),
      constraint purchase_points_back_within_used check (points_returned between 0 and points_used)
    )`);
  await qr.query(
    `create index purchase_of_member on purchase (member_id, occurred_at desc, id desc) where member_id is not null`,
  );
  await enableRowLevelSecurity(qr, 'purchase');
  await qr.query(`
    create table purchase_line (
      purchase_id uuid not null,
      line_no integer not null,
      group_id uuid not null,
      sku text not null,
      category text not null,
      quantity numeric not null,
      gross_minor bigint not null,
      shop_discount_minor bigint not null,
      tier_discount_minor bigint not null,
      coupon_discount_minor bigint not null,
      points_value_minor bigint not null,
      paid_minor bigint not null,
      cash_refunded_minor bigint not null,
      points_value_refunded_minor bigint not null,
      constraint purchase_line_pk primary key (purchase_id, line_no),
      constraint purchase_line_cash_back_within_paid check (cash_refunded_minor between 0 and paid_minor),
      constraint purchase_line_points_back_within_value
        check (points_value_refunded_minor between 0 and points_value_minor)
    )`);
  await enableRowLevelSecurity(qr, 'purchase_line');
  await qr.query(`
    create table refund (
      purchase_id uuid not null,
      id uuid not null,
      group_id uuid not null,
      refund_no bigint not null,
      source_system text not null,
      external_id text not null,
      occurred_at timestamptz not null,
      received_at timestamptz not null,
      business_date date not null,
      cash_minor bigint not null,
      points_value_minor bigint not null,
      points bigint not null,
      lines jsonb not null,
      constraint refund_pk primary key (purchase_id, id)
    )`);
  await qr.query(`create unique index refund_number on refund (purchase_id, refund_no)`);
  await enableRowLevelSecurity(qr, 'refund');
}

/**
 * `merchant_id` owns a posting: the merchant, or the mall itself where no merchant is concerned. What the newest facts ask
 * for and what was posted stand in `obligation`; postings are only ever added.
 */
async function ledger(qr: QueryRunner): Promise<void> {
  await qr.query(`
    create table obligation (
      merchant_id uuid not null,
      kind text not null,
      source_id uuid not null,
      group_id uuid not null,
      facts jsonb not null,
      posted jsonb not null,
      constraint obligation_pk primary key (merchant_id, kind, source_id)
    )`);
  await enableRowLevelSecurity(qr, 'obligation');
  await qr.query(`
    create table posting (
      merchant_id uuid not null,
      id uuid not null,
      group_id uuid not null,
      site_id uuid,
      kind text not null,
      source_id uuid not null,
      purchase_id uuid,
      contract_id uuid not null,
      occurred_at timestamptz not null,
      posted_at timestamptz not null,
      business_date date not null,
      currency char(3) not null,
      constraint posting_pk primary key (merchant_id, id)
    ) partition by range (id)`);
  await createMonthPartitions(qr, 'posting', FIRST_MONTH, MONTHS);
  await qr.query(`create index posting_of_purchase on posting (merchant_id, purchase_id)`);
  await qr.query(`create index posting_by_time on posting (merchant_id, posted_at desc, id desc)`);
  await enableRowLevelSecurity(qr, 'posting', { ledger: true });
  await qr.query(`
    create table posting_line (
      merchant_id uuid not null,
      posting_id uuid not null,
      line_no integer not null,
      group_id uuid not null,
      account text not null,
      debit_minor bigint not null,
      credit_minor bigint not null,
      memo text,
      constraint posting_line_pk primary key (merchant_id, posting_id, line_no),
      constraint posting_line_one_side check (debit_minor >= 0 and credit_minor >= 0 and (debit_minor = 0 or credit_minor = 0))
    ) partition by range (posting_id)`);
  await createMonthPartitions(qr, 'posting_line', FIRST_MONTH, MONTHS);
  await qr.query(
    `create index posting_line_balance on posting_line (merchant_id, account) include (debit_minor, credit_minor)`,
  );
  await enableRowLevelSecurity(qr, 'posting_line', { ledger: true });
}
