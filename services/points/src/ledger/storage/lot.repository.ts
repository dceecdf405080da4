import type { Tx } from '@atrium/platform';

/** The lot that an expiry was of; null when the entry is another's, or no expiry. */
export async function findExpiredLot(tx: Tx, memberId: string, entryId: string): Promise<string | null> {
  const [row] = await tx.prepared<{ lot_id: string }>(
    'points.lot.expired',
    `select l.lot_id from entry e join entry_lot l on l.member_id = e.member_id and l.entry_id = e.id
     where e.member_id = $1 and e.id = $2 and e.group_id = $3 and e.kind = 'EXPIRE'`,
    [memberId, entryId, tx.groupId],
  );
  return row?.lot_id ?? null;
}
