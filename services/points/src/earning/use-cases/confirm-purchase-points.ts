// A sale's points have waited for a word (the goods arrived, the days for a return are over): now they can be spent.
import { err, ok, type Result } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { confirmPending } from '../../ledger/domain/confirm';
import { publishLedgers } from '../../ledger/events/points-events';
import { lockAccounts, openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findSales, findSalesById, saveSales } from '../storage/sale.repository';

export interface ConfirmCommand {
  key: string;
  actor: string;
  purchaseId: string;
}

export interface Confirmed {
  memberId: string;
  /** How many points were waiting; none when they were confirmed before, or never had to wait. */
  points: bigint;
}

export function confirmPurchasePoints(
  tx: Tx,
  { key, actor, purchaseId }: ConfirmCommand,
): Promise<Result<Confirmed, { code: 'NOT_FOUND' } | IdempotencyRefusal>> {
  return idempotent(tx, { key, operation: 'confirmPurchasePoints', actor, input: { purchaseId } }, async () => {
    const memberId = (await findSalesById(tx, [purchaseId])).get(purchaseId)?.memberId;
    if (memberId === undefined) return err({ code: 'NOT_FOUND' as const });
    await lockAccounts(tx, [memberId]);
    const sale = (await findSales(tx, [memberId], [purchaseId])).get(purchaseId);
    const ledger = (await openLedgers(tx, [memberId], { lock: false, spending: [memberId] })).get(memberId);
    if (!sale || !ledger) throw new Error('a sale and its account are there');
    if (sale.confirmedAt === null) {
      // What a late tier change adds to the sale later need not wait again.
      sale.confirmedAt = tx.now;
      sale.mark = 'CHANGED';
    }
    const points = confirmPending(ledger, { kind: 'PURCHASE', id: purchaseId });
    await saveSales(tx, [sale]);
    await saveLedgers(tx, [ledger]);
    await publishLedgers(tx, [ledger]);
    return ok({ memberId, points });
  });
}
