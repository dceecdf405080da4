import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Holds of orders that are no checkout of ours: what they are for, what was captured; one open hold for each order. */
export class OrderHolds1763866000000 implements MigrationInterface {
  name = 'OrderHolds1763866000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      alter table hold
        add column kind text not null default 'CHECKOUT'
          constraint hold_kind check (kind in ('CHECKOUT', 'POS', 'PARKING', 'ONLINE')),
        add column order_ref text,
        add column merchant_id uuid,
        add column store_id uuid,
        add column currency char(3),
        add column extended boolean not null default false,
        add column captured bigint not null default 0,
        add column redemption_id uuid,
        add constraint hold_captured_within_points check (captured between 0 and points),
        drop constraint hold_once_per_checkout,
        -- Checked at commit: one statement may end a hold that lapsed and begin its successor.
        add constraint hold_one_open exclude using btree (member_id with =, checkout_id with =) where (status = 'HELD')
          deferrable initially deferred`);
    await qr.query(`create index hold_by_order on hold (member_id, checkout_id)`);
    await qr.query(`create index hold_newest on hold (member_id, created_at, id)`);
    await qr.query(`create index redemption_occurred on redemption (member_id, occurred_at)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
