// An order under the lock of its member's account: every verb on it begins here and ends with `saveOrder`.
import { isUuid } from '@atrium/kernel';
import { findOrgNode, type Tx } from '@atrium/platform';
import type { Ledger } from '../../ledger/domain/ledger';
import { publishLedgers } from '../../ledger/events/points-events';
import { lockAccounts, openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { programmeAt } from '../../programme/domain/rules';
import { findRules } from '../../programme/storage/rule.repository';
import { DEFAULT_PROGRAMME } from '../../programme/domain/terms';
import { releaseHold } from '../../spending/domain/holds';
import { type Redemption, reverseRedemption } from '../../spending/domain/redemption';
import { lapsedUntil } from '../../spending/domain/return-to-lots';
import { findRedemptions, saveRedemptions } from '../../spending/storage/redemption.repository';
import type { Order } from '../domain/order';
import { publishOrder } from '../events/gift-events';
import { findOrder, findOwner, updateOrder } from '../storage/order.repository';
import { putStockBack } from '../storage/stock.repository';

export interface OpenOrder {
  order: Order;
  ledger: Ledger;
  redemption: Redemption | null;
}

/** By id alone, for staff; with the member, only theirs. */
export async function openOrder(tx: Tx, orderId: string, memberId: string | null): Promise<OpenOrder | null> {
  if (!isUuid(orderId)) return null;
  const id = orderId.toLowerCase();
  const owner = await findOwner(tx, id);
  if (owner === null || (memberId !== null && owner !== memberId)) return null;
  // First the lock: the verbs of one member wait for each other, and each sees what the one before it did.
  await lockAccounts(tx, [owner]);
  const order = await findOrder(tx, owner, id);
  if (!order) throw new Error('the directory names an order that is not there');
  const redemption = (await findRedemptions(tx, [owner], [id])).get(id) ?? null;
  const lots = redemption?.lots.map(({ lotId }) => lotId) ?? [];
  const ledger = (await openLedgers(tx, [owner], { lock: true, spending: [owner], checkouts: [id], lots })).get(owner);
  if (!ledger) throw new Error('an opened ledger is there');
  return { order, ledger, redemption };
}

/** Points that were held or spent go back to where they came from, and the pieces into the stock. */
export async function undo(tx: Tx, { order, ledger, redemption }: OpenOrder): Promise<void> {
  if (redemption) {
    const terms = programmeAt(await findRules(tx), tx.now)?.terms ?? DEFAULT_PROGRAMME;
    const zone = (await findOrgNode(tx, order.path[1] ?? tx.groupId ?? ''))?.timeZone ?? 'UTC';
    const how = { occurredAt: tx.now, lapsedUntil: lapsedUntil(terms, tx.now, zone) };
    const back = reverseRedemption(ledger, redemption, redemption.points - redemption.returned, how);
    if (!back.ok) throw new Error('an order gives back what it took, once');
    await saveRedemptions(tx, [redemption]);
  } else releaseHold(ledger, order.id, order.id);
}

export async function saveOrder(
  tx: Tx,
  { order, ledger }: Pick<OpenOrder, 'order' | 'ledger'>,
  options: { cause?: 'MEMBER' | 'STAFF' | 'EXPIRED'; piecesBack?: boolean } = {},
): Promise<void> {
  await saveLedgers(tx, [ledger]);
  await publishLedgers(tx, [ledger]);
  await updateOrder(tx, order);
  await publishOrder(tx, order, options.cause ?? null);
  // Last, because the orders of all members share this row.
  if (options.piecesBack) await putStockBack(tx, order);
}
