// A member orders a gift. Points are spent at once, or held until the part in cash is confirmed. The stock, which all
// members share, is taken last: when it is gone, nothing of the order stays.
import { err, isUuid, ok, type Result, uuidv7 } from '@atrium/kernel';
import { findOrgNode, idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { programmeAt } from '../../programme/domain/rules';
import { findRules } from '../../programme/storage/rule.repository';
import { holdPoints } from '../../spending/domain/holds';
import { redeem, refusalToSpend, type SpendRefusal } from '../../spending/domain/redemption';
import { saveRedemptions } from '../../spending/storage/redemption.repository';
import { type Gift, type GiftDelivery, type GiftPrice, type GiftRefusal, priceId, refusalOf } from '../domain/gift';
import type { Order } from '../domain/order';
import { requestFor } from '../domain/pay';
import { publishOrder } from '../events/gift-events';
import { findGift } from '../storage/gift.repository';
import { countOrdered, insertOrder } from '../storage/order.repository';
import { takeStock } from '../storage/stock.repository';
import { tierOf } from './gifts.query';
import { mallDay } from './mall-day';

export interface OrderGift {
  key: string;
  actor: string;
  memberId: string;
  giftId: string;
  priceId: string;
  quantity: number;
  delivery: GiftDelivery;
  storeId: string | null;
  addressRef: string | null;
}

export type OrderRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'INVALID_INPUT'; path: string[]; reason: OrderFault }
  | { code: 'GIFT_NOT_REDEEMABLE'; reason: Exclude<GiftRefusal, 'LIMIT_REACHED'> | 'NO_PROGRAMME' }
  | { code: 'GIFT_LIMIT_REACHED'; limit: number; ordered: number }
  | SpendRefusal;
export type OrderFault = 'QUANTITY' | 'PRICE' | 'DELIVERY' | 'STORE' | 'ADDRESS';

const QUANTITY_MAX = 99;
/** A reference to an address that is kept elsewhere; an address itself does not fit. */
const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$/;

/** Thrown to take back everything the transaction wrote. */
class SoldOut extends Error {
  constructor(readonly reason: 'SOLD_OUT' | 'SOLD_OUT_TODAY') {
    super(reason);
  }
}

/** `run` is the transaction of `orderGift`. */
export async function unlessSoldOut<T>(
  run: Promise<Result<T, OrderRefusal | IdempotencyRefusal>>,
): Promise<typeof run> {
  try {
    return await run;
  } catch (error) {
    if (error instanceof SoldOut) return err({ code: 'GIFT_NOT_REDEEMABLE', reason: error.reason });
    throw error;
  }
}

export async function orderGift(
  tx: Tx,
  command: OrderGift,
): Promise<Result<{ id: string }, OrderRefusal | IdempotencyRefusal>> {
  const { key, actor, ...wish } = command;
  return idempotent<{ id: string }, OrderRefusal>(tx, { key, operation: 'orderGift', actor, input: wish }, async () => {
    const day = await mallDay(tx);
    const gift = isUuid(wish.giftId) ? await findGift(tx, wish.giftId.toLowerCase(), day) : null;
    if (!gift || gift.status === 'DRAFT') return err({ code: 'NOT_FOUND' });
    const placed = await placeOf(tx, gift, wish);
    if (!placed.ok) return placed;
    return place(tx, gift, placed.value, wish, day);
  });
}

interface Place {
  path: readonly string[];
  price: GiftPrice;
}

