// An order that ends without the gift: cancelled by the member or the staff, not paid in time, or taken back.
import { err, ok, type Result } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { next, type OrderStatus, type OrderVerb, statusAt } from '../domain/order';
import { findUnpaid } from '../storage/order.repository';
import { changed, type OrderCommand } from './advance-order';
import { type OpenOrder, openOrder, saveOrder, undo } from './open-order';

export type UndoRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'GIFT_ORDER_STATE'; status: OrderStatus }
  | { code: 'GIFT_RETURN_OVER'; until: Date | null };
type Undone = Result<{ id: string }, UndoRefusal | IdempotencyRefusal>;

/** By the member before it is made ready, by staff before it is handed over. */
export async function cancelGiftOrder(tx: Tx, command: OrderCommand & { memberId: string | null }): Promise<Undone> {
  const { key, actor, orderId, memberId } = command;
  return idempotent<{ id: string }, UndoRefusal>(
    tx,
    { key, operation: 'cancelGiftOrder', actor, input: { orderId } },
    async () => {
      const open = await openOrder(tx, orderId, memberId);
      if (!open) return err({ code: 'NOT_FOUND' });
      const cause = memberId === null ? 'STAFF' : 'MEMBER';
      return end(tx, open, memberId === null ? 'WITHDRAW' : 'CANCEL', cause);
    },
  );
}

/** Staff take a gift back, as long as the gift says. */
export async function returnGift(tx: Tx, command: OrderCommand): Promise<Undone> {
  const { key, actor, orderId } = command;
  return idempotent<{ id: string }, UndoRefusal>(
    tx,
    { key, operation: 'returnGift', actor, input: { orderId } },
    async () => {
      const open = await openOrder(tx, orderId, null);
      if (!open) return err({ code: 'NOT_FOUND' });
      const { status, returnUntil } = open.order;
      const inTime = returnUntil !== null && tx.now < returnUntil;
      if (status === 'FULFILLED' && !inTime) return err({ code: 'GIFT_RETURN_OVER', until: returnUntil });
      return end(tx, open, 'RETURN');
    },
  );
}

async function end(
  tx: Tx,
  open: OpenOrder,
  verb: OrderVerb,
  cause?: 'MEMBER' | 'STAFF' | 'EXPIRED',
): Promise<Result<{ id: string }, UndoRefusal>> {
  const { order, ledger } = open;
  const status = next(order, verb, tx.now);
  if (status === null) return err({ code: 'GIFT_ORDER_STATE', status: statusAt(order, tx.now) });
  await undo(tx, open);
  await saveOrder(tx, { ledger, order: changed(order, status, tx) }, { piecesBack: true, ...(cause ? { cause } : {}) });
  return ok({ id: order.id });
}

export interface UnpaidOrder {
  groupId: string;
  memberId: string;
  id: string;
}

export const unpaidOrders = (tx: Tx, limit: number): Promise<UnpaidOrder[]> => findUnpaid(tx, limit);

/** True when this made an end of it. Twice is once. */
export async function expireOrder(tx: Tx, { memberId, id }: UnpaidOrder): Promise<boolean> {
  const open = await openOrder(tx, id, memberId);
  return open !== null && (await end(tx, open, 'EXPIRE', 'EXPIRED')).ok;
}
