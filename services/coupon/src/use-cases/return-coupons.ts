// A sale was given back as a whole: its coupons go back to the member. A part given back changes nothing here.
import { findOrgNodes, MissingDependency, publishAll, type Tx } from '@atrium/platform';
import { couponReturned } from '../events/coupon-events';
import { lockCheckouts } from '../storage/checkout.repository';
import { giveBack, lockCoupons } from '../storage/coupon.repository';

export interface FullRefund {
  refundId: string;
  purchaseId: string;
  checkoutId: string;
  mallId: string;
  merchantId: string;
  currency: string;
  occurredAt: Date;
}

export async function returnCoupons(tx: Tx, refunds: readonly FullRefund[]): Promise<void> {
  if (refunds.length === 0) return;
  const byCheckout = new Map(refunds.map((refund) => [refund.checkoutId, refund]));
  const checkouts = await lockCheckouts(tx, [...byCheckout.keys()]);
  if (checkouts.length < byCheckout.size || checkouts.some(({ status }) => status !== 'COMMITTED')) {
    throw new MissingDependency('the sale of the checkout is not known yet');
  }
  const given = checkouts.filter(({ id, purchaseId }) => byCheckout.get(id)?.purchaseId === purchaseId);
  const couponIds = given.flatMap((checkout) => checkout.couponIds);
  if (couponIds.length === 0) return;
  const purchases = new Map(given.map(({ purchaseId, id }) => [purchaseId, byCheckout.get(id) as FullRefund]));
  const coupons = (await lockCoupons(tx, [...new Set(given.map(({ memberId }) => memberId))], couponIds)).filter(
    ({ status, purchaseId }) => status === 'REDEEMED' && purchases.has(purchaseId),
  );
  const malls = await findOrgNodes(tx, [...new Set(refunds.map(({ mallId }) => mallId))]);
  await giveBack(tx, coupons);
  await publishAll(
    tx,
    coupons.map((coupon) => {
      const refund = purchases.get(coupon.purchaseId) as FullRefund;
      const site = { id: refund.mallId, code: malls.get(refund.mallId)?.code ?? null };
      return couponReturned(coupon, refund, coupon.validUntil > tx.now, site);
    }),
  );
}
