import type { Tx } from '@atrium/platform';
import type { EntryRecord } from '../../ledger/storage/account.repository';

export interface StatementRecord extends EntryRecord {
  debtDelta: bigint;
}

/** What all entries before an instant come to. */
export async function sumBefore(tx: Tx, memberId: string, before: Date): Promise<{ points: bigint; debt: bigint }> {
  const [sum] = await tx.prepared<{ points: bigint; debt: bigint }>(
    'points.statement.before',
    `select coalesce(sum(amount), 0)::bigint as points, coalesce(sum(debt_delta), 0)::bigint as debt from entry
     where member_id = $1 and group_id = $2 and posted_at < $3`,
    [memberId, tx.groupId, before],
  );
  return sum ?? { points: 0n, debt: 0n };
}

/** In the order in which they were written. */
export async function findEntriesBetween(
  tx: Tx,
  memberId: string,
  from: Date,
  to: Date,
  limit: number,
): Promise<StatementRecord[]> {
  return tx.prepared(
    'points.statement.entries',
    `select member_id as "memberId", id, kind, amount, debt_delta as "debtDelta", available_after as "availableAfter",
       occurred_at as "occurredAt", posted_at as "postedAt", purchase_id as "purchaseId", explanation, reason
     from entry where member_id = $1 and group_id = $2 and posted_at >= $3 and posted_at < $4
     order by posted_at, id limit $5`,
    [memberId, tx.groupId, from, to, limit],
  );
}
