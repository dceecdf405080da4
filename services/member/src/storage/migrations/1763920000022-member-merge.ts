import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Merges of two members, and where a merged member leads. */
export class MemberMerge1763920000022 implements MigrationInterface {
  name = 'MemberMerge1763920000022';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      alter table member add column merged_into uuid,
        add constraint member_merged_leads check ((status = 'MERGED') = (merged_into is not null))`);
    await qr.query(`
      create table member_merge (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        survivor_id uuid not null,
        status text not null constraint member_merge_status check (status in ('PREPARING', 'MOVING', 'DONE', 'ABANDONED')),
        refusal text,
        prepared text[] not null,
        moved text[] not null,
        requested_by text not null,
        requested_at timestamptz not null,
        merged_at timestamptz,
        ended_at timestamptz,
        primary key (member_id, id)
      )`);
    await qr.query(`create index member_merge_id on member_merge (group_id, id)`);
    await qr.query(
      `create index member_merge_survivor on member_merge (survivor_id) where status in ('PREPARING', 'MOVING')`,
    );
    await qr.query(`create index identifier_member on identifier (member_id)`);
    await enableRowLevelSecurity(qr, 'member_merge');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
