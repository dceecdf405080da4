// A refund that was given at a till: applied to its sale, or kept until the sale is known.
import { createHash } from 'node:crypto';
import type { Place } from '@atrium/contracts';
import { err, naturalId, ok, type Result } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { checkRefund, type StatedRefundLine } from '../domain/refund';
import { checkInstant, checkText, type Invalid, type StatedMoney } from '../domain/sale';
import { findPurchases, lockPurchase, type PurchaseRow, type Reach } from '../storage/purchase.repository';
import {
  claimRefundRequest,
  closeRefundRequest,
  findRefund,
  forgetRefundRequest,
  type RefundRow,
} from '../storage/refund.repository';
import { type ApplyRefusal, applyRefund, closeRequest, within } from './apply-refund';

export type { RefundRow };

export interface RefundCommand {
  sourceSystem: string;
  externalId: string;
  purchaseExternalId: string;
  occurredAt: Date;
  lines: StatedRefundLine[] | null;
  /** Kept from the cash for points that were spent already. */
  pointsDeduction: StatedMoney | null;
  /** Where the caller may give back; null = anywhere in the group. */
  reach: Reach;
}

export type RefundAnswer =
  { state: 'APPLIED'; purchase: PurchaseRow; refund: RefundRow; duplicate: boolean } | { state: 'PARKED'; until: Date };

export type RefundPurchaseRefusal =
  ApplyRefusal | { code: 'CONFLICT'; purchase: PurchaseRow } | ({ code: 'INVALID' } & Invalid);

/** How long a refund waits for its sale. */
const PARK_MS = 7 * 86_400_000;

export async function refundPurchase(
  tx: Tx,
  here: Place,
  command: RefundCommand,
): Promise<Result<RefundAnswer, RefundPurchaseRefusal>> {
  const wrong = check(command, tx.now);
  if (wrong) return err({ code: 'INVALID', ...wrong });
  const groupId = tx.groupId ?? '';
  const purchaseId = naturalId('purchase', groupId, command.sourceSystem, command.purchaseExternalId);
  const contentHash = contentOf(command);
  const until = new Date(tx.now.getTime() + PARK_MS);
  const { request, fresh } = await claimRefundRequest(tx, {
    id: naturalId('refund', groupId, command.sourceSystem, command.externalId),
    purchaseId,
    externalId: command.externalId,
    contentHash,
    occurredAt: command.occurredAt,
    lines: command.lines,
    pointsDeduction: command.pointsDeduction,
    reach: command.reach,
    until,
    sourceSystem: command.sourceSystem,
    purchaseExternalId: command.purchaseExternalId,
  });
  if (!request.contentHash.equals(contentHash)) {
    const other = (await findPurchases(tx, [request.purchaseId])).get(request.purchaseId);
    return other && within(command.reach, other)
      ? err({ code: 'CONFLICT', purchase: other })
      : err({ code: 'INVALID', path: ['externalId'], reason: 'NUMBER_USED' });
  }
  // A person has said that it is none.
  if (request.state === 'DISMISSED') return err({ code: 'INVALID', path: ['externalId'], reason: 'REFUND_DISMISSED' });
  // A person may have found it another sale.
  const saleId = request.state === 'APPLIED' ? request.purchaseId : purchaseId;
  const purchase = await lockPurchase(tx, saleId);
  if (!purchase) {
    if (!fresh && request.state !== 'PARKED') await closeRefundRequest(tx, request.id, 'PARKED', null, until);
    return ok({ state: 'PARKED', until: request.state === 'PARKED' ? request.until : until });
  }
  if (!within(command.reach, purchase)) {
    if (fresh) await forgetRefundRequest(tx, request.id);
    return err({ code: 'OUT_OF_REACH' });
  }
  if (request.state === 'APPLIED') {
    const refund = await findRefund(tx, saleId, request.id);
    if (!refund) throw new Error(`refund ${request.id} was applied and is gone`);
    return ok({ state: 'APPLIED', purchase, refund, duplicate: true });
  }
  const applied = await applyRefund(tx, here, { ...request, reach: command.reach }, purchase);
  if (applied.ok) return ok({ state: 'APPLIED', ...applied.value, duplicate: false });
  // A refusal leaves no trace of a new request; one that had been accepted before goes to the exceptions.
  if (fresh) await forgetRefundRequest(tx, request.id);
  else await closeRequest(tx, here, request, 'REFUSED', applied.error.code);
  return applied;
}

function check(command: RefundCommand, now: Date): Invalid | null {
  for (const field of ['sourceSystem', 'externalId', 'purchaseExternalId'] as const) {
    const reason = checkText(command[field]);
    if (reason) return { path: [field], reason };
  }
  const when = checkInstant(command.occurredAt, now);
  return when ? { path: ['occurredAt'], reason: when } : checkRefund(command.lines, command.pointsDeduction);
}

function contentOf({ purchaseExternalId, occurredAt, lines, pointsDeduction: kept }: RefundCommand): Buffer {
  const sorted = lines && [...lines].sort((a, b) => a.lineNo - b.lineNo);
  const content = [
    purchaseExternalId,
    occurredAt.toISOString(),
    sorted?.map(({ lineNo, amount }) => [lineNo, amount.amount, amount.currency]) ?? null,
    // Only where there is one: what was stated before there were deductions keeps its hash.
    ...(kept ? [[kept.amount, kept.currency]] : []),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest();
}
