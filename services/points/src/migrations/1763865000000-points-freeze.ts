import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which freeze counts, and which sales were confirmed. */
export class PointsFreeze1763865000000 implements MigrationInterface {
  name = 'PointsFreeze1763865000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`alter table account add column freeze_version bigint not null default 0`);
    await qr.query(`alter table account alter column freeze_version drop default`);
    await qr.query(`
      create or replace function points_lock(p_group uuid, p_now timestamptz, p_members uuid[]) returns void
      language plpgsql set enable_seqscan = off as $$
      begin
        -- Almost always all are there. What is missing comes before the locks, so that all take them in the same order.
        if (select count(*) from account a where a.member_id = any(p_members) and a.group_id = p_group)
             < cardinality(p_members) then
          insert into account (member_id, group_id, pending, available, held, debt, growth, frozen, freeze_version, version,
            updated_at)
          select m, p_group, 0, 0, 0, 0, 0, false, 0, 0, p_now from unnest(p_members) as m order by m on conflict do nothing;
        end if;
        perform from account a where a.member_id = any(p_members) and a.group_id = p_group order by a.member_id for update;
      end $$`);
    await qr.query(`alter table purchase_earn add column confirmed_at timestamptz`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
