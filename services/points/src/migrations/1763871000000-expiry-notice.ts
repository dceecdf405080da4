import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far each notice of a group has been told. */
export class ExpiryNotice1763871000000 implements MigrationInterface {
  name = 'ExpiryNotice1763871000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table expiry_notice (
        group_id uuid not null,
        days integer not null,
        told_until timestamptz not null,
        told_member_id uuid not null,
        primary key (group_id, days)
      )`);
    await enableRowLevelSecurity(qr, 'expiry_notice');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
