import { decodeJson, encodeJson, type Page, type Tx } from '@atrium/platform';
import { insertRows } from '../../ledger/storage/rows';
import { type Approval, type ApprovalStatus, statusAt } from '../domain/approval';

export async function insertApproval(tx: Tx, approval: Approval): Promise<void> {
  await insertRows(tx, 'approval', [
    {
      group_id: tx.groupId,
      id: approval.id,
      kind: approval.kind,
      member_id: approval.memberId,
      site_id: approval.mallId,
      amount: approval.amount,
      reason_code: approval.reasonCode,
      reason: approval.reason,
      attachment: approval.attachment,
      payload: JSON.parse(encodeJson(approval.payload)) as unknown,
      requested_by: approval.requestedBy,
      requested_at: approval.requestedAt,
      expires_at: approval.expiresAt,
      status: approval.status,
    },
  ]);
}

type StoredApproval = Omit<Approval, 'payload'> & { payload: string };

const COLUMNS = `id, kind, member_id as "memberId", site_id as "mallId", amount, reason_code as "reasonCode", reason,
  attachment, payload::text, requested_by as "requestedBy", requested_at as "requestedAt", expires_at as "expiresAt",
  status, decided_by as "decidedBy", decided_at as "decidedAt", note, entry_id as "entryId"`;

const fromRow = (row: StoredApproval, now: Date): Approval => ({
  ...row,
  payload: decodeJson(row.payload) as Approval['payload'],
  status: statusAt(row, now),
});

/** `lock`: nobody else decides it before this transaction has ended. */
export async function findApproval(tx: Tx, id: string, options: { lock: boolean }): Promise<Approval | null> {
  const [row] = await tx.prepared<StoredApproval>(
    `points.approval.${options.lock ? 'lock' : 'one'}`,
    `select ${COLUMNS} from approval where group_id = $1 and id = $2${options.lock ? ' for update' : ''}`,
    [tx.groupId, id],
  );
  return row ? fromRow(row, tx.now) : null;
}

/** Newest first; a wish whose time is over counts as EXPIRED, written down or not. */
export async function findApprovals(tx: Tx, status: ApprovalStatus | null, page: Page): Promise<Approval[]> {
  const rows = await tx.prepared<StoredApproval>(
    'points.approval.page',
    `select ${COLUMNS} from approval
     where group_id = $1
       and ($2::text is null or case when status = 'PENDING' and expires_at <= $3 then 'EXPIRED' else status end = $2)
       and ($4::timestamptz is null or (requested_at, id) < ($4, $5::uuid))
     order by requested_at desc, id desc limit $6`,
    [tx.groupId, status, tx.now, page.after?.at ?? null, page.after?.id ?? null, page.limit],
  );
  return rows.map((row) => fromRow(row, tx.now));
}
