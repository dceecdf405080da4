import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pending points, where points come from, ends that move, frozen accounts. */
export class PointsLots1763862000000 implements MigrationInterface {
  name = 'PointsLots1763862000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      alter table account
        add column pending bigint not null default 0 constraint account_pending_not_negative check (pending >= 0),
        add column frozen boolean not null default false,
        add column last_activity_at timestamptz`);
    await qr.query(`alter table account alter column pending drop default, alter column frozen drop default`);
    await qr.query(`
      alter table lot
        add column pending bigint not null default 0 constraint lot_pending_not_negative check (pending >= 0),
        add column reinstated bigint not null default 0
          constraint lot_reinstated_within_expired check (reinstated between 0 and expired),
        add column moving_expiry jsonb,
        add column source_kind text,
        add column source_id uuid,
        add column origin_lot_id uuid,
        alter column available_at drop not null,
        drop constraint lot_parts_sum_to_issued,
        add constraint lot_parts_sum_to_issued
          check (issued = pending + available + held + redeemed + expired + revoked),
        add constraint lot_source_whole check ((source_kind is null) = (source_id is null))`);
    await qr.query(`alter table lot alter column pending drop default, alter column reinstated drop default`);
    await qr.query(`update lot set source_kind = 'PURCHASE', source_id = purchase_id where purchase_id is not null`);
    await qr.query(`
      alter table entry add column source_kind text, add column source_id uuid,
        add constraint entry_source_whole check ((source_kind is null) = (source_id is null))`);
    await qr.query(`
      update entry set source_kind = case when refund_id is null then 'PURCHASE' else 'REFUND' end,
        source_id = coalesce(refund_id, purchase_id) where purchase_id is not null`);
    await qr.query(`drop index lot_unspent`);
    await qr.query(`drop index lot_expiring`);
    await qr.query(`create index lot_unspent on lot (member_id, expires_at) where available > 0 or pending > 0`);
    await qr.query(`create index lot_expiring on lot (expires_at, member_id) where available > 0 or pending > 0`);
    await qr.query(`create index lot_pending on lot (member_id, available_at) where pending > 0`);
    await qr.query(`create index lot_activating on lot (available_at, member_id) where pending > 0`);
    await qr.query(`create index lot_moving on lot (member_id) where moving_expiry is not null`);
    await qr.query(`create index lot_origin on lot (member_id, origin_lot_id) where origin_lot_id is not null`);
    await qr.query(`
      create or replace function points_lock(p_group uuid, p_now timestamptz, p_members uuid[]) returns void
      language plpgsql set enable_seqscan = off as $$
      begin
        -- Almost always all are there. What is missing comes before the locks, so that all take them in the same order.
        if (select count(*) from account a where a.member_id = any(p_members) and a.group_id = p_group)
             < cardinality(p_members) then
          insert into account (member_id, group_id, pending, available, held, debt, growth, frozen, version, updated_at)
          select m, p_group, 0, 0, 0, 0, 0, false, 0, p_now from unnest(p_members) as m order by m on conflict do nothing;
        end if;
        perform from account a where a.member_id = any(p_members) and a.group_id = p_group order by a.member_id for update;
      end $$`);
    await qr.query(`
      create or replace function points_open(p_group uuid, p_now timestamptz, p_members uuid[], p_spending uuid[],
        p_checkouts uuid[], p_lots uuid[], p_lock boolean)
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
        -- What the clock makes available, and lots whose end moves with the account's activity: unspent, or expired not longer
        -- ago than the oldest fact that is taken in.
        wanted := wanted || array(
          select l.id from lot l
            where l.member_id = any(p_members) and l.group_id = p_group and l.pending > 0 and l.available_at <= p_now
          union all
          select l.id from lot l
            where l.member_id = any(p_members) and l.group_id = p_group and l.moving_expiry is not null
              and (l.pending > 0 or l.available > 0 or l.held > 0
                or (l.expired > l.reinstated and l.expires_at > p_now - interval '90 days')));
        -- Three ways in, each with its own index, and no lot by two of them.
        if cardinality(p_spending) > 0 then
          return query select 'LOT', null::account, null::hold, null::uuid[], null::bigint[], l from lot l
            where l.member_id = any(p_spending) and l.group_id = p_group and (l.available > 0 or l.pending > 0);
        end if;
        return query select 'LOT', null::account, null::hold, null::uuid[], null::bigint[], l from lot l
          where l.member_id = any(p_members) and l.group_id = p_group and (l.available > 0 or l.pending > 0)
            and l.expires_at <= p_now and not l.member_id = any(p_spending);
        if cardinality(wanted) > 0 then
          return query select 'LOT', null::account, null::hold, null::uuid[], null::bigint[], l from lot l
            where l.member_id = any(p_members) and l.id = any(wanted) and l.group_id = p_group
              and not ((l.available > 0 or l.pending > 0)
                and (l.member_id = any(p_spending) or coalesce(l.expires_at <= p_now, false)));
        end if;
      end $$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
