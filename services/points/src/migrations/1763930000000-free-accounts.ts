import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How the jobs of the clock open ledgers: those that are free, and for a limited time. What is locked by others is not waited for;
 * who waits for these locks gets them at the latest when the limit is reached, even if the job's process hangs.
 */
export class FreeAccounts1763930000000 implements MigrationInterface {
  name = 'FreeAccounts1763930000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`
      create function points_open_free(p_group uuid, p_now timestamptz, p_members uuid[], p_limit_ms integer)
      returns table (what text, of_account account, of_hold hold, lot_ids uuid[], amounts bigint[], of_lot lot)
      language plpgsql set enable_seqscan = off as $$
      declare free uuid[];
      begin
        perform set_config('transaction_timeout', p_limit_ms::text, true);
        p_members := points_merged(p_group, p_members);
        select array_agg(f.member_id) into free from (
          select a.member_id from account a where a.member_id = any(p_members) and a.group_id = p_group and a.merged_into is null
            order by a.member_id for update skip locked
        ) as f;
        if free is not null then
          return query select * from points_open(p_group, p_now, free, '{}', '{}', '{}', false);
        end if;
      end $$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
