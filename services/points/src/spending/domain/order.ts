// Points for an order that only its own system knows: a ticket at a till, parking, an online order.
import { err, isCurrencyCode, isInt64, naturalId, ok, type Points, type Result } from '@atrium/kernel';
import type { SpendTerms } from '../../programme/domain/terms';
import { conversionFor, type CutReason, type Payable, type Payer, pointsFor, quoteBasket } from './quote';
import type { SpendRefusal } from './redemption';

export type OrderKind = 'POS' | 'PARKING' | 'ONLINE';

export const isOrderKind = (kind: string): kind is OrderKind => ['POS', 'PARKING', 'ONLINE'].includes(kind);

/** Where it is spent: a store, or the mall itself for parking and online orders. */
export interface SpendingPlace {
  readonly nodeId: string;
  readonly mallId: string;
  readonly merchantId: string | null;
  readonly storeId: string | null;
}

export interface SpendOrder {
  readonly memberId: string;
  readonly kind: OrderKind;
  /** The order's own number at its place. */
  readonly order: string;
  readonly place: SpendingPlace;
  /** One of the two. By value: the fewest points that are worth it. */
  readonly points: Points | null;
  readonly valueMinor: bigint | null;
  /** What is to be paid; null: the points pay no price in money, and no conversion applies. */
  readonly payable: Omit<Payable, 'merchantId'> | null;
  readonly quotedRuleVersionId: string | null;
}

/** The same order always comes to the same id, whoever asks. */
export const orderIdOf = ({ place, kind, order }: Pick<SpendOrder, 'place' | 'kind' | 'order'>): string =>
  naturalId('points-order', place.nodeId, kind, order);

/** An order is paid with points once. */
export const redemptionIdOf = (orderId: string): string => naturalId('points-redemption', orderId);

export type OrderFault =
  | 'ORDER'
  | 'PLACE'
  | 'POINTS_OR_VALUE'
  | 'NOT_POSITIVE'
  | 'LINES'
  | 'CURRENCY'
  | 'NEGATIVE'
  | 'TOO_LARGE'
  | 'VALUE_NEEDS_LINES';

const ORDER_MAX = 64;
const LINES_MAX = 500;

export function orderFault(order: SpendOrder): { path: string; fault: OrderFault } | null {
  const { points, valueMinor, payable } = order;
  if (order.kind === 'POS' && order.place.storeId === null) return { path: 'order', fault: 'PLACE' };
  if (order.order.trim() === '' || order.order.length > ORDER_MAX) return { path: 'order', fault: 'ORDER' };
  if ((points === null) === (valueMinor === null)) return { path: 'points', fault: 'POINTS_OR_VALUE' };
  if (points !== null && points <= 0n) return { path: 'points', fault: 'NOT_POSITIVE' };
  if (valueMinor !== null && valueMinor <= 0n) return { path: 'value', fault: 'NOT_POSITIVE' };
  if (payable === null) return valueMinor === null ? null : { path: 'lines', fault: 'VALUE_NEEDS_LINES' };
  return payableFault(payable);
}

export function payableFault({
  currency,
  lines,
}: Omit<Payable, 'merchantId'>): { path: string; fault: OrderFault } | null {
  if (lines.length === 0 || lines.length > LINES_MAX) return { path: 'lines', fault: 'LINES' };
  if (!isCurrencyCode(currency)) return { path: 'lines', fault: 'CURRENCY' };
  if (lines.some(({ toPayMinor }) => toPayMinor < 0n)) return { path: 'lines', fault: 'NEGATIVE' };
  const sum = lines.reduce((total, { toPayMinor }) => total + toPayMinor, 0n);
  return isInt64(sum) ? null : { path: 'lines', fault: 'TOO_LARGE' };
}

export interface PricedOrder {
  readonly points: Points;
  readonly valueMinor: bigint;
  readonly currency: string | null;
}

/** `allowed`: so many points could pay. */
export type PriceRefusal =
  SpendRefusal | { readonly code: 'NOT_ALLOWED'; readonly reason: Exclude<CutReason, ''>; readonly allowed: Points };

/** An order is paid exactly as asked, or not at all: the till has told the customer. */
export function priceOrder(
  terms: SpendTerms | null,
  payer: Payer,
  order: Pick<SpendOrder, 'points' | 'valueMinor' | 'payable' | 'place'>,
): Result<PricedOrder, PriceRefusal> {
  const { payable } = order;
  const { available } = payer;
  const points = payable ? requestedPoints(terms, payer, order, payable.currency) : order.points;
  if (points === null) return err({ code: 'NOT_ALLOWED', reason: 'NOT_CONVERTIBLE', allowed: 0n });
  if (payer.frozen) return err({ code: 'ACCOUNT_FROZEN', available, requested: points });
  if (payer.debt > 0n) return err({ code: 'IN_DEBT', available, requested: points });
  if (points > available) return err({ code: 'INSUFFICIENT_POINTS', available, requested: points });
  if (!payable) return ok({ points, valueMinor: 0n, currency: null });
  const quote = quoteBasket(terms, payer, { ...payable, merchantId: order.place.merchantId }, points);
  if (quote.points !== points && quote.cutReason !== '') {
    return err({ code: 'NOT_ALLOWED', reason: quote.cutReason, allowed: quote.points });
  }
  return ok({ points, valueMinor: order.valueMinor ?? quote.valueMinor, currency: payable.currency });
}

function requestedPoints(
  terms: SpendTerms | null,
  payer: Payer,
  { points, valueMinor }: Pick<SpendOrder, 'points' | 'valueMinor'>,
  currency: string,
): Points | null {
  if (valueMinor === null) return points;
  const conversion = terms ? conversionFor(terms, currency, payer.tierCode) : undefined;
  return conversion ? pointsFor(valueMinor, conversion) : null;
}

const MINUTE_MS = 60_000;

/** Until when points stay set aside. Online as long as the payment may take, and a little more. */
export function holdEnd(terms: SpendTerms, kind: OrderKind, now: Date, paymentUntil: Date | null): Date {
  const after = (minutes: number, from = now) => new Date(from.getTime() + minutes * MINUTE_MS);
  if (kind === 'POS') return after(terms.holdMinutes);
  if (kind === 'PARKING') return after(terms.parkingHoldMinutes);
  const latest = after(terms.onlinePaymentMinutes);
  return after(
    terms.onlineGraceMinutes,
    paymentUntil && paymentUntil > now && paymentUntil < latest ? paymentUntil : latest,
  );
}
