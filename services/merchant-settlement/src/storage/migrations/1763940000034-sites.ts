import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose a site's name is, and which refunds that nobody could match are a site's. */
export class Sites1763940000034 implements MigrationInterface {
  name = 'Sites1763940000034';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`
      create table site (
        name text not null,
        group_id uuid not null,
        mall_id uuid not null,
        constraint site_pk primary key (name)
      )`);
    await qr.query(`
      create table site_refund (
        group_id uuid not null,
        refund_id uuid not null,
        site text not null,
        constraint site_refund_pk primary key (group_id, refund_id)
      )`);
    for (const table of ['site', 'site_refund']) await enableRowLevelSecurity(qr, table);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
