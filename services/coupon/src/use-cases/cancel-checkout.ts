// Cancel: everything that a basket set aside is free again. Safe to repeat.
import { err, isUuid, ok, type Result } from '@atrium/kernel';
import { type Caller, findOrgNode, publishAll, type Tx } from '@atrium/platform';
import { checkoutReleased } from '../events/coupon-events';
import { lockCheckouts } from '../storage/checkout.repository';
import type { Checkout } from '../domain/checkout';
import { seesCheckout } from './price-basket';
import { release } from './reservation';

export type CancelRefusal = { code: 'NOT_FOUND' } | { code: 'CHECKOUT_COMMITTED' };

/** `released` is true for the one call that did it. */
export async function cancelCheckout(
  tx: Tx,
  caller: Caller,
  id: string,
): Promise<Result<{ checkout: Checkout; released: boolean }, CancelRefusal>> {
  if (!isUuid(id)) return err({ code: 'NOT_FOUND' });
  const [checkout] = await lockCheckouts(tx, [id.toLowerCase()]);
  // What was never reserved was never shown to anybody.
  const shown = checkout && checkout.status !== 'RESERVING' && checkout.status !== 'FAILED';
  if (!shown || !seesCheckout(caller, checkout)) return err({ code: 'NOT_FOUND' });
  if (checkout.status === 'COMMITTED') return err({ code: 'CHECKOUT_COMMITTED' });
  if (checkout.status !== 'RESERVED') return ok({ checkout, released: false });
  await release(tx, [checkout], 'CANCELLED');
  const mall = await findOrgNode(tx, checkout.mallId);
  await publishAll(tx, [
    checkoutReleased(checkout, 'CANCELLED', tx.now, { id: checkout.mallId, code: mall?.code ?? null }),
  ]);
  return ok({ checkout: { ...checkout, status: 'CANCELLED' }, released: true });
}
