// Who is due: members of any tenant for whom the clock has done something that is not written down yet.
import type { Tx } from '@atrium/platform';

export type Due = 'EXPIRY' | 'ACTIVATION' | 'HOLD';

/** Where a search goes on: after this member at this instant. */
export interface Cursor {
  readonly at: Date;
  readonly memberId: string;
}

export interface DueMember extends Cursor {
  readonly groupId: string;
}

const FIRST = '00000000-0000-0000-0000-000000000000';

/** By index, in the order of (instant, member): each has an index that holds nothing but what is due or will be. */
const QUEUES: Readonly<Record<Due, { from: string; at: string }>> = {
  EXPIRY: { from: 'lot where alive and (available > 0 or pending > 0)', at: 'expires_at' },
  ACTIVATION: {
    from: `lot where pending > 0 and not exists
      (select from account a where a.member_id = lot.member_id and a.group_id = lot.group_id and a.frozen)`,
    at: 'available_at',
  },
  HOLD: { from: `hold where status = 'HELD'`, at: 'expires_at' },
};

/** Reads the next of a million along the index; without it stale statistics could make every batch sort them all. */
export async function alongIndex(tx: Tx): Promise<void> {
  await tx.query(
    `select set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true),
       set_config('enable_sort', 'off', true)`,
  );
}

/** The next ones in order; one row for each lot or hold, so a member may come more than once. */
export async function findDue(tx: Tx, due: Due, after: Cursor | null, limit: number): Promise<DueMember[]> {
  const { from, at } = QUEUES[due];
  await alongIndex(tx);
  return tx.prepared(
    `points.due.${due}`,
    `select group_id as "groupId", member_id as "memberId", ${at} as at from ${from} and ${at} <= $1
       and (${at}, member_id) > (coalesce($2, '-infinity'::timestamptz), coalesce($3, '${FIRST}'::uuid))
     order by ${at}, member_id limit $4`,
    [tx.now, after?.at ?? null, after?.memberId ?? null, limit],
  );
}

/** How many lots or holds are due, up to a limit that keeps the answer quick. */
export async function countDue(tx: Tx, due: Due, limit: number): Promise<number> {
  const { from, at } = QUEUES[due];
  const [row] = await tx.query<{ n: bigint }>(
    `select count(*) as n from (select 1 from ${from} and ${at} <= $1 limit $2) as due`,
    [tx.now, limit],
  );
  return Number(row?.n ?? 0n);
}
