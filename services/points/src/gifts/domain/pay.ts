// Points for gifts: set aside while the cash part is awaited, then spent from the very lots that were set aside.
import type { Step } from '../../ledger/domain/explanation';
import type { Ledger } from '../../ledger/domain/ledger';
import { takeHeld } from '../../spending/domain/holds';
import { recordRedemption, type Redemption, type RedeemRequest } from '../../spending/domain/redemption';
import type { Order } from './order';

/** What the ledger says about an order's points. The redemption has the order's id. */
export function requestFor(order: Order, occurredAt: Date): RedeemRequest {
  const explanation: Step[] = [
    { code: 'GIFT', value: order.quantity.toString(), args: { gift: order.giftCode, price: order.priceId } },
  ];
  const { id, points: amount, storeId } = order;
  return {
    id,
    amount,
    source: { kind: 'GIFT', id },
    mallId: order.path[1] ?? null,
    merchantId: order.path[2] ?? null,
    storeId,
    occurredAt,
    explanation,
  };
}

/** The cash came: what was held for the order is spent. Null when nothing is held for it any more. */
export function spendHeld(ledger: Ledger, order: Order): Redemption | null {
  const hold = ledger.holds.get(order.id);
  if (hold?.status !== 'HELD') return null;
  const parts = takeHeld(ledger, hold, hold.points);
  hold.status = 'CAPTURED';
  hold.captured = hold.points;
  hold.redemptionId = order.id;
  if (hold.mark === 'STORED') hold.mark = 'CHANGED';
  return recordRedemption(ledger, requestFor(order, ledger.now), parts);
}
