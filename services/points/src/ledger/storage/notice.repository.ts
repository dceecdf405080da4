import type { Tx } from '@atrium/platform';
import { alongIndex } from './lapse.repository';

/** A place in the order of (end, member). */
export interface NoticePlace {
  readonly until: Date;
  readonly memberId: string;
}

export const LAST_MEMBER = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export interface ExpiringOfMember {
  readonly memberId: string;
  readonly homeMallId: string | null;
  readonly expiresAt: Date;
  readonly points: bigint;
}

/** Takes a notice's place for this transaction; null when another worker has it. A new notice begins at `from`. */
export async function takeNotice(tx: Tx, days: number, from: NoticePlace): Promise<NoticePlace | null> {
  await tx.prepared(
    'points.notice.begin',
    `insert into expiry_notice (group_id, days, told_until, told_member_id) values ($1, $2, $3, $4) on conflict do nothing`,
    [tx.groupId, days, from.until, from.memberId],
  );
  const [row] = await tx.prepared<NoticePlace>(
    'points.notice.take',
    `select told_until as until, told_member_id as "memberId" from expiry_notice
     where group_id = $1 and days = $2 for update skip locked`,
    [tx.groupId, days],
  );
  return row ?? null;
}

/** What is unspent (pending and available, not held) of each member and end after a place, up to and including an instant. */
export async function findExpiringAfter(
  tx: Tx,
  after: NoticePlace,
  until: Date,
  limit: number,
): Promise<ExpiringOfMember[]> {
  await alongIndex(tx);
  return tx.prepared<ExpiringOfMember>(
    'points.notice.next',
    `select e.member_id as "memberId", e.expires_at as "expiresAt", e.points, m.home_mall_id as "homeMallId" from (
       select member_id, expires_at, sum(pending + available)::bigint as points from lot
       where group_id = $1 and alive and (available > 0 or pending > 0) and (expires_at, member_id) > ($2, $3::uuid) and expires_at <= $4
       group by expires_at, member_id order by expires_at, member_id limit $5
     ) as e left join member m on m.member_id = e.member_id and m.group_id = $1
     order by e.expires_at, e.member_id`,
    [tx.groupId, after.until, after.memberId, until, limit],
  );
}

export async function saveNotice(tx: Tx, days: number, place: NoticePlace): Promise<void> {
  await tx.prepared(
    'points.notice.save',
    `update expiry_notice set told_until = $3, told_member_id = $4 where group_id = $1 and days = $2`,
    [tx.groupId, days, place.until, place.memberId],
  );
}

/** Groups that have points to tell about. */
export async function findGroupsWithLots(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ group_id: string }>(
    `select group_id from org_node where kind = 'GROUP' order by group_id`,
  );
  return rows.map(({ group_id }) => group_id);
}
