// An order goes on: paid, made ready, shipped, handed over. The table of transitions says what may follow what.
import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { err, ok, type Result } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { daysAfter } from '../../ledger/domain/expiry';
import { next, type Order, type OrderStatus, type OrderVerb, statusAt } from '../domain/order';
import { spendHeld } from '../domain/pay';
import { saveRedemptions } from '../../spending/storage/redemption.repository';
import { findGift } from '../storage/gift.repository';
import { keepPickUpHash } from '../storage/order.repository';
import { mallDay } from './mall-day';
import { openOrder, saveOrder } from './open-order';

export interface OrderCommand {
  key: string;
  actor: string;
  orderId: string;
}

export type AdvanceRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'GIFT_ORDER_STATE'; status: OrderStatus }
  | { code: 'PICK_UP_CODE_WRONG' }
  | { code: 'INVALID_INPUT'; path: string[]; reason: 'REFERENCE' | 'AMOUNT' };
type Advanced = Result<{ id: string }, AdvanceRefusal | IdempotencyRefusal>;

const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}$/;

/** The part in cash was taken; the points that were held for it are spent. */
export async function confirmGiftPayment(
  tx: Tx,
  command: OrderCommand & { paymentRef: string; amountMinor: bigint; currency: string },
): Promise<Advanced> {
  const { key, actor, orderId, paymentRef, amountMinor, currency } = command;
  const input = { orderId, paymentRef, amountMinor, currency };
  return idempotent<{ id: string }, AdvanceRefusal>(
    tx,
    { key, operation: 'confirmGiftPayment', actor, input },
    async () => {
      if (!REFERENCE.test(paymentRef)) return err({ code: 'INVALID_INPUT', path: ['paymentRef'], reason: 'REFERENCE' });
      const open = await openOrder(tx, orderId, null);
      if (!open) return err({ code: 'NOT_FOUND' });
      const { order, ledger } = open;
      // The same payment told again, by whatever key.
      if (order.paymentRef === paymentRef) return ok({ id: order.id });
      const status = next(order, 'PAY', tx.now);
      const redemption = status === null ? null : spendHeld(ledger, order);
      if (status === null || redemption === null)
        return err({ code: 'GIFT_ORDER_STATE', status: statusAt(order, tx.now) });
      if (amountMinor !== order.cashMinor || currency !== order.currency) {
        return err({ code: 'INVALID_INPUT', path: ['amount'], reason: 'AMOUNT' });
      }
      await saveRedemptions(tx, [redemption]);
      await saveOrder(tx, { ledger, order: { ...changed(order, status, tx), paymentRef } });
      return ok({ id: order.id });
    },
  );
}

export const readyGiftOrder = (tx: Tx, command: OrderCommand): Promise<Advanced> =>
  advance(tx, command, 'READY', 'readyGiftOrder', {}, (order) => ok(order));

export const shipGiftOrder = (tx: Tx, command: OrderCommand & { trackingRef: string }): Promise<Advanced> =>
  advance(tx, command, 'SHIP', 'shipGiftOrder', { trackingRef: command.trackingRef }, (order) =>
    REFERENCE.test(command.trackingRef)
      ? ok({ ...order, trackingRef: command.trackingRef })
      : err({ code: 'INVALID_INPUT', path: ['trackingRef'], reason: 'REFERENCE' }),
  );

/** Hands the gift over. A pick-up needs the code that the member shows; it is good for one time. */
export const fulfilGiftOrder = (tx: Tx, command: OrderCommand & { pickUpCode: string | null }): Promise<Advanced> =>
  advance(tx, command, 'FULFIL', 'fulfilGiftOrder', { pickUpCode: command.pickUpCode }, async (order) => {
    if (order.delivery === 'PICK_UP') {
      if (!isCodeOf(order, command.pickUpCode)) return err({ code: 'PICK_UP_CODE_WRONG' });
      await keepPickUpHash(tx, order, null);
    }
    const days = (await findGift(tx, order.giftId, await mallDay(tx)))?.returnDays ?? 0;
    return ok({ ...order, fulfilledAt: tx.now, returnUntil: days > 0 ? daysAfter(tx.now, days) : null });
  });

async function advance(
  tx: Tx,
  { key, actor, orderId }: OrderCommand,
  verb: OrderVerb,
  operation: string,
  more: object,
  change: (order: Order) => Result<Order, AdvanceRefusal> | Promise<Result<Order, AdvanceRefusal>>,
): Promise<Advanced> {
  return idempotent<{ id: string }, AdvanceRefusal>(
    tx,
    { key, operation, actor, input: { orderId, ...more } },
    async () => {
      const open = await openOrder(tx, orderId, null);
      if (!open) return err({ code: 'NOT_FOUND' });
      const status = next(open.order, verb, tx.now);
      if (status === null) return err({ code: 'GIFT_ORDER_STATE', status: statusAt(open.order, tx.now) });
      const after = await change(changed(open.order, status, tx));
      if (!after.ok) return after;
      await saveOrder(tx, { ledger: open.ledger, order: after.value });
      return ok({ id: orderId });
    },
  );
}

export const changed = (order: Order, status: OrderStatus, tx: Tx): Order => ({
  ...order,
  status,
  version: order.version + 1n,
  updatedAt: tx.now,
});

/** Without letters and digits that look alike; 50 bits. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const CODE_LENGTH = 10;

const hashOf = (orderId: string, code: string): Buffer => createHash('sha256').update(`${orderId}|${code}`).digest();

function isCodeOf({ id, pickUpHash }: Order, code: string | null): boolean {
  if (pickUpHash === null || code === null) return false;
  return timingSafeEqual(pickUpHash, hashOf(id, code.trim().toUpperCase()));
}

/** Makes the code that the member shows at the pick-up; the one shown before ends. The order keeps its hash alone. */
export async function showGiftCode(
  tx: Tx,
  { key, actor, orderId, memberId }: OrderCommand & { memberId: string },
): Promise<Result<{ id: string; code: string }, AdvanceRefusal | IdempotencyRefusal>> {
  return idempotent<{ id: string; code: string }, AdvanceRefusal>(
    tx,
    { key, operation: 'showGiftCode', actor, input: { orderId } },
    async () => {
      const open = await openOrder(tx, orderId, memberId);
      if (!open) return err({ code: 'NOT_FOUND' });
      const { order } = open;
      const waits = order.delivery === 'PICK_UP' && (order.status === 'PLACED' || order.status === 'READY');
      if (!waits) return err({ code: 'GIFT_ORDER_STATE', status: statusAt(order, tx.now) });
      const code = Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
      await keepPickUpHash(tx, order, hashOf(order.id, code));
      return ok({ id: order.id, code });
    },
  );
}
