import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is outstanding, as a job adds it up: snapshots of an instant, and their sums by mall, funder and month. */
export class PointsLiability1763875000000 implements MigrationInterface {
  name = 'PointsLiability1763875000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table liability_snapshot (
        group_id uuid not null,
        id uuid not null,
        as_of timestamptz not null,
        finished_at timestamptz,
        last_member_id uuid not null,
        members bigint not null,
        differing bigint not null,
        lots_total bigint not null,
        accounts_total bigint not null,
        entries_total bigint not null,
        primary key (group_id, id)
      )`);
    // A second one would count everything a second time in the same night.
    await qr.query(
      `create unique index liability_snapshot_open on liability_snapshot (group_id) where finished_at is null`,
    );
    await qr.query(
      `create index liability_snapshot_newest on liability_snapshot (group_id, as_of) where finished_at is not null`,
    );
    await qr.query(`
      create table liability_row (
        group_id uuid not null,
        snapshot_id uuid not null,
        site_id uuid not null,
        funder_id uuid not null,
        earned_month date not null,
        expires_month date not null,
        pending bigint not null,
        available bigint not null,
        held bigint not null,
        lapsed bigint not null,
        primary key (group_id, snapshot_id, site_id, funder_id, earned_month, expires_month)
      )`);
    // The walk over a group's members; the key alone would lead through those of all groups.
    await qr.query(`create index account_of_group on account (group_id, member_id)`);
    for (const table of ['liability_snapshot', 'liability_row']) await enableRowLevelSecurity(qr, table);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
