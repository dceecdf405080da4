import type { Tx } from '@atrium/platform';
import { insertRows } from '../../ledger/storage/rows';

export async function insertApproval(
  tx: Tx,
  approval: { id: string; memberId: string; amount: bigint; reason: string; requestedBy: string },
): Promise<void> {
  await insertRows(tx, 'adjustment_approval', [
    {
      member_id: approval.memberId,
      id: approval.id,
      group_id: tx.groupId,
      amount: approval.amount,
      reason: approval.reason,
      requested_by: approval.requestedBy,
      requested_at: tx.now,
      status: 'PENDING',
    },
  ]);
}
