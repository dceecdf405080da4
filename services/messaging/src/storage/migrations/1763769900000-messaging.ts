import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Templates, messages, and what messaging must know of members and tiers to write them. */
export class Messaging1763769900000 implements MigrationInterface {
  name = 'Messaging1763769900000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table member (
        group_id uuid not null,
        id uuid not null primary key,
        home_mall_id uuid,
        locale text not null
      )`);
    await enableRowLevelSecurity(qr, 'member');

    await qr.query(`
      create table tier_name (
        group_id uuid not null,
        code text not null,
        names jsonb not null,
        version bigint not null,
        primary key (group_id, code)
      )`);
    await enableRowLevelSecurity(qr, 'tier_name');

    await qr.query(`
      create table message_template (
        group_id uuid not null,
        id uuid not null,
        code text not null,
        version bigint not null,
        effective_from timestamptz not null,
        channels text[] not null,
        texts jsonb not null,
        variables text[] not null,
        published_at timestamptz not null,
        published_by text not null,
        primary key (group_id, id)
      )`);
    await qr.query(`create unique index message_template_version on message_template (group_id, code, version)`);
    await enableRowLevelSecurity(qr, 'message_template', { ledger: true });

    await qr.query(`
      create table message (
        group_id uuid not null,
        member_id uuid not null,
        id uuid not null,
        site_id uuid,
        channel text not null constraint message_channel check (channel in ('INBOX', 'SMS')),
        template_id uuid not null,
        template_code text not null,
        business_key text not null,
        purchase_id uuid,
        locale text not null,
        title text not null,
        body text not null,
        status text not null constraint message_status
          check (status in ('QUEUED', 'SENT', 'DELIVERED', 'OPENED', 'FAILED', 'SUPPRESSED', 'UNKNOWN')),
        reason text,
        occurred_at timestamptz not null,
        created_at timestamptz not null,
        read_at timestamptz,
        sent_at timestamptz,
        attempts integer not null,
        next_try_at timestamptz,
        claimed_until timestamptz,
        primary key (member_id, id)
      )`);
    await qr.query(`create unique index message_once on message (member_id, template_code, business_key, channel)`);
    await qr.query(
      `create index message_inbox on message (member_id, created_at, id) where channel = 'INBOX' and status <> 'SUPPRESSED'`,
    );
    await qr.query(
      `create index message_unread on message (member_id) where channel = 'INBOX' and status <> 'SUPPRESSED' and read_at is null`,
    );
    await qr.query(`create index message_purchase on message (group_id, purchase_id) where purchase_id is not null`);
    await qr.query(`create index message_queue on message (next_try_at) where status = 'QUEUED'`);
    await enableRowLevelSecurity(qr, 'message');

    // Where the local sink records what would have been sent. The address is masked before it comes here.
    await qr.query(`
      create table sms_sink (
        group_id uuid not null,
        member_id uuid not null,
        id uuid not null,
        business_key text not null,
        phone_masked text not null,
        body text not null,
        sent_at timestamptz not null,
        primary key (member_id, id)
      )`);
    await enableRowLevelSecurity(qr, 'sms_sink', { ledger: true });
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
