// Refunds arrive: points that had paid come back, points that were earned are taken back, both to the exact target.
import type { Tx } from '@atrium/platform';
import { refundSale, type Refund } from '../domain/refund';
import type { Sale } from '../domain/sale';
import type { Rules } from '../../programme/domain/rules';
import type { ProgrammeTerms } from '../../programme/domain/terms';
import { publishLedgers } from '../../ledger/events/points-events';
import { lockAccounts, openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findRules } from '../../programme/storage/rule.repository';
import { findSales, saveSales } from '../storage/sale.repository';

export interface RecordedRefund extends Refund {
  purchaseId: string;
  memberId: string;
}

/** The version that the sale was rated by; it speaks for the sale's refunds too. */
export const termsOf = ({ programmes }: Rules, { inputs }: Sale): ProgrammeTerms | undefined =>
  programmes.find(({ id }) => id === inputs.programmeId)?.terms;

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
  const rules = await findRules(tx);
  const ledgers = await openLedgers(tx, memberIds, {
    lock: false,
    spending: memberIds,
    lots: [...sales.values()].flatMap(({ burn }) => burn?.lots.map(({ lotId }) => lotId) ?? []),
  });
  for (const refund of refunds) {
    const [ledger, sale] = [ledgers.get(refund.memberId), sales.get(refund.purchaseId)];
    if (!ledger || !sale) continue;
    refundSale(ledger, sale, refund, termsOf(rules, sale));
  }
  await saveSales(tx, [...sales.values()]);
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  return { missing: [] };
}
