import { naturalId } from '@atrium/kernel';
import { encodeJson, type Tx } from '@atrium/platform';
import { insertRows } from '../../ledger/storage/rows';
import type { ExceptionKind, NewException } from '../domain/exception';

export const exceptionId = (tx: Tx, kind: ExceptionKind, subjectId: string): string =>
  naturalId('points-exception', tx.groupId ?? '', kind, subjectId);

/** Those that are there already stay as they are. Says how many are new. */
export const insertExceptions = (tx: Tx, exceptions: readonly NewException[]): Promise<number> =>
  insertRows(
    tx,
    'desk_exception',
    exceptions.map((e) => ({
      group_id: tx.groupId,
      id: exceptionId(tx, e.kind, e.subjectId),
      kind: e.kind,
      subject_id: e.subjectId,
      member_id: e.memberId ?? null,
      site_id: e.mallId ?? null,
      purchase_id: e.purchaseId ?? null,
      details: JSON.parse(encodeJson(e.details)) as unknown,
      opened_at: tx.now,
      deadline: e.deadline ?? null,
      status: 'OPEN',
    })),
    'on conflict do nothing',
  );

/** True when it was open. */
export async function closeExceptionRow(
  tx: Tx,
  closing: { kind: ExceptionKind; subjectId: string; outcome: string; by: string; note: string | null },
): Promise<boolean> {
  const rows = await tx.prepared(
    'points.exception.close',
    `update desk_exception set status = 'RESOLVED', outcome = $3, resolved_by = $4, note = $5, resolved_at = $6
     where group_id = $1 and id = $2 and status = 'OPEN' returning 1`,
    [tx.groupId, exceptionId(tx, closing.kind, closing.subjectId), closing.outcome, closing.by, closing.note, tx.now],
  );
  return rows.length > 0;
}
