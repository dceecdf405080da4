import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What refunds could not take back of a sale's points because they were spent, and did not turn into debt. */
export class SpentPoints1763874000000 implements MigrationInterface {
  name = 'SpentPoints1763874000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      alter table purchase_earn
        add column waived bigint not null default 0,
        add column deducted_minor bigint not null default 0
          constraint purchase_earn_deducted_not_negative check (deducted_minor >= 0 and deducted_points >= 0),
        add column deducted_points bigint not null default 0,
        add column covered bigint not null default 0,
        add constraint purchase_earn_covered_within_reversed check (waived >= 0 and covered between 0 and reversed)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
