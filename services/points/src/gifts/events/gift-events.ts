import {
  GiftFulfilledSchema,
  GiftOrderAdvancedSchema,
  GiftOrderCancelledSchema,
  GiftOrderedSchema,
  GiftRecordedSchema,
  GiftReturnedSchema,
  GiftStockChangedSchema,
} from '@atrium/contracts';
import { event, type Fact, findOrgNode, publish, type Tx } from '@atrium/platform';
import type { Gift } from '../domain/gift';
import type { Order } from '../domain/order';

export const publishGift = (tx: Tx, gift: Gift): Promise<void> =>
  publish(
    tx,
    event(GiftRecordedSchema, {
      giftId: gift.id,
      code: gift.code,
      nodeId: gift.nodeId,
      kind: gift.kind,
      status: gift.status,
      version: gift.version,
    }),
    { aggregateId: gift.id, ownerId: gift.id, siteId: gift.path[1] ?? null, version: gift.version, occurredAt: tx.now },
  );

export const publishStock = (tx: Tx, gift: Gift, delta: bigint, stockLeft: bigint): Promise<void> =>
  publish(tx, event(GiftStockChangedSchema, { giftId: gift.id, delta, stockLeft, occurredAt: tx.now.toISOString() }), {
    aggregateId: gift.id,
    ownerId: gift.id,
    siteId: gift.path[1] ?? null,
    occurredAt: tx.now,
  });

/** States what became of an order, by the state it is in now. */
export async function publishOrder(
  tx: Tx,
  order: Order,
  cause: 'MEMBER' | 'STAFF' | 'EXPIRED' | null = null,
): Promise<void> {
  const siteId = order.path[1] ?? null;
  const mall = siteId === null ? null : await findOrgNode(tx, siteId);
  await publish(tx, toMessage(order, cause, tx.now), {
    aggregateId: order.id,
    ownerId: order.memberId,
    siteId,
    site: mall?.code ?? null,
    version: order.version,
    occurredAt: tx.now,
  });
}

function toMessage(order: Order, cause: string | null, now: Date): Fact {
  const occurredAt = now.toISOString();
  const { id: orderId, memberId, giftId, status } = order;
  const common = {
    orderId,
    memberId,
    giftId,
    giftVersion: order.giftVersion,
    mallId: order.path[1] ?? '',
    merchantId: order.path[2] ?? '',
    quantity: BigInt(order.quantity),
    points: order.points,
    cashMinor: order.cashMinor,
    currency: order.currency ?? '',
    occurredAt,
  };
  const paid = {
    cashPaidMinor: order.paymentRef === null ? 0n : order.cashMinor,
    paymentRef: order.paymentRef ?? '',
  };
  if (order.version === 1n) return event(GiftOrderedSchema, { ...common, delivery: order.delivery, status });
  switch (status) {
    case 'FULFILLED':
      return event(GiftFulfilledSchema, common);
    case 'CANCELLED':
    case 'EXPIRED':
      return event(GiftOrderCancelledSchema, { ...common, ...paid, cause: cause ?? '' });
    case 'RETURNED':
      return event(GiftReturnedSchema, { ...common, ...paid });
    default:
      return event(GiftOrderAdvancedSchema, { orderId, memberId, giftId, status, occurredAt });
  }
}
