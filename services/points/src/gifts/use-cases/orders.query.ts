// Orders of the points mall, as their member or the desk reads them.
import { isUuid } from '@atrium/kernel';
import { findOrgNode, type Page, type Tx } from '@atrium/platform';
import { type Order, type OrderStatus, statusAt } from '../domain/order';
import { findOrder, findOrdersAt, findOrdersOf, findOwner } from '../storage/order.repository';

export type { Order, OrderStatus };

/** An unpaid order past its time reads as what it is, job or no job. */
const asItIs = (order: Order, now: Date): Order => ({ ...order, status: statusAt(order, now) });

export async function giftOrder(tx: Tx, id: string): Promise<Order | null> {
  if (!isUuid(id)) return null;
  const owner = await findOwner(tx, id);
  const order = owner === null ? null : await findOrder(tx, owner, id);
  return order && asItIs(order, tx.now);
}

export const giftOrdersOf = async (tx: Tx, memberId: string, page: Page): Promise<Order[]> =>
  (await findOrdersOf(tx, memberId, page)).map((order) => asItIs(order, tx.now));

export const giftOrdersAt = async (
  tx: Tx,
  nodeId: string,
  statuses: readonly OrderStatus[],
  page: Page,
): Promise<Order[]> => (await findOrdersAt(tx, nodeId, statuses, page)).map((order) => asItIs(order, tx.now));

/** Ids from the group down to a node; null when there is none. */
export const nodePath = async (tx: Tx, nodeId: string): Promise<readonly string[] | null> =>
  isUuid(nodeId) ? ((await findOrgNode(tx, nodeId))?.path ?? null) : null;
