// What a sale did to points and growth. Null until this context has applied the sale.
import { findOrgNodes, type Tx } from '@atrium/platform';
import type { Step } from '../../ledger/domain/explanation';
import { findRuleBook } from '../../programme/storage/rule.repository';
import { explainSale } from '../domain/sale';
import { findSalesById } from '../storage/sale.repository';

export interface PurchasePointsView {
  memberId: string;
  /** Where it happened, from the group down to the store. */
  path: string[];
  earned: bigint;
  reversed: bigint;
  redeemed: bigint;
  growth: bigint;
  steps: readonly Step[];
}

export async function purchasePoints(tx: Tx, purchaseIds: readonly string[]): Promise<Map<string, PurchasePointsView>> {
  const sales = await findSalesById(tx, purchaseIds);
  const stores = await findOrgNodes(
    tx,
    [...sales.values()].map(({ storeId }) => storeId),
  );
  const book = await findRuleBook(tx);
  return new Map(
    [...sales].map(([id, sale]) => [
      id,
      {
        memberId: sale.memberId,
        path: stores.get(sale.storeId)?.path ?? [tx.groupId ?? '', sale.mallId, sale.merchantId, sale.storeId],
        earned: sale.earned,
        reversed: sale.reversed,
        redeemed: sale.burn ? sale.burn.points - sale.burn.returned : 0n,
        growth: sale.growthEarned - sale.growthReversed,
        steps: explainSale(book, sale),
      },
    ]),
  );
}
