import type { Tx } from '@atrium/platform';
import type { Refund } from '../domain/facts';
import type { RefundedLine, StatedRefundLine } from '../domain/refund';
import type { StatedMoney } from '../domain/sale';
import type { PurchaseRow, PurchaseStatus, Reach } from './purchase.repository';

export type RefundRow = Refund;

export interface RefundRequest {
  id: string;
  purchaseId: string;
  externalId: string;
  contentHash: Buffer;
  occurredAt: Date;
  lines: StatedRefundLine[] | null;
  pointsDeduction: StatedMoney | null;
  /** Where the one who asked may give back; null = anywhere in the group. */
  reach: Reach;
  state: 'PARKED' | 'APPLIED' | 'REFUSED' | 'LAPSED' | 'DISMISSED';
  until: Date;
  /** The numbers at the source, as they were stated; null for requests of long ago. */
  sourceSystem: string | null;
  purchaseExternalId: string | null;
  /** Odd while a person has to look at it; rises when it is set aside and when that is settled. */
  unmatchedVersion: bigint;
}

const REQUEST = `id, purchase_id as "purchaseId", external_id as "externalId", content_hash as "contentHash",
  occurred_at as "occurredAt", lines, points_deduction as "pointsDeduction", reach, state, until, source_system as "sourceSystem",
  purchase_external_id as "purchaseExternalId", unmatched_version as "unmatchedVersion"`;

const REFUND = `id, purchase_id as "purchaseId", refund_no as "refundNo", source_system as "sourceSystem",
  external_id as "externalId", occurred_at as "occurredAt", business_date as "businessDate", cash_minor as "cashMinor",
  points_deduction_minor as "pointsDeductionMinor", points_value_minor as "pointsValueMinor", points`;

/** Claims a refund's number, or answers what claimed it before. Locks it either way. */
export async function claimRefundRequest(
  tx: Tx,
  request: Omit<RefundRequest, 'state' | 'unmatchedVersion'>,
): Promise<{ request: RefundRequest; fresh: boolean }> {
  const added = await tx.prepared(
    'settlement.refund-request.claim',
    `insert into refund_request (id, group_id, purchase_id, external_id, content_hash, occurred_at, lines, reach, state, requested_at, until,
       source_system, purchase_external_id, points_deduction, unmatched_version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'PARKED', $9, $10, $11, $12, $13, 0) on conflict (id) do nothing returning 1`,
    [
      request.id,
      tx.groupId,
      request.purchaseId,
      request.externalId,
      request.contentHash,
      request.occurredAt,
      request.lines ? JSON.stringify(request.lines) : null,
      request.reach,
      tx.now,
      request.until,
      request.sourceSystem,
      request.purchaseExternalId,
      request.pointsDeduction ? JSON.stringify(request.pointsDeduction) : null,
    ],
  );
  const [row] = await tx.prepared<RefundRequest>(
    'settlement.refund-request.lock',
    `select ${REQUEST} from refund_request where id = $1 for update`,
    [request.id],
  );
  if (!row) throw new Error(`refund ${request.id} is not visible to its tenant`);
  return { request: row, fresh: added.length > 0 };
}

export async function lockRefundRequest(tx: Tx, id: string): Promise<RefundRequest | null> {
  const [row] = await tx.prepared<RefundRequest>(
    'settlement.refund-request.lock-own',
    `select ${REQUEST} from refund_request where group_id = $1 and id = $2 for update`,
    [tx.groupId, id],
  );
  return row ?? null;
}

export async function linkRefundRequest(tx: Tx, id: string, purchaseId: string): Promise<void> {
  await tx.prepared(
    'settlement.refund-request.link',
    `update refund_request set purchase_id = $3 where group_id = $1 and id = $2`,
    [tx.groupId, id, purchaseId],
  );
}

/** What became of it where a person had to look, and how often that has changed. */
export async function setUnmatched(
  tx: Tx,
  id: string,
  version: bigint,
  by: { actor: string; note: string } | null,
): Promise<void> {
  await tx.prepared(
    'settlement.refund-request.unmatched',
    `update refund_request set unmatched_version = $3, resolved_by = $4, note = $5 where group_id = $1 and id = $2`,
    [tx.groupId, id, version, by?.actor ?? null, by?.note ?? null],
  );
}

