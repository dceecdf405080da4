// The life of an order in the points mall.
import type { Points } from '@atrium/kernel';
import type { GiftDelivery } from './gift';

export const ORDER_STATUSES = [
  'AWAITING_PAYMENT',
  'PLACED',
  'READY',
  'SHIPPED',
  'FULFILLED',
  'CANCELLED',
  'RETURNED',
  'EXPIRED',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export type OrderVerb = 'PAY' | 'EXPIRE' | 'READY' | 'SHIP' | 'FULFIL' | 'CANCEL' | 'WITHDRAW' | 'RETURN';

/** Every transition there is. CANCEL is the member's, WITHDRAW the staff's; EXPIRE is the clock's. */
export const TRANSITIONS: Readonly<Record<OrderVerb, Partial<Record<OrderStatus, OrderStatus>>>> = {
  PAY: { AWAITING_PAYMENT: 'PLACED' },
  EXPIRE: { AWAITING_PAYMENT: 'EXPIRED' },
  READY: { PLACED: 'READY' },
  SHIP: { PLACED: 'SHIPPED' },
  FULFIL: { PLACED: 'FULFILLED', READY: 'FULFILLED', SHIPPED: 'FULFILLED' },
  CANCEL: { AWAITING_PAYMENT: 'CANCELLED', PLACED: 'CANCELLED' },
  WITHDRAW: { AWAITING_PAYMENT: 'CANCELLED', PLACED: 'CANCELLED', READY: 'CANCELLED' },
  RETURN: { FULFILLED: 'RETURNED' },
};

export interface Order {
  readonly memberId: string;
  readonly id: string;
  readonly giftId: string;
  readonly giftVersion: bigint;
  readonly giftCode: string;
  /** Where staff look after it: the store of the pick-up, or the node that provides the gift. */
  readonly path: readonly string[];
  readonly priceId: string;
  readonly quantity: number;
  /** Of the whole order. */
  readonly points: Points;
  readonly cashMinor: bigint;
  readonly currency: string | null;
  readonly delivery: GiftDelivery;
  readonly storeId: string | null;
  readonly addressRef: string | null;
  readonly status: OrderStatus;
  /** Of the day whose part of the stock it took. */
  readonly businessDate: string;
  readonly placedAt: Date;
  readonly payUntil: Date | null;
  readonly paymentRef: string | null;
  readonly pickUpHash: Buffer | null;
  readonly trackingRef: string | null;
  readonly fulfilledAt: Date | null;
  readonly returnUntil: Date | null;
  /** Rises with each change. */
  readonly version: bigint;
  readonly updatedAt: Date;
}

/** An order that nobody paid for in time is over from that instant on, whether the job has written it down or not. */
export const statusAt = (order: Pick<Order, 'status' | 'payUntil'>, now: Date): OrderStatus =>
  order.status === 'AWAITING_PAYMENT' && order.payUntil !== null && order.payUntil <= now ? 'EXPIRED' : order.status;

/** The state after a verb, or null when the order is in none that allows it. */
export function next(
  order: Pick<Order, 'status' | 'payUntil' | 'delivery' | 'returnUntil'>,
  verb: OrderVerb,
  now: Date,
): OrderStatus | null {
  if (verb === 'EXPIRE') return statusAt(order, now) === order.status ? null : 'EXPIRED';
  const from = statusAt(order, now);
  const to = TRANSITIONS[verb][from] ?? null;
  if (to === null) return null;
  // What is picked up is made ready, what is sent is shipped; what is digital is handed over at once.
  if (verb === 'READY' && order.delivery !== 'PICK_UP') return null;
  if (verb === 'SHIP' && order.delivery !== 'SHIP') return null;
  if (verb === 'FULFIL' && order.delivery === 'SHIP' && from !== 'SHIPPED') return null;
  if (verb === 'RETURN' && (order.returnUntil === null || order.returnUntil <= now)) return null;
  return to;
}

/** Whether the pieces count against the member's limit. */
export const COUNTED: readonly OrderStatus[] = ['AWAITING_PAYMENT', 'PLACED', 'READY', 'SHIPPED', 'FULFILLED'];
