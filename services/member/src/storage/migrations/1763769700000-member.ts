import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Members with their sealed data, the directory of identifiers, codes, and staff with their roles. */
export class Member1763769700000 implements MigrationInterface {
  name = 'Member1763769700000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table member (
        group_id uuid not null,
        id uuid not null primary key,
        site_id uuid,
        locale text not null,
        status text not null constraint member_status
          check (status in ('PENDING', 'ACTIVE', 'FROZEN', 'CLOSING', 'CLOSED', 'MERGED')),
        joined_at timestamptz not null,
        registered_at timestamptz not null,
        marketing_consent boolean not null,
        phone_sealed bytea,
        name_sealed bytea,
        birthday_sealed bytea,
        data_key bytea not null,
        key_version integer not null
      )`);
    await enableRowLevelSecurity(qr, 'member');

    await qr.query(`
      create table member_card (
        group_id uuid not null,
        member_id uuid not null,
        id uuid not null,
        number_sealed bytea not null,
        issued_at timestamptz not null,
        status text not null constraint member_card_status check (status in ('ACTIVE', 'LOST', 'REPLACED')),
        primary key (member_id, id)
      )`);
    await enableRowLevelSecurity(qr, 'member_card');

    // The directory: what names a member, by its keyed hash. Claimed before the member's own row is written.
    await qr.query(`
      create table identifier (
        group_id uuid not null,
        type text not null constraint identifier_type check (type in ('CARD', 'PHONE')),
        blind_index text not null,
        member_id uuid not null,
        added_at timestamptz not null,
        primary key (group_id, type, blind_index)
      )`);
    await enableRowLevelSecurity(qr, 'identifier');

    await qr.query(`
      create table member_code (
        group_id uuid not null,
        code_index text not null,
        member_id uuid not null,
        shown_at timestamptz not null,
        valid_until timestamptz not null,
        used_at timestamptz,
        primary key (group_id, code_index)
      )`);
    await qr.query(`create index member_code_member on member_code (member_id, valid_until)`);
    await qr.query(`create index member_code_end on member_code (valid_until)`);
    await enableRowLevelSecurity(qr, 'member_code');

    await qr.query(`
      create table code_attempt (
        group_id uuid not null,
        caller_id text not null,
        minute timestamptz not null,
        attempts integer not null,
        primary key (group_id, caller_id, minute)
      )`);
    await qr.query(`create index code_attempt_minute on code_attempt (minute)`);
    await enableRowLevelSecurity(qr, 'code_attempt');

    await qr.query(`
      create table staff (
        group_id uuid not null,
        id uuid not null primary key,
        subject_sealed bytea not null,
        name_sealed bytea not null,
        data_key bytea not null,
        key_version integer not null,
        invited_at timestamptz not null,
        invited_by text not null
      )`);
    await qr.query(`create index staff_invited on staff (group_id, invited_at, id)`);
    await enableRowLevelSecurity(qr, 'staff');

    await qr.query(`
      create table staff_grant (
        group_id uuid not null,
        staff_id uuid not null,
        id uuid not null,
        role text not null,
        node_id uuid not null,
        granted_at timestamptz not null,
        granted_by text not null,
        revoked_at timestamptz,
        revoked_by text,
        primary key (staff_id, id)
      )`);
    await qr.query(
      `create unique index staff_grant_once on staff_grant (staff_id, role, node_id) where revoked_at is null`,
    );
    await enableRowLevelSecurity(qr, 'staff_grant');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
