// Gives back a part or the whole of a sale that is known and locked; also for refunds that came before their sale.
import type { Place } from '@atrium/contracts';
import { businessDate, err, ok, type Result } from '@atrium/kernel';
import { recordsFor, findOrgNodes, publish, type Tx } from '@atrium/platform';
import { splitTenderFor } from '../domain/programme';
import { type RefundRefusal, type RefundSplit, splitRefund } from '../domain/refund';
import { purchaseRefunded, refundUnmatched, unmatchedRefundClosed } from '../events/settlement-events';
import { findContracts } from '../storage/contract.repository';
import { findProgrammes } from '../storage/programme.repository';
import { findPurchaseLines, lockPurchase, type PurchaseRow, type Reach } from '../storage/purchase.repository';
import {
  closeRefundRequest,
  lockParkedRequests,
  type RefundRequest,
  type RefundRow,
  saveRefund,
  setUnmatched,
} from '../storage/refund.repository';
import { postObligations } from './post-obligations';
import { tierDiscountChange } from './post-tier-discount';

export type ApplyRefusal = RefundRefusal | { code: 'OUT_OF_REACH' };

/** Whether a sale lies within what somebody may work on. */
export const within = (reach: Reach, purchase: PurchaseRow): boolean =>
  reach === null || [purchase.siteId, purchase.merchantId, purchase.storeId].some((id) => reach.includes(id));

/** Who settled what a person had to look at. */
export interface Resolution {
  actor: string;
  note: string;
}

const isUnmatched = ({ unmatchedVersion }: RefundRequest): boolean => unmatchedVersion % 2n === 1n;

/** Ends a request, or sets it aside for a person; says so where somebody has to know. */
export async function closeRequest(
  tx: Tx,
  here: Place,
  request: RefundRequest,
  state: 'APPLIED' | 'REFUSED' | 'LAPSED' | 'DISMISSED',
  reason: string | null,
  by: Resolution | null = null,
): Promise<void> {
  await closeRefundRequest(tx, request.id, state, reason);
  const aside = state === 'REFUSED' || state === 'LAPSED';
  if (aside === isUnmatched(request)) return;
  const version = request.unmatchedVersion + 1n;
  await setUnmatched(tx, request.id, version, by);
  const site = request.reach?.length === 1 ? (request.reach[0] ?? null) : null;
  const fact = aside
    ? refundUnmatched(request, reason ?? state, version, site, here.site)
    : unmatchedRefundClosed(request, state, by?.actor ?? '', version, tx.now, here.site);
  await publish(tx, ...fact);
}

/** Applies a refund to its sale and closes the request. A refusal has written nothing. */
export async function applyRefund(
  tx: Tx,
  here: Place,
  request: RefundRequest,
  purchase: PurchaseRow,
  by: Resolution | null = null,
): Promise<Result<{ purchase: PurchaseRow; refund: RefundRow }, ApplyRefusal>> {
  if (!within(request.reach, purchase)) return err({ code: 'OUT_OF_REACH' });
  const site = (await findOrgNodes(tx, [purchase.siteId])).get(purchase.siteId);
  // The refunds of a site's sale are counted at the site, as long as it is one.
  if (purchase.recordedAtSite && !recordsFor(here, site?.code ?? ''))
    return err({ code: 'INVALID', path: ['purchaseExternalId'], reason: 'RECORDED_ELSEWHERE' });
  const lines = await findPurchaseLines(tx, [purchase.id]);
  const splitTender = splitTenderFor(await findProgrammes(tx), purchase);
  const split = splitRefund(
    { ...purchase, refunded: purchase.status === 'REFUNDED', splitTender, lines },
    request.lines,
    request.pointsDeduction,
  );
  if (!split.ok) return split;
  const refund: RefundRow = {
    id: request.id,
    purchaseId: purchase.id,
    refundNo: purchase.refundNo + 1n,
    sourceSystem: purchase.sourceSystem,
    externalId: request.externalId,
    occurredAt: request.occurredAt,
    businessDate: businessDate(request.occurredAt, purchase.timeZone, site?.dayCutMinutes ?? 0),
    cashMinor: split.value.cashMinor,
    pointsDeductionMinor: split.value.deductionMinor,
    pointsValueMinor: split.value.pointsValueMinor,
    points: split.value.pointsReturned,
  };
  const status = split.value.fullyRefunded ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  await saveRefund(tx, refund, split.value.lines, status, split.value.pointsReturnedCumulative);
  await closeRequest(tx, here, { ...request, purchaseId: purchase.id }, 'APPLIED', null, by);
  await publish(tx, ...purchaseRefunded(purchase, refund, split.value, site?.code ?? null));
  await reverseTierDiscount(tx, purchase, lines, split.value, refund.occurredAt);
  return ok({ purchase: afterRefund(purchase, refund, split.value, status), refund });
}

const afterRefund = (
  purchase: PurchaseRow,
  refund: RefundRow,
  split: RefundSplit,
  status: PurchaseRow['status'],
): PurchaseRow => ({
  ...purchase,
  status,
  refundNo: refund.refundNo,
  cashRefundedMinor: purchase.cashRefundedMinor + refund.cashMinor,
  pointsValueRefundedMinor: purchase.pointsValueRefundedMinor + refund.pointsValueMinor,
  pointsReturned: split.pointsReturnedCumulative,
  pointsDeductionMinor: purchase.pointsDeductionMinor + refund.pointsDeductionMinor,
});

export async function reverseTierDiscount(
  tx: Tx,
  purchase: PurchaseRow,
  lines: readonly { lineNo: number; tierDiscountMinor: bigint; paidMinor: bigint; pointsValueMinor: bigint }[],
  split: Pick<RefundSplit, 'lines' | 'fullyRefunded'>,
  occurredAt: Date,
): Promise<void> {
  if (lines.every(({ tierDiscountMinor }) => tierDiscountMinor === 0n)) return;
  const terms = (await findContracts(tx, [purchase.contractId])).get(purchase.contractId);
  if (!terms) throw new Error(`contract ${purchase.contractId} of a sale is gone`);
  const after = new Map(split.lines.map((line) => [line.lineNo, line]));
  const discounts = lines.map((line) => {
    const now = after.get(line.lineNo);
    return { ...line, refundedMinor: (now?.cashCumulativeMinor ?? 0n) + (now?.pointsValueCumulativeMinor ?? 0n) };
  });
  const change = tierDiscountChange(purchase, discounts, terms, split.fullyRefunded, occurredAt);
  if (change) await postObligations(tx, [change]);
}

/** Applies what was waiting for these sales; answers the sales that changed. One that cannot be applied is set aside. */
export async function applyParkedRefunds(tx: Tx, here: Place, purchaseIds: readonly string[]): Promise<Set<string>> {
  const changed = new Set<string>();
  if (purchaseIds.length === 0) return changed;
  for (const request of await lockParkedRequests(tx, purchaseIds)) {
    const purchase = await lockPurchase(tx, request.purchaseId);
    if (!purchase) continue;
    const applied = await applyRefund(tx, here, request, purchase);
    if (applied.ok) changed.add(purchase.id);
    else await closeRequest(tx, here, request, 'REFUSED', applied.error.code);
  }
  return changed;
}
