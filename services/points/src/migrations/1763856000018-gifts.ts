import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The points mall: gifts and their stock belong to the group, orders to the member. */
export class Gifts1763856000018 implements MigrationInterface {
  name = 'Gifts1763856000018';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table gift (
        group_id uuid not null,
        id uuid not null,
        code text not null,
        node_id uuid not null,
        path uuid[] not null,
        kind text not null constraint gift_kind check (kind in ('GOODS', 'SERVICE', 'VOUCHER')),
        category text not null,
        tags text[] not null,
        status text not null constraint gift_status check (status in ('DRAFT', 'PUBLISHED', 'WITHDRAWN')),
        terms jsonb not null,
        least_points bigint not null,
        sale_from timestamptz not null,
        sale_until timestamptz,
        search_text text not null,
        version bigint not null,
        published_at timestamptz,
        updated_at timestamptz not null,
        primary key (group_id, id),
        constraint gift_code_once unique (group_id, code)
      )`);
    await qr.query(`create index gift_newest on gift (group_id, status, published_at, id)`);
    await qr.query(`create index gift_cheapest on gift (group_id, status, least_points, id)`);
    await qr.query(`
      create table gift_stock (
        group_id uuid not null,
        gift_id uuid not null,
        stock_left bigint not null constraint gift_stock_not_negative check (stock_left >= 0),
        primary key (group_id, gift_id)
      ) with (fillfactor = 50)`);
    await qr.query(`
      create table gift_stock_day (
        group_id uuid not null,
        gift_id uuid not null,
        day date not null,
        taken integer not null constraint gift_stock_day_not_negative check (taken >= 0),
        primary key (group_id, gift_id, day)
      ) with (fillfactor = 50)`);
    await qr.query(`
      create table gift_change (
        group_id uuid not null,
        gift_id uuid not null,
        id uuid not null,
        kind text not null constraint gift_change_kind check (kind in ('CREATED', 'CHANGED', 'STATUS', 'STOCK')),
        version bigint not null,
        detail jsonb not null,
        actor text not null,
        reason text,
        changed_at timestamptz not null,
        primary key (group_id, gift_id, id)
      )`);
    await qr.query(`
      create table gift_order (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        site_id uuid,
        gift_id uuid not null,
        gift_version bigint not null,
        gift_code text not null,
        path uuid[] not null,
        price_id text not null,
        quantity integer not null constraint gift_order_quantity_positive check (quantity > 0),
        points bigint not null constraint gift_order_points_positive check (points > 0),
        cash_minor bigint not null constraint gift_order_cash_not_negative check (cash_minor >= 0),
        currency char(3),
        delivery text not null constraint gift_order_delivery check (delivery in ('PICK_UP', 'SHIP', 'DIGITAL')),
        store_id uuid,
        address_ref text,
        status text not null constraint gift_order_status check (status in ('AWAITING_PAYMENT', 'PLACED', 'READY', 'SHIPPED',
          'FULFILLED', 'CANCELLED', 'RETURNED', 'EXPIRED')),
        business_date date not null,
        placed_at timestamptz not null,
        pay_until timestamptz,
        payment_ref text,
        pick_up_hash bytea,
        tracking_ref text,
        fulfilled_at timestamptz,
        return_until timestamptz,
        version bigint not null,
        updated_at timestamptz not null,
        primary key (member_id, id)
      )`);
    await qr.query(`create index gift_order_newest on gift_order (member_id, placed_at, id)`);
    await qr.query(`create index gift_order_of_gift on gift_order (member_id, gift_id)`);
    await qr.query(`create index gift_order_desk on gift_order (group_id, status, placed_at, id)`);
    await qr.query(`create index gift_order_unpaid on gift_order (pay_until) where status = 'AWAITING_PAYMENT'`);
    await qr.query(`
      create table gift_order_directory (
        order_id uuid primary key,
        group_id uuid not null,
        member_id uuid not null
      )`);
    await enableRowLevelSecurity(qr, 'gift_change', { ledger: true });
    for (const table of ['gift', 'gift_stock', 'gift_stock_day', 'gift_order', 'gift_order_directory']) {
      await enableRowLevelSecurity(qr, table);
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
