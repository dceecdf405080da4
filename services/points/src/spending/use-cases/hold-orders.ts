// Authorises: sets points aside for an order of a till, a car park or a shop.
import { err, ok, type Result } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { type Rules, spendingProgrammeAt } from '../../programme/domain/rules';
import { holdPoints } from '../domain/holds';
import { holdEnd, orderFault, priceOrder, type PriceRefusal, type SpendOrder } from '../domain/order';
import {
  forOrders,
  type HoldView,
  type OpenOrder,
  type OrderCommand,
  type OrderRefusal,
  toHoldView,
} from './order-commands';
import { type Payers, payersFor } from './payers';

export type SpendCommand = OrderCommand & SpendOrder;

export interface HoldOrder extends SpendCommand {
  /** Online: until when the customer may pay; absent: as long as the programme allows. */
  readonly paymentUntil: Date | null;
}

export type SpendOrderRefusal =
  | OrderRefusal
  | PriceRefusal
  /** The order has an open hold. */
  | { code: 'ALREADY_HELD'; hold: HoldView }
  /** The order was paid with points before. */
  | { code: 'ALREADY_REDEEMED'; redemptionId: string };

/** What both ways to spend for an order ask first. */
export function obstacleTo(command: SpendCommand, { hold, redemption, rules }: OpenOrder): SpendOrderRefusal | null {
  const wrong = orderFault(command);
  if (wrong) return { code: 'INVALID_INPUT', path: wrong.path, reason: wrong.fault };
  const quoted = command.quotedRuleVersionId;
  if (quoted !== null && !rules.programmes.some(({ id }) => id === quoted)) return { code: 'NOT_FOUND' };
  if (redemption) return { code: 'ALREADY_REDEEMED', redemptionId: redemption.id };
  return hold?.status === 'HELD' ? { code: 'ALREADY_HELD', hold: toHoldView(hold) } : null;
}

/** The rules that each command is priced under. */
export const termsFor = (rules: Rules, now: Date, { quotedRuleVersionId }: SpendCommand) =>
  spendingProgrammeAt(rules, now, quotedRuleVersionId)?.terms.spending ?? null;

export const payersOf = (tx: Tx, commands: readonly SpendCommand[], rules: Rules): Promise<Payers> =>
  payersFor(
    tx,
    commands.map((command) => ({
      memberId: command.memberId,
      mallId: command.place.mallId,
      terms: termsFor(rules, tx.now, command),
    })),
  );

export const spendInput = ({ points, valueMinor, payable, quotedRuleVersionId }: SpendCommand) => ({
  points,
  valueMinor,
  payable,
  quotedRuleVersionId,
});

export const holdOrders = forOrders<HoldOrder, HoldView, SpendOrderRefusal>({
  operation: 'holdPoints',
  inputOf: (command) => ({ ...spendInput(command), paymentUntil: command.paymentUntil }),
  prepare: async (tx, commands, rules) => {
    const payers = await payersOf(tx, commands, rules);
    return (command, order) => place(command, order, payers);
  },
});

function place(command: HoldOrder, order: OpenOrder, payers: Payers): Result<HoldView, SpendOrderRefusal> {
  const obstacle = obstacleTo(command, order);
  if (obstacle) return err(obstacle);
  const { ledger } = order;
  const { kind, order: orderRef, place: at } = command;
  const terms = termsFor(order.rules, ledger.now, command);
  if (!terms) return err({ code: 'NOT_ALLOWED', reason: 'NOT_CONVERTIBLE', allowed: 0n });
  const priced = priceOrder(terms, payers.payer(ledger, at.mallId), command);
  if (!priced.ok) return priced;
  const { points, valueMinor, currency } = priced.value;
  if (currency !== null) payers.spent(ledger, at.mallId, points);
  const hold = holdPoints(ledger, {
    id: ledger.newId(),
    checkoutId: order.orderId,
    kind,
    orderRef,
    mallId: at.mallId,
    merchantId: at.merchantId,
    storeId: at.storeId,
    points,
    valueMinor,
    currency,
    expiresAt: holdEnd(terms, kind, ledger.now, command.paymentUntil),
  });
  return ok(toHoldView(hold));
}
