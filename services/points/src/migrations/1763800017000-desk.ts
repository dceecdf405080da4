import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The desk's lists: what waits for a second person, and what only a person can settle. They are the group's. */
export class Desk1763800017000 implements MigrationInterface {
  name = 'Desk1763800017000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table approval (
        group_id uuid not null,
        id uuid not null,
        kind text not null,
        member_id uuid,
        site_id uuid,
        amount bigint not null,
        reason_code text not null,
        reason text not null,
        attachment jsonb,
        payload jsonb not null,
        requested_by text not null,
        requested_at timestamptz not null,
        expires_at timestamptz not null,
        status text not null constraint approval_status
          check (status in ('PENDING', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
        decided_by text,
        decided_at timestamptz,
        note text,
        entry_id uuid,
        primary key (group_id, id),
        constraint approval_never_ones_own check (status not in ('APPROVED', 'REJECTED') or decided_by <> requested_by),
        constraint approval_decided check ((status = 'PENDING') = (decided_at is null))
      )`);
    await qr.query(`create index approval_newest on approval (group_id, requested_at, id)`);
    await qr.query(`create index approval_lapsing on approval (expires_at) where status = 'PENDING'`);
    await enableRowLevelSecurity(qr, 'approval');
    await qr.query(`
      create table desk_exception (
        group_id uuid not null,
        id uuid not null,
        kind text not null,
        subject_id uuid not null,
        member_id uuid,
        site_id uuid,
        purchase_id uuid,
        details jsonb not null,
        opened_at timestamptz not null,
        deadline timestamptz,
        status text not null constraint desk_exception_status check (status in ('OPEN', 'RESOLVED')),
        assignee text,
        resolved_by text,
        resolved_at timestamptz,
        outcome text,
        note text,
        primary key (group_id, id),
        constraint desk_exception_once unique (group_id, kind, subject_id)
      )`);
    await qr.query(`create index desk_exception_newest on desk_exception (group_id, opened_at, id)`);
    await qr.query(
      `create index desk_exception_open on desk_exception (group_id, opened_at, id) where status = 'OPEN'`,
    );
    await enableRowLevelSecurity(qr, 'desk_exception');
    // Nobody could decide these wishes before; a process of the version before would get an error rather than lose one.
    await qr.query(`
      insert into approval (group_id, id, kind, member_id, amount, reason_code, reason, payload, requested_by,
        requested_at, expires_at, status)
      select group_id, id, 'ADJUSTMENT', member_id, amount, 'OTHER', reason, '{}', requested_by, requested_at,
        requested_at + interval '7 days', 'PENDING'
      from adjustment_approval where status = 'PENDING'`);
    await qr.query(`drop table adjustment_approval`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
