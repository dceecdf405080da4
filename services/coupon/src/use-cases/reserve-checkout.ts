// Reserve: all or nothing over two contexts. The one verb of two transactions, because nobody waits inside of one:
// write down and lock coupons; ask points to hold; set aside, or give everything back. A crash in between is swept.
import { createHash } from 'node:crypto';
import { err, ok, parseMoney, type Result, uuidv7 } from '@atrium/kernel';
import { type Caller, type Database, encodeJson, requireTenant, type Tx, UnavailableError } from '@atrium/platform';
import { finishQuote, type PricedBasket, reservedUntil } from '../domain/basket';
import type { Quote, Checkout } from '../domain/checkout';
import type { PointsDoor } from '../events/points-requests';
import { type Basket, type BasketRefusal, priceBasket } from './price-basket';
import {
  type BeginRefusal,
  beginReservation,
  confirmReservation,
  earlierReservation,
  failReservation,
} from './reservation';

export interface ReserveCheckout {
  key: string;
  basket: Basket;
  expectedToPay: { amount: string; currency: string };
}

export type ReserveRefusal =
  | BasketRefusal
  | BeginRefusal
  | { code: 'QUOTE_CHANGED'; quote: Quote; memberId: string }
  | { code: 'INSUFFICIENT_POINTS'; available: bigint; requested: bigint };

export interface CheckoutDoors {
  db: Database;
  points: PointsDoor;
}

export interface Quoted {
  basket: PricedBasket;
  quote: Quote;
}

/** Prices a basket with the points that would pay a part of it. Changes nothing. */
export async function quoteCheckout(
  { db, points }: CheckoutDoors,
  caller: Caller,
  basket: Basket,
): Promise<Result<Quoted, BasketRefusal>> {
  const groupId = requireTenant(caller);
  const priced = await db.inTransaction(groupId, (tx) => priceBasket(tx, caller, basket));
  if (!priced.ok) return priced;
  const part = await points.quote(groupId, priced.value);
  if (part.quotedUnknown) {
    return err({ code: 'INVALID_INPUT', problem: { path: ['pointsRuleVersionId'], reason: 'is no id of a quote' } });
  }
  return ok({ basket: priced.value, quote: finishQuote(priced.value, part, db.clock.now()) });
}

export async function reserveCheckout(
  doors: CheckoutDoors,
  caller: Caller,
  command: ReserveCheckout,
): Promise<Result<Checkout, ReserveRefusal>> {
  const groupId = requireTenant(caller);
  const inTransaction = <T>(work: (tx: Tx) => Promise<T>) => doors.db.inTransaction(groupId, work);
  const { key: text, ...input } = command;
  const inputHash = createHash('sha256').update(encodeJson(input)).digest();
  const key = { actor: caller.id, key: text, inputHash };
  const earlier = await inTransaction((tx) => earlierReservation(tx, key));
  if (earlier) return earlier;

  const quoted = await quoteCheckout(doors, caller, command.basket);
  if (!quoted.ok) return quoted;
  const { basket, quote } = quoted.value;
  const expected = parseMoney(command.expectedToPay.amount, command.expectedToPay.currency);
  if (!expected.ok || expected.value.currency !== quote.currency) {
    const reason = `must be an amount of ${quote.currency}`;
    return err({ code: 'INVALID_INPUT', problem: { path: ['expectedToPay'], reason } });
  }
  const changed = (now: Quote) => err({ code: 'QUOTE_CHANGED' as const, quote: now, memberId: basket.memberId });
  if (expected.value.amountMinor !== quote.toPayMinor) return changed(quote);

  const { place, memberId } = basket;
  const begun = await inTransaction((tx) =>
    beginReservation(
      tx,
      {
        id: uuidv7(tx.now),
        memberId,
        place,
        quote,
        reservedUntil: reservedUntil(basket.holdMinutes, tx.now),
        actor: key.actor,
        key: key.key,
      },
      key,
    ),
  );
  if (!begun.ok) return begun;
  const { checkout, started } = begun.value;
  if (!started || checkout.status === 'RESERVED') return ok(checkout);

  const giveUp = (holdUnknown: boolean) =>
    inTransaction((tx) => failReservation(tx, checkout.id, place.mallCode, { holdUnknown }));
  let outcome: Awaited<ReturnType<PointsDoor['hold']>>['outcome'];
  try {
    ({ outcome } = await doors.points.hold(groupId, basket, checkout.id, quote, checkout.reservedUntil));
  } catch (error) {
    await giveUp(true);
    throw error;
  }
  if (outcome.case === 'held' && outcome.value.points === quote.pointsUsed) {
    const heldUntil = new Date(outcome.value.expiresAt);
    const reserved = await inTransaction((tx) => confirmReservation(tx, checkout, heldUntil, place.mallCode));
    if (reserved) return ok(reserved);
    // Swept while points were slow: its release is on the way to points.
    throw new UnavailableError('points');
  }
  await giveUp(outcome.case !== 'refused');
  if (outcome.case !== 'refused') throw new UnavailableError('points');
  if (outcome.value.code === 'INSUFFICIENT') {
    const { available, requested } = outcome.value;
    return err({ code: 'INSUFFICIENT_POINTS', available, requested });
  }
  const again = await quoteCheckout(doors, caller, command.basket);
  return again.ok ? changed(again.value.quote) : again;
}
