import type { Tx } from '@atrium/platform';
import { insertRows } from '../../ledger/storage/rows';
import type { Merge, Merged, MergeRefusal } from '../domain/merge';

export type MergeStatus = 'PREPARED' | 'REFUSED' | 'ABANDONED' | 'MOVED';

/** What is known of it here; the accounts are locked. */
export async function findMergeStatus(tx: Tx, { loserId, mergeId }: Merge): Promise<MergeStatus | null> {
  const [row] = await tx.prepared<{ status: MergeStatus }>(
    'points.merge.find',
    `select status from account_merge where member_id = $1 and id = $2 and group_id = $3`,
    [loserId, mergeId, tx.groupId],
  );
  return row?.status ?? null;
}

export async function saveMerge(tx: Tx, merge: Merge, status: MergeStatus, moved?: Merged): Promise<void> {
  const row = {
    member_id: merge.loserId,
    id: merge.mergeId,
    group_id: tx.groupId,
    survivor_id: merge.survivorId,
    status,
    points: moved?.points ?? 0n,
    debt: moved?.debt ?? 0n,
    growth: moved?.growth ?? 0n,
    changed_at: tx.now,
  };
  const conflict = `on conflict (member_id, id) do update set status = excluded.status, points = excluded.points,
    debt = excluded.debt, growth = excluded.growth, changed_at = excluded.changed_at`;
  await insertRows(tx, 'account_merge', [row], conflict);
}

/** What one of the two still waits for. A hold past its time counts as released. */
export async function findObstacle(tx: Tx, { loserId, survivorId }: Merge): Promise<MergeRefusal | null> {
  const [row] = await tx.prepared<{ holds: boolean; transfers: boolean }>(
    'points.merge.obstacle',
    `select
       exists (select from hold where member_id = any($1::uuid[]) and group_id = $2 and status = 'HELD' and expires_at > $3)
         as holds,
       exists (select from points_transfer
         where member_id = any($1::uuid[]) and group_id = $2 and direction = 'OUT' and status = 'SENT')
       or exists (select from points_transfer where other_member_id = any($1::uuid[]) and group_id = $2 and status = 'SENT')
         as transfers`,
    [[loserId, survivorId], tx.groupId, tx.now],
  );
  return row?.holds ? 'OPEN_HOLDS' : row?.transfers ? 'OPEN_TRANSFERS' : null;
}

/** From here on nothing of the loser's is spent; null lets go of it again. */
export async function setMerging(tx: Tx, { loserId, mergeId }: Merge, merging: boolean): Promise<void> {
  await tx.prepared(
    'points.merge.mark',
    `update account set merge_id = case when $4 then $2::uuid end
     where member_id = $1 and group_id = $3 and ($4 or merge_id = $2)`,
    [loserId, mergeId, tx.groupId, merging],
  );
}

export async function leadTo(tx: Tx, { loserId, survivorId }: Merge): Promise<void> {
  await tx.prepared('points.merge.lead', `update account set merged_into = $2 where member_id = $1 and group_id = $3`, [
    loserId,
    survivorId,
    tx.groupId,
  ]);
}

/** Lots of a member that are not over. */
export async function findLivingLots(tx: Tx, memberId: string): Promise<string[]> {
  const rows = await tx.prepared<{ id: string }>(
    'points.merge.lots',
    `select id from lot where member_id = $1 and group_id = $2 and issued > revoked`,
    [memberId, tx.groupId],
  );
  return rows.map(({ id }) => id);
}
