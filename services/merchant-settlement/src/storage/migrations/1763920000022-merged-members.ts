import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Members who were merged into another: what names them names the other. */
export class MergedMembers1763920000022 implements MigrationInterface {
  name = 'MergedMembers1763920000022';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`alter table member add column merged_into uuid`);
    await qr.query(`create index member_merged on member (merged_into) where merged_into is not null`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
