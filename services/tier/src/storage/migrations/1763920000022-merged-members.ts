import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Members who were merged into another: their facts stay theirs, and count for the other as well. */
export class MergedMembers1763920000022 implements MigrationInterface {
  name = 'MergedMembers1763920000022';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      alter table member_tier add column merged_into uuid, add column merged_at timestamptz,
        add constraint member_tier_merged_whole check ((merged_into is null) = (merged_at is null))`);
    await qr.query(`create index member_tier_merged on member_tier (merged_into) where merged_into is not null`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
