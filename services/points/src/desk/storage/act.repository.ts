import { uuidv7 } from '@atrium/kernel';
import type { Page, Tx } from '@atrium/platform';
import { insertRows } from '../../ledger/storage/rows';
import type { Act, ActKind } from '../domain/act';

export interface ActRecord extends Act {
  id: string;
  actedAt: Date;
}

export async function insertActs(tx: Tx, acts: readonly Act[]): Promise<void> {
  await insertRows(
    tx,
    'desk_act',
    acts.map((act) => ({
      group_id: tx.groupId,
      id: uuidv7(tx.now),
      kind: act.kind,
      actor: act.actor,
      acted_at: act.at ?? tx.now,
      member_id: act.memberId,
      subject_id: act.subjectId,
      approval_id: act.approvalId,
      reason_code: act.reasonCode,
      reason: act.reason,
      changes: act.changes,
    })),
  );
}

export interface ActFilter {
  memberId: string | null;
  actor: string | null;
  kind: ActKind | null;
}

/** Newest first. */
export function findActs(tx: Tx, filter: ActFilter, page: Page): Promise<ActRecord[]> {
  return tx.query<ActRecord>(
    `select id, kind, actor, acted_at as "actedAt", member_id as "memberId", subject_id as "subjectId",
       approval_id as "approvalId", reason_code as "reasonCode", reason, changes
     from desk_act
     where group_id = $1 and ($2::uuid is null or member_id = $2) and ($3::text is null or actor = $3)
       and ($4::text is null or kind = $4) and ($5::timestamptz is null or (acted_at, id) < ($5, $6::uuid))
     order by acted_at desc, id desc limit $7`,
    [
      tx.groupId,
      filter.memberId,
      filter.actor,
      filter.kind,
      page.after?.at ?? null,
      page.after?.id ?? null,
      page.limit,
    ],
  );
}
