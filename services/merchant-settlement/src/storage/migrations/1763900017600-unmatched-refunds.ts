import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds that a person has to look at: under which numbers they came, what became of them. */
export class UnmatchedRefunds1763900017600 implements MigrationInterface {
  name = 'UnmatchedRefunds1763900017600';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      alter table refund_request
        add column source_system text,
        add column purchase_external_id text,
        add column unmatched_version bigint not null default 0,
        add column note text,
        add column resolved_by text,
        drop constraint refund_request_state,
        add constraint refund_request_state
          check (state in ('PARKED', 'APPLIED', 'REFUSED', 'LAPSED', 'DISMISSED'))`);
    await qr.query(`alter table refund_request alter column unmatched_version drop default`);
    await qr.query(`drop index refund_request_parked`);
    await qr.query(
      `create index refund_request_parked on refund_request (purchase_id) where state in ('PARKED', 'LAPSED')`,
    );
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
