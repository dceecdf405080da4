import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Spending changes no index: `alive` stands for quantities that change with every posting, so that a lot stays in its page. */
export class PointsHot1763940000000 implements MigrationInterface {
  name = 'PointsHot1763940000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`alter table lot add column alive boolean not null default true`);
    await qr.query(`update lot set alive = false where not (pending > 0 or available > 0 or held > 0)`);
    await qr.query(`
      alter table lot alter column alive drop default,
        add constraint lot_alive check (alive = (pending > 0 or available > 0 or held > 0))`);
    await qr.query(`drop index lot_unspent`);
    await qr.query(`drop index lot_expiring`);
    await qr.query(`create index lot_alive on lot (member_id, expires_at) where alive`);
    await qr.query(`create index lot_expiring on lot (expires_at, member_id) where alive`);
    // A member's open holds are few: the index that keeps them one for an order finds them.
    await qr.query(`drop index hold_open`);
    await qr.query(`
      create or replace function points_open(p_group uuid, p_now timestamptz, p_members uuid[], p_spending uuid[],
        p_checkouts uuid[], p_lots uuid[], p_lock boolean)
      returns table (what text, of_account account, of_hold hold, lot_ids uuid[], amounts bigint[], of_lot lot)
      language plpgsql set enable_seqscan = off as $$
      declare wanted uuid[] := p_lots;
              asked integer := cardinality(p_members);
              found record;
      begin
        if p_lock then
          p_members := points_lock(p_group, p_now, p_members);
        else
          p_members := points_merged(p_group, p_members);
        end if;
        if cardinality(p_members) > asked and cardinality(p_spending) > 0 then
          p_spending := p_spending || p_members[asked + 1:];
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
        -- What the clock makes available, and lots whose end moves with the account's activity: unspent, or expired not longer
        -- ago than the oldest fact that is taken in.
        wanted := wanted || array(
          select l.id from lot l
            where l.member_id = any(p_members) and l.group_id = p_group and l.pending > 0 and l.available_at <= p_now
          union all
          select l.id from lot l
            where l.member_id = any(p_members) and l.group_id = p_group and l.moving_expiry is not null
              and (l.alive or (l.expired > l.reinstated and l.expires_at > p_now - interval '90 days')));
        -- Three ways in, each with its own index, and no lot by two of them.
        if cardinality(p_spending) > 0 then
          return query select 'LOT', null::account, null::hold, null::uuid[], null::bigint[], l from lot l
            where l.member_id = any(p_spending) and l.group_id = p_group and l.alive;
        end if;
        return query select 'LOT', null::account, null::hold, null::uuid[], null::bigint[], l from lot l
          where l.member_id = any(p_members) and l.group_id = p_group and l.alive
            and l.expires_at <= p_now and not l.member_id = any(p_spending);
        if cardinality(wanted) > 0 then
          return query select 'LOT', null::account, null::hold, null::uuid[], null::bigint[], l from lot l
            where l.member_id = any(p_members) and l.id = any(wanted) and l.group_id = p_group
              and not (l.alive
                and (l.member_id = any(p_spending) or coalesce(l.expires_at <= p_now, false)));
        end if;
      end $$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
