import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Exceptions that another context opens and closes: its newest word counts. */
export class DeskExceptions1763900017700 implements MigrationInterface {
  name = 'DeskExceptions1763900017700';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`alter table desk_exception add column version bigint not null default 0`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
