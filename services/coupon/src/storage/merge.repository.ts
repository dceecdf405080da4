import type { Tx } from '@atrium/platform';

/** Whether one of these members has a basket set aside that may still be paid, or a coupon locked for one. */
export async function hasOpenLocks(tx: Tx, memberIds: readonly string[]): Promise<boolean> {
  const [row] = await tx.prepared<{ open: boolean }>(
    'coupon.merge.open',
    `select exists (select from checkout where member_id = any($1) and group_id = $2
         and (status = 'RESERVING' or status = 'RESERVED' and reserved_until > $3))
       or exists (select from coupon where member_id = any($1) and group_id = $2
         and status = 'LOCKED' and locked_until > $3) as open`,
    [memberIds, tx.groupId, tx.now],
  );
  return row?.open ?? false;
}

/** From now on the two ids are one person's. The rows are locked. */
export async function leadTo(tx: Tx, loserId: string, survivorId: string): Promise<void> {
  await tx.prepared(
    'coupon.merge.lead',
    `update member set merged_into = $2 where id = $1 and group_id = $3 and merged_into is null`,
    [loserId, survivorId, tx.groupId],
  );
}
