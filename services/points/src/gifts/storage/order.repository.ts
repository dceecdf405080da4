import type { Page, Tx } from '@atrium/platform';
import { COUNTED, type Order, type OrderStatus } from '../domain/order';
import { insertion, updateRows } from '../../ledger/storage/rows';

const COLUMNS = `member_id as "memberId", id, gift_id as "giftId", gift_version as "giftVersion", gift_code as "giftCode", path,
  price_id as "priceId", quantity, points, cash_minor as "cashMinor", currency, delivery, store_id as "storeId",
  address_ref as "addressRef", status, business_date as "businessDate", placed_at as "placedAt", pay_until as "payUntil",
  payment_ref as "paymentRef", pick_up_hash as "pickUpHash", tracking_ref as "trackingRef",
  fulfilled_at as "fulfilledAt", return_until as "returnUntil", version,
  updated_at as "updatedAt"`;

/** The member's, under the lock of their account. */
export async function findOrder(tx: Tx, memberId: string, id: string): Promise<Order | null> {
  const [row] = await tx.prepared<Order>(
    'points.gift-order.one',
    `select ${COLUMNS} from gift_order where member_id = $1 and id = $2 and group_id = $3`,
    [memberId, id, tx.groupId],
  );
  return row ?? null;
}

export async function findOwner(tx: Tx, orderId: string): Promise<string | null> {
  const [row] = await tx.prepared<{ memberId: string }>(
    'points.gift-order.owner',
    `select member_id as "memberId" from gift_order_directory where order_id = $1 and group_id = $2`,
    [orderId, tx.groupId],
  );
  return row?.memberId ?? null;
}

export async function insertOrder(tx: Tx, order: Order): Promise<void> {
  const directory = { order_id: order.id, group_id: tx.groupId, member_id: order.memberId };
  await tx.write(
    insertion('gift_order_directory', [directory]),
    insertion('gift_order', [
      {
        member_id: order.memberId,
        id: order.id,
        group_id: tx.groupId,
        site_id: order.path[1] ?? null,
        gift_id: order.giftId,
        gift_version: order.giftVersion,
        gift_code: order.giftCode,
        path: order.path,
        price_id: order.priceId,
        quantity: order.quantity,
        points: order.points,
        cash_minor: order.cashMinor,
        currency: order.currency,
        delivery: order.delivery,
        store_id: order.storeId,
        address_ref: order.addressRef,
        status: order.status,
        business_date: order.businessDate,
        placed_at: order.placedAt,
        pay_until: order.payUntil,
        payment_ref: order.paymentRef,
        tracking_ref: order.trackingRef,
        fulfilled_at: order.fulfilledAt,
        return_until: order.returnUntil,
        version: order.version,
        updated_at: order.updatedAt,
      },
    ]),
  );
}

/** What a verb changed. The code of the pick-up has a statement of its own. */
export async function updateOrder(tx: Tx, order: Order): Promise<void> {
  await updateRows(
    tx,
    'gift_order',
    ['member_id', 'id', 'group_id'],
    ['status', 'payment_ref', 'tracking_ref', 'fulfilled_at', 'return_until', 'version', 'updated_at'],
    [
      {
        member_id: order.memberId,
        id: order.id,
        group_id: tx.groupId,
        status: order.status,
        payment_ref: order.paymentRef,
        tracking_ref: order.trackingRef,
        fulfilled_at: order.fulfilledAt,
        return_until: order.returnUntil,
        version: order.version,
        updated_at: order.updatedAt,
      },
    ],
  );
}

/** The hash of the code that hands the gift over; null once it was used. */
export async function keepPickUpHash(
  tx: Tx,
  order: Pick<Order, 'memberId' | 'id'>,
  hash: Buffer | null,
): Promise<void> {
  await tx.prepared(
    'points.gift-order.code',
    `update gift_order set pick_up_hash = $3, updated_at = $4 where member_id = $1 and id = $2 and group_id = $5`,
    [order.memberId, order.id, hash, tx.now, tx.groupId],
  );
}

/** Pieces of gifts in a member's orders that count, by gift. An unpaid order past its time counts no longer. */
export async function countOrdered(tx: Tx, memberId: string, giftIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.prepared<{ giftId: string; ordered: number }>(
    'points.gift-order.count',
    `select gift_id as "giftId", sum(quantity)::int as ordered from gift_order
     where member_id = $1 and group_id = $2 and gift_id = any($3::uuid[]) and status = any($4::text[])
       and not (status = 'AWAITING_PAYMENT' and pay_until <= $5) group by gift_id`,
    [memberId, tx.groupId, [...new Set(giftIds)], COUNTED, tx.now],
  );
  return new Map(rows.map(({ giftId, ordered }) => [giftId, ordered]));
}

/** Newest first. */
export async function findOrdersOf(tx: Tx, memberId: string, page: Page): Promise<Order[]> {
  return tx.prepared(
    'points.gift-order.of-member',
    `select ${COLUMNS} from gift_order
     where member_id = $1 and group_id = $2 and ($3::timestamptz is null or (placed_at, id) < ($3, $4::uuid))
     order by placed_at desc, id desc limit $5`,
    [memberId, tx.groupId, page.after?.at ?? null, page.after?.id ?? null, page.limit],
  );
}

/** Oldest first: who has waited longest. */
export async function findOrdersAt(
  tx: Tx,
  nodeId: string,
  statuses: readonly OrderStatus[],
  page: Page,
): Promise<Order[]> {
  return tx.prepared(
    'points.gift-order.at-node',
    `select ${COLUMNS} from gift_order
     where group_id = $1 and $2 = any(path) and status = any($3::text[])
       and ($4::timestamptz is null or (placed_at, id) > ($4, $5::uuid))
     order by placed_at, id limit $6`,
    [tx.groupId, nodeId, statuses, page.after?.at ?? null, page.after?.id ?? null, page.limit],
  );
}

/** Of any tenant, soonest first. */
export async function findUnpaid(tx: Tx, limit: number): Promise<{ groupId: string; memberId: string; id: string }[]> {
  return tx.query(
    `select group_id as "groupId", member_id as "memberId", id from gift_order
     where status = 'AWAITING_PAYMENT' and pay_until <= $1 order by pay_until limit $2`,
    [tx.now, limit],
  );
}