export async function closeRefundRequest(
  tx: Tx,
  id: string,
  state: RefundRequest['state'],
  reason: string | null,
  until: Date | null = null,
): Promise<void> {
  await tx.prepared(
    'settlement.refund-request.close',
    `update refund_request set state = $2, reason = $3, until = coalesce($4, until) where id = $1`,
    [id, state, reason, until],
  );
}

export async function forgetRefundRequest(tx: Tx, id: string): Promise<void> {
  await tx.prepared('settlement.refund-request.forget', `delete from refund_request where id = $1`, [id]);
}

/** Refunds that wait, or have waited too long, for one of these sales; oldest first. */
export async function lockParkedRequests(tx: Tx, purchaseIds: readonly string[]): Promise<RefundRequest[]> {
  return tx.prepared<RefundRequest>(
    'settlement.refund-request.parked',
    `select ${REQUEST} from refund_request where purchase_id = any($1) and state in ('PARKED', 'LAPSED')
     order by occurred_at, id for update`,
    [purchaseIds],
  );
}

export async function findRefund(tx: Tx, purchaseId: string, id: string): Promise<RefundRow | null> {
  const [row] = await tx.prepared<RefundRow>(
    'settlement.refund.find',
    `select ${REFUND} from refund where purchase_id = $1 and id = $2`,
    [purchaseId, id],
  );
  return row ?? null;
}

/** Stores a refund with what it makes of its sale, in any order: what has grown further stays. The sale is locked. */
export async function saveRefund(
  tx: Tx,
  refund: RefundRow,
  lines: readonly RefundedLine[],
  status: PurchaseStatus,
  pointsReturned: bigint,
): Promise<PurchaseRow['status']> {
  await tx.prepared(
    'settlement.refund.insert',
    `insert into refund (purchase_id, id, group_id, refund_no, source_system, external_id, occurred_at, received_at, business_date,
       cash_minor, points_value_minor, points, lines, points_deduction_minor)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      refund.purchaseId,
      refund.id,
      tx.groupId,
      refund.refundNo,
      refund.sourceSystem,
      refund.externalId,
      refund.occurredAt,
      tx.now,
      refund.businessDate,
      refund.cashMinor,
      refund.pointsValueMinor,
      refund.points,
      JSON.stringify(
        lines
          .filter((l) => l.cashMinor > 0n || l.pointsValueMinor > 0n)
          .map((l) => ({ lineNo: l.lineNo, cashMinor: `${l.cashMinor}`, pointsValueMinor: `${l.pointsValueMinor}` })),
      ),
      refund.pointsDeductionMinor,
    ],
  );
  await tx.prepared(
    'settlement.refund.lines',
    `update purchase_line l set cash_refunded_minor = greatest(l.cash_refunded_minor, t.cash),
       points_value_refunded_minor = greatest(l.points_value_refunded_minor, t.points)
     from unnest($2::int[], $3::bigint[], $4::bigint[]) as t(line_no, cash, points)
     where l.purchase_id = $1 and l.line_no = t.line_no`,
    [
      refund.purchaseId,
      lines.map((l) => l.lineNo),
      lines.map((l) => l.cashCumulativeMinor),
      lines.map((l) => l.pointsValueCumulativeMinor),
    ],
  );
  await tx.prepared(
    'settlement.refund.purchase',
    `update purchase set status = case status when 'REFUNDED' then status else $2 end, refund_no = greatest(refund_no, $3),
       points_returned = greatest(points_returned, $4), cash_refunded_minor = cash_refunded_minor + $5,
       points_value_refunded_minor = points_value_refunded_minor + $6, points_deduction_minor = points_deduction_minor + $7
     where id = $1`,
    [
      refund.purchaseId,
      status,
      refund.refundNo,
      pointsReturned,
      refund.cashMinor,
      refund.pointsValueMinor,
      refund.pointsDeductionMinor,
    ],
  );
  return status;
}

/** Parked refunds whose sale is there, and those that waited too long. */
export async function findRipeRequests(tx: Tx, limit: number): Promise<(RefundRequest & { groupId: string })[]> {
  return tx.query<RefundRequest & { groupId: string }>(
    `select ${REQUEST}, group_id as "groupId" from refund_request r
     where (state = 'PARKED' and until <= $1)
       or (state in ('PARKED', 'LAPSED') and exists (select 1 from purchase p where p.id = r.purchase_id))
     order by id limit $2`,
    [tx.now, limit],
  );
}
