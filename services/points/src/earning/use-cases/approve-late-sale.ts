// Somebody agreed that a sale which was reported late earns: by the rules and the tier of its time.
import { err, ok, type Result } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { publishLedgers } from '../../ledger/events/points-events';
import { lockAccounts, openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findRuleBook } from '../../programme/storage/rule.repository';
import { openBudgets } from '../storage/budget.repository';
import { findSales, findSalesById, saveSales } from '../storage/sale.repository';
import { keepLadderStill } from '../storage/tier.repository';
import { budgetedCampaigns, findCompanions, postRated, rateSales } from './rate-sales';

/** NOT_WAITING: it earns already, or never will. */
export type ApproveLateSaleRefusal = { code: 'NOT_FOUND' } | { code: 'NOT_WAITING' };

export async function approveLateSale(
  tx: Tx,
  purchaseId: string,
): Promise<Result<{ earned: bigint }, ApproveLateSaleRefusal>> {
  const owner = (await findSalesById(tx, [purchaseId])).get(purchaseId)?.memberId;
  if (owner === undefined) return err({ code: 'NOT_FOUND' });
  await keepLadderStill(tx, 'SHARED');
  await lockAccounts(tx, [owner]);
  const sale = (await findSales(tx, [owner], [purchaseId])).get(purchaseId);
  if (sale?.inputs.late !== 'NEEDS_APPROVAL') return err({ code: 'NOT_WAITING' });
  sale.inputs = { ...sale.inputs, late: 'APPROVED' };
  const book = await findRuleBook(tx);
  const companions = await findCompanions(tx, book, [sale]);
  const ledgers = await openLedgers(tx, [owner], { lock: false, spending: [owner] });
  const budgets = await openBudgets(tx, book, budgetedCampaigns(book, [sale]));
  const changed = [sale, ...rateSales(book, [sale], companions, budgets.purse)];
  for (const ledger of ledgers.values()) {
    for (const one of changed) {
      const cause = one === sale ? 'EARNED' : 'RERATED';
      postRated(tx, book, ledger, one, { cause, changedAt: tx.now });
    }
  }
  await budgets.save(tx);
  await saveSales(tx, changed);
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  return ok({ earned: sale.earned });
}
