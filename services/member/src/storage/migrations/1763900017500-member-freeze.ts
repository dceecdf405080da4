import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who froze or released a member, when and why. */
export class MemberFreeze1763900017500 implements MigrationInterface {
  name = 'MemberFreeze1763900017500';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table member_freeze (
        member_id uuid not null,
        version bigint not null,
        group_id uuid not null,
        frozen boolean not null,
        reason_code text not null,
        reason_sealed bytea not null,
        actor text not null,
        acted_at timestamptz not null,
        primary key (member_id, version)
      )`);
    await enableRowLevelSecurity(qr, 'member_freeze', { ledger: true });
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
