import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sales that a mall with a recording of its own has told the hub. */
export class SiteSales1763930000034 implements MigrationInterface {
  name = 'SiteSales1763930000034';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`alter table purchase add column recorded_at_site boolean not null default false`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
