import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Two accounts that became one. An account that leads to another is never posted to again: whoever locks or opens it gets the
 * other as well.
 */
export class Merges1763920000022 implements MigrationInterface {
  name = 'Merges1763920000022';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`alter table account add column merge_id uuid, add column merged_into uuid`);
    await qr.query(`
      create table account_merge (
        member_id uuid not null,
        id uuid not null,
        group_id uuid not null,
        survivor_id uuid not null,
        status text not null constraint account_merge_status
          check (status in ('PREPARED', 'REFUSED', 'ABANDONED', 'MOVED')),
        points bigint not null,
        debt bigint not null,
        growth bigint not null,
        changed_at timestamptz not null,
        primary key (member_id, id)
      )`);
    await enableRowLevelSecurity(qr, 'account_merge');
    await qr.query(`create index points_transfer_arriving on points_transfer (other_member_id) where status = 'SENT'`);
    await qr.query(`
      -- These accounts, and those that they lead to.
      create function points_merged(p_group uuid, p_members uuid[]) returns uuid[]
      language plpgsql stable set enable_seqscan = off as $$
      declare known uuid[] := p_members;
              more uuid[];
      begin
        loop
          select array_agg(distinct a.merged_into) into more from account a
            where a.member_id = any(known) and a.group_id = p_group and a.merged_into is not null
              and not a.merged_into = any(known);
          exit when more is null;
          known := known || more;
        end loop;
        return known;
      end $$`);
    await qr.query(`drop function points_lock(uuid, timestamptz, uuid[])`);
    await qr.query(`
      create function points_lock(p_group uuid, p_now timestamptz, p_members uuid[]) returns uuid[]
      language plpgsql set enable_seqscan = off as $$
      declare known uuid[] := p_members;
              more uuid[];
      begin
        -- Almost always all are there. What is missing comes before the locks, so that all take them in the same order.
        if (select count(*) from account a where a.member_id = any(p_members) and a.group_id = p_group)
             < cardinality(p_members) then
          insert into account (member_id, group_id, pending, available, held, debt, growth, frozen, freeze_version, version,
            updated_at)
          select m, p_group, 0, 0, 0, 0, 0, false, 0, 0, p_now from unnest(p_members) as m order by m on conflict do nothing;
        end if;
        loop
          -- Where an account leads is known for certain under its lock only.
          select array_agg(distinct l.merged_into) filter (where not l.merged_into = any(known)) into more from (
            select a.merged_into from account a where a.member_id = any(known) and a.group_id = p_group
              order by a.member_id for update
          ) as l;
          exit when more is null;
          known := known || more;
        end loop;
        return known;
      end $$`);
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
