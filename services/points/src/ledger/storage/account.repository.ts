import type { Page, Tx } from '@atrium/platform';
import type { Step } from '../domain/explanation';

export interface EntryRecord {
  memberId: string;
  id: string;
  kind: string;
  amount: bigint;
  availableAfter: bigint;
  occurredAt: Date;
  postedAt: Date;
  purchaseId: string | null;
  explanation: Step[];
  reason: string | null;
}

const ENTRY = `member_id as "memberId", id, kind, amount, available_after as "availableAfter", occurred_at as "occurredAt",
  posted_at as "postedAt", purchase_id as "purchaseId", explanation, reason`;

/** Newest first. */
export async function findEntries(tx: Tx, memberId: string, page: Page): Promise<EntryRecord[]> {
  return tx.prepared(
    'points.entry.page',
    `select ${ENTRY} from entry
     where member_id = $1 and group_id = $2 and ($3::timestamptz is null or (posted_at, id) < ($3, $4::uuid))
     order by posted_at desc, id desc limit $5`,
    [memberId, tx.groupId, page.after?.at ?? null, page.after?.id ?? null, page.limit],
  );
}

/** Also under the id of somebody who was merged into the member whose line it is. */
export async function findEntry(tx: Tx, memberId: string, id: string): Promise<EntryRecord | null> {
  const [row] = await tx.prepared<EntryRecord>(
    'points.entry.one',
    `select ${ENTRY} from entry
     where member_id = any((select points_merged($3, array[$1::uuid]))::uuid[]) and id = $2 and group_id = $3`,
    [memberId, id, tx.groupId],
  );
  return row ?? null;
}
