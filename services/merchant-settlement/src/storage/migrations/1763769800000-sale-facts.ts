import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a sale was made and paid: what rules about channels and payment methods ask for. */
export class SaleFacts1763769800000 implements MigrationInterface {
  name = 'SaleFacts1763769800000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`alter table purchase add column channel text, add column payments jsonb`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
