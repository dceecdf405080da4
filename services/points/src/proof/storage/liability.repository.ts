import type { Tx } from '@atrium/platform';
import type { Sum } from '../domain/liability';
import { insertRows } from '../../ledger/storage/rows';

export interface Snapshot {
  readonly id: string;
  readonly asOf: Date;
  readonly finishedAt: Date | null;
  readonly members: bigint;
  /** Members whose lots, account and entries do not say the same. */
  readonly differing: bigint;
  readonly lotsTotal: bigint;
  readonly accountsTotal: bigint;
  readonly entriesTotal: bigint;
}

const NIL = '00000000-0000-0000-0000-000000000000';

const SNAPSHOT = `id, as_of as "asOf", finished_at as "finishedAt", members, differing, lots_total as "lotsTotal",
  accounts_total as "accountsTotal", entries_total as "entriesTotal"`;

/** Every mall group that this context has heard of. */
export const findGroups = async (tx: Tx): Promise<string[]> =>
  (await tx.query<{ id: string }>(`select id from org_node where kind = 'GROUP' order by id`)).map(({ id }) => id);

/** The newest finished one of an instant or before; without an instant, the newest. */
export async function findSnapshot(tx: Tx, asOf: Date | null): Promise<Snapshot | null> {
  const [found] = await tx.prepared<Snapshot>(
    'points.liability.newest',
    `select ${SNAPSHOT} from liability_snapshot
     where group_id = $1 and finished_at is not null and ($2::timestamptz is null or as_of <= $2)
     order by as_of desc, id desc limit 1`,
    [tx.groupId, asOf],
  );
  return found ?? null;
}

/** The one that is being added up; waits for whoever is at it. */
export async function lockOpenSnapshot(tx: Tx): Promise<Snapshot | null> {
  const [found] = await tx.query<Snapshot>(
    `select ${SNAPSHOT} from liability_snapshot where group_id = $1 and finished_at is null for update`,
    [tx.groupId],
  );
  return found ?? null;
}

/** False when one is being added up already. */
export async function insertSnapshot(tx: Tx, snapshot: { id: string; asOf: Date }): Promise<boolean> {
  const row = {
    group_id: tx.groupId,
    id: snapshot.id,
    as_of: snapshot.asOf,
    last_member_id: NIL,
    members: 0,
    differing: 0,
    lots_total: 0,
    accounts_total: 0,
    entries_total: 0,
  };
  const conflict = 'on conflict (group_id) where finished_at is null do nothing';
  return (await insertRows(tx, 'liability_snapshot', [row], conflict)) > 0;
}

/**
 * Adds the next members of an open snapshot. One statement, so that a member's lots, account and entries are seen at one
 * moment; what was posted after the snapshot's instant is taken off again by the entries themselves.
 */
export async function addMembers(tx: Tx, snapshotId: string, zone: string, limit: number): Promise<number> {
  const [done] = await tx.prepared<{ members: number }>(
    'points.liability.add',
    `with s as (
       select * from liability_snapshot where group_id = $1 and id = $2
     ), m as (
       select a.member_id, a.pending + a.available + a.held as unspent from account a, s
       where a.group_id = $1 and a.member_id > s.last_member_id order by a.member_id limit $4
     ), posted as (
       select e.member_id, coalesce(sum(e.amount) filter (where e.posted_at <= s.as_of), 0) as before,
         coalesce(sum(e.amount) filter (where e.posted_at > s.as_of), 0) as after
       from m join entry e on e.member_id = m.member_id and e.group_id = $1 cross join s group by e.member_id
     ), moved as (
       select p.member_id, p.lot_id, sum(p.amount) as amount
       from s cross join m join entry e on e.member_id = m.member_id and e.posted_at > s.as_of and e.group_id = $1
         join entry_lot p on p.member_id = e.member_id and p.entry_id = e.id
       group by p.member_id, p.lot_id
     ), then_unspent as (
       select l.*, l.pending + l.available + l.held - coalesce(v.amount, 0) as unspent
       from m join lot l on l.member_id = m.member_id and l.group_id = $1
         left join moved v on v.member_id = l.member_id and v.lot_id = l.id
     ), lots as (
       select l.member_id, l.unspent, coalesce(l.site_id, '${NIL}') as site_id, l.funder_id,
         date_trunc('month', l.earned_at at time zone $3)::date as earned_month,
         case when l.expires_at is null then 'infinity'::date
           else date_trunc('month', (l.expires_at - interval '1 microsecond') at time zone $3)::date end as expires_month,
         least(l.held, l.unspent) as held,
         case when l.expires_at <= s.as_of then l.unspent - least(l.held, l.unspent) else 0 end as lapsed,
         case when l.expires_at <= s.as_of then 0
           when l.available_at is null or l.available_at > s.as_of then l.unspent - least(l.held, l.unspent)
           else least(l.pending, l.unspent - least(l.held, l.unspent)) end as pending
       from then_unspent l cross join s where l.unspent <> 0
     ), sums as (
       insert into liability_row
         (group_id, snapshot_id, site_id, funder_id, earned_month, expires_month, pending, available, held, lapsed)
       select $1, $2, site_id, funder_id, earned_month, expires_month, sum(pending), sum(unspent - held - lapsed - pending),
         sum(held), sum(lapsed)
       from lots group by site_id, funder_id, earned_month, expires_month
       on conflict (group_id, snapshot_id, site_id, funder_id, earned_month, expires_month) do update
         set pending = liability_row.pending + excluded.pending, available = liability_row.available + excluded.available,
           held = liability_row.held + excluded.held, lapsed = liability_row.lapsed + excluded.lapsed
       returning 1
     ), each as (
       select m.member_id, m.unspent - coalesce(p.after, 0) as account, coalesce(p.before, 0) as entries,
         coalesce((select sum(unspent) from lots l where l.member_id = m.member_id), 0) as lots
       from m left join posted p using (member_id)
     ), total as (
       select count(*) as members, max(member_id::text collate "C")::uuid as last, coalesce(sum(account), 0) as account,
         coalesce(sum(entries), 0) as entries, coalesce(sum(lots), 0) as lots,
         count(*) filter (where account <> entries or account <> lots) as differing
       from each
     )
     update liability_snapshot s set last_member_id = coalesce(t.last, s.last_member_id), members = s.members + t.members,
       differing = s.differing + t.differing, lots_total = s.lots_total + t.lots,
       accounts_total = s.accounts_total + t.account, entries_total = s.entries_total + t.entries
     from total t where s.group_id = $1 and s.id = $2 returning t.members::int as members`,
    [tx.groupId, snapshotId, zone, limit],
  );
  return done?.members ?? 0;
}

export async function finishSnapshot(tx: Tx, snapshotId: string): Promise<void> {
  await tx.query(`update liability_snapshot set finished_at = $3 where group_id = $1 and id = $2`, [
    tx.groupId,
    snapshotId,
    tx.now,
  ]);
}

/** The sums of a snapshot by one of its dimensions; of one mall, or of all. */
export async function findSums(
  tx: Tx,
  snapshotId: string,
  by: 'funder_id' | 'earned_month' | 'expires_month',
  mallId: string | null,
): Promise<Sum[]> {
  return tx.query(
    `select ${by}::text as key, sum(pending)::bigint as pending, sum(available)::bigint as available,
       sum(held)::bigint as held, sum(lapsed)::bigint as lapsed
     from liability_row where group_id = $1 and snapshot_id = $2 and ($3::uuid is null or site_id = $3)
     group by ${by} order by ${by}`,
    [tx.groupId, snapshotId, mallId],
  );
}
