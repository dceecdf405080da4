// Spends points for an order at once, without a hold before.
import { err, ok, type Result } from '@atrium/kernel';
import { priceOrder } from '../domain/order';
import { redeem } from '../domain/redemption';
import { obstacleTo, payersOf, type SpendCommand, spendInput, type SpendOrderRefusal, termsFor } from './hold-orders';
import { forOrders, type OpenOrder, type RedemptionView, toRedemptionView } from './order-commands';
import type { Payers } from './payers';

export const redeemPoints = forOrders<SpendCommand, RedemptionView, SpendOrderRefusal>({
  operation: 'redeemPoints',
  inputOf: spendInput,
  prepare: async (tx, commands, rules) => {
    const payers = await payersOf(tx, commands, rules);
    return (command, order) => spend(command, order, payers);
  },
});

function spend(command: SpendCommand, order: OpenOrder, payers: Payers): Result<RedemptionView, SpendOrderRefusal> {
  const obstacle = obstacleTo(command, order);
  if (obstacle) return err(obstacle);
  const { ledger } = order;
  const { place, kind } = command;
  const terms = termsFor(order.rules, ledger.now, command);
  const priced = priceOrder(terms, payers.payer(ledger, place.mallId), command);
  if (!priced.ok) return priced;
  const { points, valueMinor: minor, currency } = priced.value;
  const made = redeem(ledger, {
    id: order.redemptionId,
    amount: points,
    source: { kind, id: command.order },
    mallId: place.mallId,
    merchantId: place.merchantId,
    storeId: place.storeId,
    value: currency === null ? null : { minor, currency },
    occurredAt: ledger.now,
    explanation: [],
  });
  if (!made.ok) return made;
  if (currency !== null) payers.spent(ledger, place.mallId, points);
  order.keep(made.value);
  return ok(toRedemptionView(made.value));
}
