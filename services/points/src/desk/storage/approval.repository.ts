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

/** Its end. The row is locked by this transaction, and was pending. */
export async function closeApproval(tx: Tx, approval: Approval): Promise<void> {
  const rows = await tx.prepared(
    'points.approval.close',
    `update approval set status = $3, decided_by = $4, decided_at = $5, note = $6, entry_id = $7
     where group_id = $1 and id = $2 and status = 'PENDING' returning 1`,
    [tx.groupId, approval.id, approval.status, approval.decidedBy, approval.decidedAt, approval.note, approval.entryId],
  );
  if (rows.length !== 1) throw new Error(`approval ${approval.id} was decided without the lock`);
}

export interface TenantApproval {
  groupId: string;
  id: string;
}

/** Of any tenant; for a system transaction. */
export const findLapsedApprovals = (tx: Tx, limit: number): Promise<TenantApproval[]> =>
  tx.prepared(
    'points.approval.lapsed',
    `select group_id as "groupId", id from approval where status = 'PENDING' and expires_at <= $1
     order by expires_at limit $2`,
    [tx.now, limit],
  );

/** Those that somebody decides right now are left to them. */
export async function lockLapsedApprovals(tx: Tx, ids: readonly string[]): Promise<Approval[]> {
  const rows = await tx.prepared<StoredApproval>(
    'points.approval.lock-lapsed',
    `select ${COLUMNS} from approval
     where group_id = $1 and id = any($2::uuid[]) and status = 'PENDING' and expires_at <= $3
     order by id for update skip locked`,
    [tx.groupId, ids, tx.now],
  );
  return rows.map((row) => fromRow(row, tx.now));
}
