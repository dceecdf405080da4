import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For each group something sealed with each master key, by which a start sees whether it has the key. It opens nobody's data. */
export class MasterKeySeal1763930000023 implements MigrationInterface {
  name = 'MasterKeySeal1763930000023';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table master_key_seal (
        group_id uuid not null,
        key_version integer not null,
        sealed bytea not null,
        primary key (group_id, key_version)
      )`);
    await enableRowLevelSecurity(qr, 'master_key_seal', { ledger: true });
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
