import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How ledgers are opened: one call that makes missing accounts, locks in id order and reads. The function only fetches; what
 * the rows mean is decided in `ledger/domain`. It gives whole rows, so that a new column of a table needs no change here.
 */
export class PointsOpen1763780000000 implements MigrationInterface {
  name = 'PointsOpen1763780000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`
      create function points_lock(p_group uuid, p_now timestamptz, p_members uuid[]) returns void
      language plpgsql set enable_seqscan = off as $$
      begin
        -- Almost always all are there. What is missing comes before the locks, so that all take them in the same order.
        if (select count(*) from account a where a.member_id = any(p_members) and a.group_id = p_group)
             < cardinality(p_members) then
          insert into account (member_id, group_id, available, held, debt, growth, version, updated_at)
          select m, p_group, 0, 0, 0, 0, 0, p_now from unnest(p_members) as m order by m on conflict do nothing;
        end if;
        perform from account a where a.member_id = any(p_members) and a.group_id = p_group order by a.member_id for update;
      end $$`);
    // Volatile on purpose: each statement sees what was committed while the one before it waited for locks.
    await qr.query(`
      create function points_open(p_group uuid, p_now timestamptz, p_members uuid[], p_spending uuid[], p_checkouts uuid[],
        p_lots uuid[], p_lock boolean)
      returns table (what text, of_account account, of_hold hold, lot_ids uuid[], amounts bigint[], of_lot lot)
      language plpgsql set enable_seqscan = off as $$
      declare wanted uuid[] := p_lots;
              found record;
      begin
        if p_lock then
          perform points_lock(p_group, p_now, p_members);
        end if;
        return query select 'ACCOUNT', a, null::hold, null::uuid[], null::bigint[], null::lot
          from account a where a.member_id = any(p_members) and a.group_id = p_group;
        for found in
          select h, p.ids, p.sums from (
            select x from hold x
              where x.member_id = any(p_members) and x.group_id = p_group and x.status = 'HELD' and x.expires_at <= p_now
            union all
            select x from hold x
              where x.member_id = any(p_members) and x.checkout_id = any(p_checkouts) and x.group_id = p_group
                and not (x.status = 'HELD' and x.expires_at <= p_now)
          ) as w(h) cross join lateral (
            select array_agg(l.lot_id order by l.lot_id) as ids, array_agg(l.amount order by l.lot_id) as sums from hold_lot l
              where l.member_id = (w.h).member_id and l.hold_id = (w.h).id and (w.h).status = 'HELD'
          ) as p
        loop
          what := 'HOLD';
          of_hold := found.h;
          lot_ids := found.ids;
          amounts := found.sums;
          wanted := wanted || found.ids;
          return next;
        end loop;
        -- Three ways in, each with its own index, and no lot by two of them.
        if cardinality(p_spending) > 0 then
          return query select 'LOT', null::account, null::hold, null::uuid[], null::bigint[], l from lot l
            where l.member_id = any(p_spending) and l.group_id = p_group and l.available > 0;
        end if;
        return query select 'LOT', null::account, null::hold, null::uuid[], null::bigint[], l from lot l
          where l.member_id = any(p_members) and l.group_id = p_group and l.available > 0 and l.expires_at <= p_now
            and not l.member_id = any(p_spending);
        if cardinality(wanted) > 0 then
          return query select 'LOT', null::account, null::hold, null::uuid[], null::bigint[], l from lot l
            where l.member_id = any(p_members) and l.id = any(wanted) and l.group_id = p_group
              and not (l.available > 0 and (l.member_id = any(p_spending) or coalesce(l.expires_at <= p_now, false)));
        end if;
      end $$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
