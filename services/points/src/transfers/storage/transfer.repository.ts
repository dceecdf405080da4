import type { Page, Tx } from '@atrium/platform';
import type { Transfer, TransferStatus } from '../domain/transfer';
import { insertion } from '../../ledger/storage/rows';

type Stored = Omit<Transfer, 'parts'> & { parts: { lotId: string; points: string }[] };

const COLUMNS = `member_id as "memberId", id, direction, other_member_id as "otherMemberId", points, status, message,
  business_date as "businessDate", parts, sent_at as "sentAt", settled_at as "settledAt"`;

const fromRow = ({ parts, ...row }: Stored): Transfer => ({
  ...row,
  parts: parts.map(({ lotId, points }) => ({ lotId, points: BigInt(points) })),
});

export async function insertTransfers(tx: Tx, transfers: readonly Transfer[]): Promise<void> {
  const rows = transfers.map((t) => ({
    member_id: t.memberId,
    id: t.id,
    group_id: tx.groupId,
    direction: t.direction,
    other_member_id: t.otherMemberId,
    points: t.points,
    status: t.status,
    message: t.message,
    business_date: t.businessDate,
    parts: t.parts.map(({ lotId, points }) => ({ lotId, points: points.toString() })),
    sent_at: t.sentAt,
    settled_at: t.settledAt,
  }));
  await tx.write(insertion('points_transfer', rows));
}

/** By owner and id, as pairs in two lists of the same length. */
export async function findTransfers(
  tx: Tx,
  memberIds: readonly string[],
  ids: readonly string[],
): Promise<Map<string, Transfer>> {
  const rows = await tx.prepared<Stored>(
    'points.transfer.find',
    `select ${COLUMNS} from points_transfer
     where group_id = $3 and (member_id, id) in (select * from unnest($1::uuid[], $2::uuid[]))`,
    [memberIds, ids, tx.groupId],
  );
  return new Map(rows.map((row) => [row.id, fromRow(row)]));
}

/** The sender's sides that have come to an end; one that has already stays as it is. */
export async function settleTransfers(
  tx: Tx,
  memberIds: readonly string[],
  ids: readonly string[],
  status: TransferStatus,
): Promise<void> {
  await tx.prepared(
    'points.transfer.settle',
    `update points_transfer set status = $3, settled_at = $4 from unnest($1::uuid[], $2::uuid[]) as w(m, i)
     where member_id = w.m and id = w.i and direction = 'OUT' and status = 'SENT' and group_id = $5`,
    [memberIds, ids, status, tx.now, tx.groupId],
  );
}

/** What a member has given away on a business day; what came back does not count. */
export async function sentOn(tx: Tx, memberId: string, day: string): Promise<{ points: bigint; count: number }> {
  const [row] = await tx.prepared<{ points: bigint; count: number }>(
    'points.transfer.day',
    `select coalesce(sum(points), 0)::bigint as points, count(*)::int as count from points_transfer
     where member_id = $1 and group_id = $2 and business_date = $3 and direction = 'OUT' and status <> 'RETURNED'`,
    [memberId, tx.groupId, day],
  );
  return row ?? { points: 0n, count: 0 };
}

/** Newest first. The receiver reads what the sender wrote on the sender's side. */
export async function findTransfersOf(tx: Tx, memberId: string, page: Page): Promise<Transfer[]> {
  const rows = await tx.prepared<Stored>(
    'points.transfer.page',
    `select t.member_id as "memberId", t.id, t.direction, t.other_member_id as "otherMemberId", t.points, t.status,
       coalesce(t.message, o.message) as message, t.business_date as "businessDate", t.parts, t.sent_at as "sentAt",
       t.settled_at as "settledAt"
     from points_transfer t left join points_transfer o
       on t.direction = 'IN' and o.member_id = t.other_member_id and o.id = t.id and o.group_id = t.group_id
     where t.member_id = $1 and t.group_id = $2 and ($3::timestamptz is null or (t.sent_at, t.id) < ($3, $4::uuid))
     order by t.sent_at desc, t.id desc limit $5`,
    [memberId, tx.groupId, page.after?.at ?? null, page.after?.id ?? null, page.limit],
  );
  return rows.map(fromRow);
}
