// A refund and its sale can be stated in the same instant, each before it could see the other: the sweep joins them.
import type { Place } from '@atrium/contracts';
import type { Database, Tx } from '@atrium/platform';
import { findPurchases } from '../storage/purchase.repository';
import { findRipeRequests, lockParkedRequests } from '../storage/refund.repository';
import { applyParkedRefunds, closeRequest } from './apply-refund';

export async function sweepParkedRefunds(db: Database, here: Place, limit: number): Promise<number> {
  const ripe = await db.inSystemTransaction((tx) => findRipeRequests(tx, limit));
  for (const { groupId, purchaseId } of ripe) await db.inTransaction(groupId, (tx) => sweep(tx, here, purchaseId));
  return ripe.length;
}

async function sweep(tx: Tx, here: Place, purchaseId: string): Promise<void> {
  if ((await findPurchases(tx, [purchaseId])).has(purchaseId)) {
    await applyParkedRefunds(tx, here, [purchaseId]);
    return;
  }
  // Past its time without a sale: for a person to look at.
  for (const request of await lockParkedRequests(tx, [purchaseId])) {
    if (request.state === 'PARKED' && request.until <= tx.now)
      await closeRequest(tx, here, request, 'LAPSED', 'SALE_UNKNOWN');
  }
}
