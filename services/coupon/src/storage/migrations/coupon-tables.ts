import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Templates, coupons and checkouts, with what this context has heard of members, tiers and sales. */
export class CouponTables1763769700000 implements MigrationInterface {
  name = 'CouponTables1763769700000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    for (const statement of [...REFERENCE, ...MEMBERS, ...COUPONS, ...CHECKOUTS]) await qr.query(statement);
    for (const table of TABLES) await enableRowLevelSecurity(qr, table);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

const TABLES = [
  'coupon_template',
  'coupon_template_version',
  'coupon_stock_slot',
  'checkout_policy',
  'tier_ladder',
  'member',
  'tier_change',
  'member_claim',
  'tier_grant',
  'coupon',
  'checkout',
  'checkout_directory',
  'checkout_key',
  'purchase',
];

const REFERENCE = [
  `create table coupon_template (
    group_id uuid not null,
    id uuid not null,
    mall_id uuid,
    code text not null,
    paused boolean not null default false,
    version bigint not null,
    primary key (group_id, id)
  )`,
  `create unique index coupon_template_code on coupon_template (group_id, code)`,
  `create table coupon_template_version (
    group_id uuid not null,
    template_id uuid not null,
    version bigint not null,
    type text not null constraint coupon_template_type check (type in ('CASH', 'PERCENT')),
    names jsonb not null,
    descriptions jsonb not null,
    currency char(3) not null,
    face_minor bigint,
    percent_off_bps integer,
    max_off_minor bigint,
    threshold_minor bigint not null,
    scope jsonb not null,
    validity jsonb not null,
    time_zone text not null,
    effective_from timestamptz not null,
    effective_to timestamptz,
    stock bigint,
    claim_limit integer not null,
    funding jsonb not null,
    grant_on_tier text[] not null,
    claimable boolean not null,
    tiers text[] not null,
    stack_category text not null,
    published_at timestamptz not null,
    published_by text not null,
    primary key (group_id, template_id, version)
  )`,
  // The one exception to "one owner": the stock of a template is shared by all who claim from it.
  `create table coupon_stock_slot (
    group_id uuid not null,
    template_id uuid not null,
    version bigint not null,
    slot smallint not null,
    stock_left bigint not null constraint coupon_stock_not_negative check (stock_left >= 0),
    primary key (group_id, template_id, version, slot)
  ) with (fillfactor = 50)`,
  `create table checkout_policy (
    group_id uuid not null,
    id uuid not null,
    version bigint not null,
    hold_minutes integer not null,
    quote_minutes integer not null,
    max_coupons integer not null,
    effective_from timestamptz not null,
    published_at timestamptz not null,
    published_by text not null,
    primary key (group_id, id)
  )`,
  `create unique index checkout_policy_version on checkout_policy (group_id, version)`,
  `create table tier_ladder (
    group_id uuid not null,
    id uuid not null,
    version bigint not null,
    effective_from timestamptz not null,
    tiers jsonb not null,
    primary key (group_id, id)
  )`,
];

const MEMBERS = [
  `create table member (
    id uuid not null,
    group_id uuid not null,
    primary key (id)
  )`,
  `create table tier_change (
    member_id uuid not null,
    id uuid not null,
    group_id uuid not null,
    superseded boolean not null,
    from_rank integer not null,
    to_rank integer not null,
    to_code text not null,
    effective_at timestamptz not null,
    cause text not null,
    year integer not null,
    purchase_id uuid,
    primary key (member_id, id)
  )`,
  `create table member_claim (
    member_id uuid not null,
    template_id uuid not null,
    group_id uuid not null,
    claimed integer not null,
    primary key (member_id, template_id)
  )`,
  `create table tier_grant (
    member_id uuid not null,
    template_id uuid not null,
    tier text not null,
    year integer not null,
    group_id uuid not null,
    change_id uuid not null,
    coupon_id uuid not null,
    primary key (member_id, template_id, tier, year)
  )`,
];

const COUPONS = [
  `create table coupon (
    member_id uuid not null,
    id uuid not null,
    group_id uuid not null,
    template_id uuid not null,
    template_version bigint not null,
    status text not null constraint coupon_status check (status in ('AVAILABLE', 'LOCKED', 'REDEEMED', 'EXPIRED', 'VOIDED')),
    version bigint not null,
    cause text not null constraint coupon_cause check (cause in ('CLAIMED', 'GRANTED')),
    issued_at timestamptz not null,
    valid_from timestamptz not null,
    valid_until timestamptz not null,
    tier_change_id uuid,
    granted_purchase_id uuid,
    checkout_id uuid,
    locked_until timestamptz,
    redeemed_at timestamptz,
    purchase_id uuid,
    amount_minor bigint,
    primary key (member_id, id),
    constraint coupon_lock_has_checkout check (status <> 'LOCKED' or (checkout_id is not null and locked_until is not null)),
    constraint coupon_redeemed_has_purchase check (status <> 'REDEEMED' or (purchase_id is not null and redeemed_at is not null))
  )`,
  `create index coupon_of_member on coupon (member_id, issued_at desc, id desc)`,
  `create index coupon_granted_purchase on coupon (granted_purchase_id) where granted_purchase_id is not null`,
  `create index coupon_due on coupon (valid_until) where status = 'AVAILABLE'`,
];

const CHECKOUTS = [
  `create table checkout (
    member_id uuid not null,
    id uuid not null,
    group_id uuid not null,
    site_id uuid not null,
    store_id uuid not null,
    merchant_id uuid not null,
    status text not null constraint checkout_status
      check (status in ('RESERVING', 'RESERVED', 'COMMITTED', 'CANCELLED', 'EXPIRED', 'FAILED')),
    version bigint not null,
    quote jsonb not null,
    coupon_ids uuid[] not null,
    missed_coupon_ids uuid[] not null,
    reserved_until timestamptz not null,
    created_at timestamptz not null,
    actor text not null,
    key text not null,
    purchase_id uuid,
    primary key (member_id, id)
  )`,
  `create index checkout_open on checkout (status, reserved_until) where status in ('RESERVING', 'RESERVED')`,
  `create table checkout_directory (
    id uuid not null,
    group_id uuid not null,
    member_id uuid not null,
    primary key (id)
  )`,
  `create table checkout_key (
    group_id uuid not null,
    actor text not null,
    key text not null,
    input_hash bytea not null,
    checkout_id uuid not null,
    created_at timestamptz not null,
    primary key (group_id, actor, key)
  )`,
  `create index checkout_key_created on checkout_key (created_at)`,
  `create table purchase (
    id uuid not null,
    group_id uuid not null,
    site_id uuid not null,
    merchant_id uuid not null,
    store_id uuid not null,
    member_id uuid,
    checkout_id uuid,
    primary key (id)
  )`,
];
