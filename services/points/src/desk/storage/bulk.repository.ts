import type { Tx } from '@atrium/platform';
import { insertRows, updateRows } from '../../ledger/storage/rows';
import type { BulkLine, BulkReject, BulkStatus } from '../domain/bulk';

export interface BulkHead {
  id: string;
  status: BulkStatus;
  reasonCode: string;
  mallId: string | null;
  uploadedBy: string;
  uploadedAt: Date;
  startedBy: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  approvalId: string | null;
}

const HEAD = `id, status, reason_code as "reasonCode", site_id as "mallId", uploaded_by as "uploadedBy",
  uploaded_at as "uploadedAt", started_by as "startedBy", started_at as "startedAt", finished_at as "finishedAt",
  approval_id as "approvalId"`;

export async function insertBulk(
  tx: Tx,
  bulk: Pick<BulkHead, 'id' | 'reasonCode' | 'mallId' | 'uploadedBy'>,
): Promise<void> {
  await insertRows(tx, 'bulk_adjustment', [
    {
      group_id: tx.groupId,
      id: bulk.id,
      status: 'DRAFT',
      reason_code: bulk.reasonCode,
      site_id: bulk.mallId,
      uploaded_by: bulk.uploadedBy,
      uploaded_at: tx.now,
    },
  ]);
}

/** `lock` waits; SKIP leaves it to whoever works on it. */
export async function findBulk(tx: Tx, id: string, lock: 'NONE' | 'WAIT' | 'SKIP'): Promise<BulkHead | null> {
  const suffix = { NONE: '', WAIT: ' for update', SKIP: ' for update skip locked' }[lock];
  const [row] = await tx.prepared<BulkHead>(
    `points.bulk.find.${lock}`,
    `select ${HEAD} from bulk_adjustment where group_id = $1 and id = $2${suffix}`,
    [tx.groupId, id],
  );
  return row ?? null;
}

export async function setBulkStatus(
  tx: Tx,
  id: string,
  change: { status: BulkStatus; startedBy?: string; approvalId?: string },
): Promise<void> {
  const finished = ['DONE', 'CANCELLED', 'REJECTED'].includes(change.status);
  await tx.query(
    `update bulk_adjustment set status = $3, started_by = coalesce($4, started_by), approval_id = coalesce($5, approval_id),
       started_at = case when $3 = 'RUNNING' then $6::timestamptz else started_at end,
       finished_at = case when $7 then $6::timestamptz else finished_at end
     where group_id = $1 and id = $2`,
    [tx.groupId, id, change.status, change.startedBy ?? null, change.approvalId ?? null, tx.now, finished],
  );
}

export async function hasLines(tx: Tx, bulkId: string, first: number, last: number): Promise<boolean> {
  const rows = await tx.query(
    `select 1 from bulk_adjustment_line where group_id = $1 and bulk_id = $2 and line between $3 and $4 limit 1`,
    [tx.groupId, bulkId, first, last],
  );
  return rows.length > 0;
}

export const insertBulkLines = (tx: Tx, bulkId: string, lines: readonly BulkLine[]): Promise<number> =>
  insertRows(
    tx,
    'bulk_adjustment_line',
    lines.map((l) => ({
      group_id: tx.groupId,
      bulk_id: bulkId,
      line: l.line,
      member_text: l.memberText,
      amount_text: l.amountText,
      member_id: l.memberId,
      amount: l.amount,
      reason: l.reason,
      reference: l.reference,
      status: l.reject === null ? 'PENDING' : 'REJECTED',
      reject_code: l.reject,
    })),
  );

export interface BulkFigures {
  total: number;
  pending: number;
  done: number;
  rejected: number;
  credits: bigint;
  debits: bigint;
  creditsDone: bigint;
  debitsDone: bigint;
}

export async function findBulkFigures(tx: Tx, bulkId: string): Promise<BulkFigures> {
  const [row] = await tx.prepared<BulkFigures>(
    'points.bulk.figures',
    `select count(*)::int as total, count(*) filter (where status = 'PENDING')::int as pending,
       count(*) filter (where status = 'DONE')::int as done,
       count(*) filter (where status = 'REJECTED')::int as rejected,
       coalesce(sum(amount) filter (where amount > 0 and status <> 'REJECTED'), 0)::bigint as credits,
       coalesce(-sum(amount) filter (where amount < 0 and status <> 'REJECTED'), 0)::bigint as debits,
       coalesce(sum(amount) filter (where amount > 0 and status = 'DONE'), 0)::bigint as "creditsDone",
       coalesce(-sum(amount) filter (where amount < 0 and status = 'DONE'), 0)::bigint as "debitsDone"
     from bulk_adjustment_line where group_id = $1 and bulk_id = $2`,
    [tx.groupId, bulkId],
  );
  if (!row) throw new Error('an aggregate has a row');
  return row;
}

export interface PendingLine {
  line: number;
  memberId: string;
  amount: bigint;
  reason: string;
}

export const findPendingLines = (tx: Tx, bulkId: string, limit: number): Promise<PendingLine[]> =>
  tx.prepared(
    'points.bulk.pending',
    `select line, member_id as "memberId", amount, reason from bulk_adjustment_line
     where group_id = $1 and bulk_id = $2 and status = 'PENDING' order by line limit $3`,
    [tx.groupId, bulkId, limit],
  );

export const saveBulkLines = (
  tx: Tx,
  bulkId: string,
  lines: readonly { line: number; entryId: string | null; reject: BulkReject | null }[],
): Promise<void> =>
  updateRows(
    tx,
    'bulk_adjustment_line',
    ['group_id', 'bulk_id', 'line'],
    ['status', 'reject_code', 'entry_id'],
    lines.map(({ line, entryId, reject }) => ({
      group_id: tx.groupId,
      bulk_id: bulkId,
      line,
      status: reject === null ? 'DONE' : 'REJECTED',
      reject_code: reject,
      entry_id: entryId,
    })),
  );

export interface RejectedLine {
  line: number;
  memberText: string;
  amountText: string;
  reason: string;
  reference: string;
  code: BulkReject;
}

export const findRejectedLines = (tx: Tx, bulkId: string, afterLine: number, limit: number): Promise<RejectedLine[]> =>
  tx.prepared(
    'points.bulk.rejected',
    `select line, member_text as "memberText", amount_text as "amountText", reason, reference, reject_code as code
     from bulk_adjustment_line where group_id = $1 and bulk_id = $2 and status = 'REJECTED' and line > $3
     order by line limit $4`,
    [tx.groupId, bulkId, afterLine, limit],
  );

/** Of any tenant; for a system transaction. */
export const findRunningBulks = (tx: Tx, limit: number): Promise<{ groupId: string; id: string }[]> =>
  tx.prepared(
    'points.bulk.running',
    `select group_id as "groupId", id from bulk_adjustment where status = 'RUNNING' order by started_at limit $1`,
    [limit],
  );
