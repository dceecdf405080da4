import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who asks for a merged account locks it in its place among the others. Taken afterwards it was out of order: a deadlock. */
export class LockOrder1763950000000 implements MigrationInterface {
  name = 'LockOrder1763950000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`
      create or replace function points_lock(p_group uuid, p_now timestamptz, p_members uuid[]) returns uuid[]
      language plpgsql set enable_seqscan = off as $$
      declare known uuid[] := p_members;
              more uuid[];
              there integer;
              merged integer;
      begin
        select count(*), count(a.merged_into) into there, merged
          from account a where a.member_id = any(p_members) and a.group_id = p_group;
        -- Almost always all are there. What is missing comes before the locks, so that all take them in the same order.
        if there < cardinality(p_members) then
          insert into account (member_id, group_id, pending, available, held, debt, growth, frozen, freeze_version, version,
            updated_at)
          select m, p_group, 0, 0, 0, 0, 0, false, 0, 0, p_now from unnest(p_members) as m order by m on conflict do nothing;
        end if;
        if merged > 0 then
          known := points_merged(p_group, p_members);
        end if;
        loop
          -- Where an account leads is known for certain under its lock only: it may have been merged while this waited.
          select array_agg(distinct l.merged_into) filter (where not l.merged_into = any(known)) into more from (
            select a.merged_into from account a where a.member_id = any(known) and a.group_id = p_group
              order by a.member_id for update
          ) as l;
          exit when more is null;
          known := known || more;
        end loop;
        return known;
      end $$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
