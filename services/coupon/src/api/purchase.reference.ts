import { make } from '@atrium/platform';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { seesCouponsOf } from '../use-cases/coupons.query';
import { CheckoutObject, toCheckout } from './checkout.type';
import type { CouponContext } from './context';
import { CouponObject, toCoupon } from './coupon.type';
import { Purchase } from './purchase.type';

/** Null until this subgraph has applied the sale, and for ever for one of another mall group. */
export async function resolvePurchase({ id }: Purchase, { load }: CouponContext): Promise<Purchase | null> {
  return (await load.purchase.load(id)) ? make(Purchase, { id }) : null;
}

export async function resolveCheckout(
  { id }: { id: string },
  { load, locale }: CouponContext,
): Promise<CheckoutObject | null> {
  const checkout = await load.checkout.load(id);
  return checkout && toCheckout(checkout, locale, load.now());
}

@Resolver(() => Purchase)
export class PurchaseResolver {
  @FieldResolver(() => CheckoutObject, { nullable: true, description: 'The reserved basket that was paid.' })
  async checkout(@Root() { id }: Purchase, @Ctx() context: CouponContext): Promise<CheckoutObject | null> {
    const purchase = await context.load.purchase.load(id);
    if (!purchase?.checkoutId) return null;
    const checkout = await resolveCheckout({ id: purchase.checkoutId }, context);
    // A basket is paid once: a second sale that cites it has no checkout.
    return checkout?.purchase?.id === purchase.id ? checkout : null;
  }

  @FieldResolver(() => [CouponObject], {
    nullable: true,
    description: 'Gifts of the tier that this sale led to. Null when the caller may not see them.',
  })
  async couponsGranted(
    @Root() { id }: Purchase,
    @Ctx() { caller, load }: CouponContext,
  ): Promise<CouponObject[] | null> {
    const purchase = await load.purchase.load(id);
    if (!purchase) return null;
    const coupons = await load.grantedBy.load(id);
    const owner = purchase.memberId ?? coupons[0]?.memberId ?? null;
    if (owner === null) return [];
    if (!seesCouponsOf(caller, owner)) return null;
    const now = load.now();
    return coupons.map((coupon) => toCoupon(coupon, now));
  }
}
