import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Exceptions that may still settle themselves are on the list as well. */
export class WaitingExceptions1763930000030 implements MigrationInterface {
  name = 'WaitingExceptions1763930000030';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`alter table desk_exception drop constraint desk_exception_status`);
    await qr.query(
      `alter table desk_exception add constraint desk_exception_status check (status in ('WAITING', 'OPEN', 'RESOLVED'))`,
    );
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
