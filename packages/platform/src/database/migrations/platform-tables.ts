import type { MigrationInterface, QueryRunner } from 'typeorm';
import { enableRowLevelSecurity } from '../schema';

/** The tables that every service has: outbox, inbox, parked events, idempotency keys, and the organisation it hears of. */
export class PlatformTables1763769600000 implements MigrationInterface {
  name = 'PlatformTables1763769600000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table outbox (
        id bigint generated always as identity primary key,
        event_id uuid not null,
        group_id uuid not null,
        site_id uuid,
        subject text not null,
        aggregate_id uuid not null,
        aggregate_version bigint not null,
        lane char(1) not null,
        payload bytea not null,
        headers jsonb not null,
        occurred_at timestamptz not null,
        created_at timestamptz not null,
        published_at timestamptz
      )`);
    await qr.query(`create index outbox_pending on outbox (lane, id) where published_at is null`);
    await qr.query(`create index outbox_published on outbox (published_at) where published_at is not null`);
    await enableRowLevelSecurity(qr, 'outbox');

    await qr.query(`
      create table inbox (
        consumer text not null,
        event_id uuid not null,
        group_id uuid not null,
        received_at timestamptz not null,
        primary key (consumer, event_id)
      )`);
    await qr.query(`create index inbox_received on inbox (received_at)`);
    await enableRowLevelSecurity(qr, 'inbox');

    await qr.query(`
      create table parked_event (
        consumer text not null,
        event_id uuid not null,
        group_id uuid not null,
        subject text not null,
        payload bytea not null,
        headers jsonb not null,
        reason text not null,
        tries integer not null,
        parked_at timestamptz not null,
        next_try_at timestamptz not null,
        deadline timestamptz not null,
        primary key (consumer, event_id)
      )`);
    await qr.query(`create index parked_event_due on parked_event (next_try_at)`);
    await enableRowLevelSecurity(qr, 'parked_event');

    await qr.query(`
      create table idempotency_key (
        group_id uuid not null,
        actor text not null,
        operation text not null,
        key text not null,
        input_hash bytea not null,
        answer jsonb not null,
        created_at timestamptz not null,
        primary key (group_id, actor, operation, key)
      )`);
    await qr.query(`create index idempotency_key_created on idempotency_key (created_at)`);
    await enableRowLevelSecurity(qr, 'idempotency_key');

    await qr.query(`
      create table org_node (
        group_id uuid not null,
        id uuid not null,
        kind text not null constraint org_node_kind check (kind in ('GROUP', 'MALL', 'MERCHANT', 'STORE')),
        path uuid[] not null,
        code text not null,
        name text not null,
        time_zone text not null,
        currency char(3) not null,
        day_cut_minutes integer not null,
        version bigint not null,
        primary key (group_id, id)
      )`);
    await enableRowLevelSecurity(qr, 'org_node');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