/** What the wish names must be there: the price, and the place where the gift is handed over. */
async function placeOf(
  tx: Tx,
  gift: Gift,
  wish: Omit<OrderGift, 'key' | 'actor'>,
): Promise<Result<Place, OrderRefusal>> {
  const invalid = (path: string, reason: OrderFault) =>
    err<OrderRefusal>({ code: 'INVALID_INPUT', path: [path], reason });
  const { quantity, delivery, storeId, addressRef } = wish;
  if (!(Number.isInteger(quantity) && quantity >= 1 && quantity <= QUANTITY_MAX))
    return invalid('quantity', 'QUANTITY');
  const price = gift.prices.find((each) => priceId(each) === wish.priceId);
  if (!price) return invalid('price', 'PRICE');
  if (!gift.deliveries.includes(delivery)) return invalid('delivery', 'DELIVERY');
  if ((delivery === 'SHIP') !== (addressRef !== null)) return invalid('addressRef', 'ADDRESS');
  if (addressRef !== null && !REFERENCE.test(addressRef)) return invalid('addressRef', 'ADDRESS');
  if (delivery !== 'PICK_UP') return storeId === null ? ok({ path: gift.path, price }) : invalid('storeId', 'STORE');
  const store = storeId !== null && isUuid(storeId) ? await findOrgNode(tx, storeId) : null;
  if (store?.kind !== 'STORE' || !store.path.includes(gift.nodeId)) return invalid('storeId', 'STORE');
  return ok({ path: store.path, price });
}

async function place(
  tx: Tx,
  gift: Gift,
  { path, price }: Place,
  wish: Omit<OrderGift, 'key' | 'actor'>,
  day: string,
): Promise<Result<{ id: string }, OrderRefusal>> {
  const { memberId, quantity } = wish;
  const programme = programmeAt(await findRules(tx), tx.now);
  if (!programme) return err({ code: 'GIFT_NOT_REDEEMABLE', reason: 'NO_PROGRAMME' });
  const ledger = (await openLedgers(tx, [memberId], { lock: true, spending: [memberId] })).get(memberId);
  if (!ledger) throw new Error('an opened ledger is there');
  const ordered = (await countOrdered(tx, memberId, [gift.id])).get(gift.id) ?? 0;
  const reason = refusalOf(gift, { tier: await tierOf(tx, memberId), ordered }, quantity, tx.now);
  if (reason === 'LIMIT_REACHED') return err({ code: 'GIFT_LIMIT_REACHED', limit: gift.limitPerMember ?? 0, ordered });
  if (reason !== null) return err({ code: 'GIFT_NOT_REDEEMABLE', reason });
  const points = price.points * BigInt(quantity);
  const refusal = refusalToSpend(ledger, points);
  if (refusal) return err(refusal);

  const cashMinor = price.cashMinor * BigInt(quantity);
  const minutes = programme.terms.spending.holdMinutes;
  const order: Order = {
    memberId,
    id: uuidv7(tx.now),
    giftId: gift.id,
    giftVersion: gift.version,
    giftCode: gift.code,
    path,
    priceId: wish.priceId,
    quantity,
    points,
    cashMinor,
    currency: cashMinor > 0n ? price.currency : null,
    delivery: wish.delivery,
    storeId: wish.storeId,
    addressRef: wish.addressRef,
    status: cashMinor > 0n ? 'AWAITING_PAYMENT' : 'PLACED',
    businessDate: day,
    placedAt: tx.now,
    payUntil: cashMinor > 0n ? new Date(tx.now.getTime() + minutes * 60_000) : null,
    paymentRef: null,
    pickUpHash: null,
    trackingRef: null,
    fulfilledAt: null,
    returnUntil: null,
    version: 1n,
    updatedAt: tx.now,
  };
  if (order.payUntil) {
    holdPoints(ledger, {
      // The hold, and later the redemption, have the order's id.
      id: order.id,
      checkoutId: order.id,
      mallId: path[1] ?? null,
      points,
      valueMinor: 0n,
      expiresAt: order.payUntil,
    });
  } else {
    const spent = redeem(ledger, requestFor(order, tx.now));
    if (!spent.ok) return spent;
    await saveRedemptions(tx, [spent.value]);
  }
  await saveLedgers(tx, [ledger]);
  await publishLedgers(tx, [ledger]);
  await insertOrder(tx, order);
  await publishOrder(tx, order);
  const { stockPerDay: perDay, stockLeft } = gift;
  const taken = await takeStock(tx, { giftId: gift.id, day, quantity, limited: stockLeft !== null, perDay });
  if (taken !== 'TAKEN') throw new SoldOut(taken);
  return ok({ id: order.id });
}
