import type { Tx } from '@atrium/platform';

/**
 * What a member pays with points in an interval: for sales, for orders, and what is set aside now; without what came back.
 * Points that paid no price in money (a gift) do not count.
 */
export async function findSpent(tx: Tx, memberId: string, from: Date, to: Date): Promise<bigint> {
  const [row] = await tx.prepared<{ spent: bigint }>(
    'points.spent.between',
    `select (
       (select coalesce(sum(points - returned), 0) from redemption
        where member_id = $1 and group_id = $2 and occurred_at >= $3 and occurred_at < $4 and currency is not null)
     + (select coalesce(sum((burn ->> 'points')::bigint - (burn ->> 'returned')::bigint), 0) from purchase_earn
        where member_id = $1 and group_id = $2 and occurred_at >= $3 and occurred_at < $4 and burn is not null)
     + (select coalesce(sum(points), 0) from hold
        where member_id = $1 and group_id = $2 and status = 'HELD' and expires_at > $5 and value_minor > 0)
     )::bigint as spent`,
    [memberId, tx.groupId, from, to, tx.now],
  );
  return row?.spent ?? 0n;
}
