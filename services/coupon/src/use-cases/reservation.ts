// The steps of a reservation, each one transaction.
import { err, ok, type Result } from '@atrium/kernel';
import { publishAll, type Tx } from '@atrium/platform';
import type { Place } from '../domain/basket';
import type { CheckoutStatus, Checkout } from '../domain/checkout';
import { unusableBecause } from '../domain/coupon';
import { checkoutReleased, checkoutReserved } from '../events/coupon-events';
import {
  addCheckout,
  claimKey,
  findByKey,
  findCheckouts,
  freeKeys,
  lockCheckouts,
  moveCheckouts,
  type ReservationKey,
} from '../storage/checkout.repository';
import { lockCoupons, lockForCheckout, unlock } from '../storage/coupon.repository';

export type Reservation = Omit<
  Checkout,
  'status' | 'purchaseId' | 'couponIds' | 'mallId' | 'merchantId' | 'storeId'
> & {
  place: Place;
};

export type BeginRefusal =
  | { code: 'IDEMPOTENCY_CONFLICT' }
  | { code: 'IN_PROGRESS' }
  | { code: 'COUPON_NOT_USABLE'; couponId: string; reason: string };

/** What a key was answered before; null when it is new. */
export async function earlierReservation(
  tx: Tx,
  key: ReservationKey,
): Promise<Result<Checkout, { code: 'IDEMPOTENCY_CONFLICT' } | { code: 'IN_PROGRESS' }> | null> {
  const known = await findByKey(tx, key);
  if (!known) return null;
  if (!known.sameInput) return err({ code: 'IDEMPOTENCY_CONFLICT' });
  const [checkout] = await findCheckouts(tx, [known.checkoutId]);
  // FAILED: it was given up between these two look-ups, and its key is free again.
  const open = !checkout || checkout.status === 'RESERVING' || checkout.status === 'FAILED';
  return open ? err({ code: 'IN_PROGRESS' }) : ok(checkout);
}

/** Writes the checkout and locks its coupons; without points it is reserved at once. `started` is false for a repeat. */
export async function beginReservation(
  tx: Tx,
  reservation: Reservation,
  key: ReservationKey,
): Promise<Result<{ checkout: Checkout; started: boolean }, BeginRefusal>> {
  const { place, ...rest } = reservation;
  const couponIds = reservation.quote.steps.flatMap(({ couponId }) => couponId ?? []);
  const coupons = couponIds.length > 0 ? await lockCoupons(tx, [reservation.memberId], couponIds) : [];
  // After the wait for the coupons: a repeat that came meanwhile gets the first one's answer, not "locked".
  const earlier = await earlierReservation(tx, key);
  if (earlier) return earlier.ok ? ok({ checkout: earlier.value, started: false }) : earlier;
  for (const couponId of couponIds) {
    const coupon = coupons.find(({ id }) => id === couponId);
    const reason = coupon ? unusableBecause(coupon, tx.now) : 'NOT_FOUND';
    if (reason) return err({ code: 'COUPON_NOT_USABLE', couponId, reason });
  }
  if (!(await claimKey(tx, key, reservation.id))) {
    const meanwhile = await earlierReservation(tx, key);
    if (!meanwhile) return err({ code: 'IN_PROGRESS' });
    return meanwhile.ok ? ok({ checkout: meanwhile.value, started: false }) : meanwhile;
  }
  const status: CheckoutStatus = reservation.quote.pointsUsed > 0n ? 'RESERVING' : 'RESERVED';
  const { mallId, merchantId, storeId, mallCode } = place;
  const checkout: Checkout = { ...rest, mallId, merchantId, storeId, status, couponIds, purchaseId: null };
  await addCheckout(tx, checkout);
  await lockForCheckout(tx, coupons, checkout.id, checkout.reservedUntil);
  if (status === 'RESERVED') await publishAll(tx, [checkoutReserved(checkout, tx.now, { id: mallId, code: mallCode })]);
  return ok({ checkout, started: true });
}

/**
 * The points are held: the basket is set aside, no longer than the points are. Null when the reservation was given up
 * meanwhile.
 */
export async function confirmReservation(
  tx: Tx,
  checkout: Checkout,
  heldUntil: Date,
  mallCode: string | null,
): Promise<Checkout | null> {
  const reservedUntil = heldUntil < checkout.reservedUntil ? heldUntil : checkout.reservedUntil;
  const moved = await moveCheckouts(tx, [{ checkout, to: 'RESERVED', reservedUntil }]);
  if (!moved.has(checkout.id)) return null;
  const reserved: Checkout = { ...checkout, status: 'RESERVED', reservedUntil };
  await publishAll(tx, [checkoutReserved(reserved, tx.now, { id: checkout.mallId, code: mallCode })]);
  return reserved;
}

/**
 * Gives a reservation up as if it had never been. `holdUnknown`: nobody knows whether points were held, so the fact that it
 * was released goes out, and points let go of whatever they have.
 */
export async function failReservation(
  tx: Tx,
  id: string,
  mallCode: string | null,
  options: { holdUnknown: boolean },
): Promise<void> {
  const [checkout] = await lockCheckouts(tx, [id]);
  if (!checkout || checkout.status !== 'RESERVING') return;
  await release(tx, [checkout], 'FAILED');
  await freeKeys(tx, [checkout]);
  if (!options.holdUnknown) return;
  await publishAll(tx, [checkoutReleased(checkout, 'FAILED', tx.now, { id: checkout.mallId, code: mallCode })]);
}

/** Moves locked checkouts to their end and unlocks the coupons that they still hold. */
export async function release(
  tx: Tx,
  checkouts: readonly Checkout[],
  to: 'CANCELLED' | 'EXPIRED' | 'FAILED',
): Promise<void> {
  await moveCheckouts(
    tx,
    checkouts.map((checkout) => ({ checkout, to })),
  );
  const couponIds = checkouts.flatMap((checkout) => checkout.couponIds);
  if (couponIds.length === 0) return;
  const ids = new Set(checkouts.map(({ id }) => id));
  const coupons = await lockCoupons(tx, [...new Set(checkouts.map(({ memberId }) => memberId))], couponIds);
  await unlock(
    tx,
    coupons.filter(({ status, checkoutId }) => status === 'LOCKED' && checkoutId !== null && ids.has(checkoutId)),
  );
}
