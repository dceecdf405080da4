// Refunds arrive: points that had paid come back, points that were earned are taken back, both to the exact target.
import type { Tx } from '@atrium/platform';
import { returnPoints } from '../../spending/domain/burn';
import { lapsedUntil } from '../../spending/domain/return-to-lots';
import { daysAfter } from '../../ledger/domain/expiry';
import { programmeAt } from '../../programme/domain/rules';
import { DEFAULT_PROGRAMME } from '../../programme/domain/terms';
import { applyRefund, postSale, type RefundState } from '../domain/sale';
import { publishLedgers } from '../../ledger/events/points-events';
import { lockAccounts, openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findRules } from '../../programme/storage/rule.repository';
import { findSales, saveSales } from '../storage/sale.repository';

export interface RecordedRefund extends RefundState {
  refundId: string;
  purchaseId: string;
  memberId: string;
  occurredAt: Date;
  pointsReturnedCumulative: bigint;
}

/** Gives the ids of refunds whose sale has not been applied yet; when there is one, nothing was written. */
export async function refundPoints(tx: Tx, refunds: readonly RecordedRefund[]): Promise<{ missing: string[] }> {
  if (refunds.length === 0) return { missing: [] };
  const memberIds = refunds.map(({ memberId }) => memberId);
  await lockAccounts(tx, memberIds);
  const sales = await findSales(
    tx,
    memberIds,
    refunds.map(({ purchaseId }) => purchaseId),
  );
  const missing = refunds.filter(({ purchaseId }) => !sales.has(purchaseId)).map(({ purchaseId }) => purchaseId);
  if (missing.length > 0) return { missing };
  const programme = programmeAt(await findRules(tx), tx.now);
  const graceUntil = daysAfter(tx.now, programme?.terms.lateCreditDays ?? 0);
  const ledgers = await openLedgers(tx, memberIds, {
    lock: false,
    spending: memberIds,
    lots: [...sales.values()].flatMap(({ burn }) => burn?.lots.map(({ lotId }) => lotId) ?? []),
  });
  for (const refund of refunds) {
    const [ledger, sale] = [ledgers.get(refund.memberId), sales.get(refund.purchaseId)];
    if (!ledger || !sale) continue;
    applyRefund(sale, refund);
    returnPoints(ledger, sale, {
      refundId: refund.refundId,
      pointsCumulative: refund.pointsReturnedCumulative,
      valueCumulativeMinor: sale.lines.reduce((sum, line) => sum + line.pointsValueRefundedMinor, 0n),
      occurredAt: refund.occurredAt,
      lapsedUntil: lapsedUntil(programme?.terms ?? DEFAULT_PROGRAMME, tx.now, sale.zone),
      graceUntil,
    });
    postSale(ledger, sale, {
      cause: 'REVERSED',
      refundId: refund.refundId,
      changedAt: refund.occurredAt,
      life: { availableAt: tx.now, expiresAt: graceUntil, moving: null },
    });
  }
  await saveSales(tx, [...sales.values()]);
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  return { missing: [] };
}
