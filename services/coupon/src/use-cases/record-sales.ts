// A sale happened: the basket that it cites is committed and its coupons are redeemed. Facts are never refused.
import { findOrgNodes, MissingDependency, publishAll, type Tx } from '@atrium/platform';
import { takesCoupon } from '../domain/checkout';
import { type Addressed, checkoutCommitted, couponRedeemed } from '../events/coupon-events';
import { lockCheckouts, moveCheckouts } from '../storage/checkout.repository';
import { lockCoupons, redeem, type Redemption } from '../storage/coupon.repository';
import { addPurchases, type Purchase } from '../storage/purchase.repository';
import { findExactVersions } from '../storage/template.repository';

export type Sale = Purchase & { occurredAt: Date };

export async function recordSales(tx: Tx, sales: readonly Sale[]): Promise<void> {
  await addPurchases(tx, sales);
  const cited = new Map<string, Sale>();
  // A basket is paid once: the first sale that cites it counts.
  for (const sale of sales) if (sale.checkoutId && !cited.has(sale.checkoutId)) cited.set(sale.checkoutId, sale);
  if (cited.size === 0) return;
  const checkouts = await lockCheckouts(tx, [...cited.keys()]);
  if (checkouts.length < cited.size) throw new MissingDependency('the checkout is not known');
  const open = checkouts.filter(({ status }) => status !== 'COMMITTED');
  if (open.length === 0) return;

  const coupons = await lockCoupons(
    tx,
    [...new Set(open.map(({ memberId }) => memberId))],
    open.flatMap(({ couponIds }) => couponIds),
  );
  const byId = new Map(coupons.map((coupon) => [coupon.id, coupon]));
  const templates = new Map(
    (
      await findExactVersions(
        tx,
        [...new Map(coupons.map((c) => [`${c.templateId}:${c.templateVersion}`, c])).values()].map((c) => ({
          templateId: c.templateId,
          version: c.templateVersion,
        })),
      )
    ).map((template) => [`${template.id}:${template.version}`, template]),
  );
  const malls = await findOrgNodes(tx, [...new Set(open.map(({ mallId }) => mallId))]);
  const redemptions: Redemption[] = [];
  const facts: Addressed[] = [];
  const moves = open.map((checkout) => {
    const sale = cited.get(checkout.id) as Sale;
    const site = { id: checkout.mallId, code: malls.get(checkout.mallId)?.code ?? null };
    const missed: string[] = [];
    for (const { couponId, amountMinor } of checkout.quote.steps) {
      if (couponId === null) continue;
      const coupon = byId.get(couponId);
      const template = coupon && templates.get(`${coupon.templateId}:${coupon.templateVersion}`);
      const basket = { checkoutId: checkout.id, reservedUntil: checkout.reservedUntil };
      if (!coupon || !template || !takesCoupon(coupon, basket, sale.occurredAt, tx.now)) {
        // The lock lapsed and somebody else has it: the discount was given, a person looks at it.
        missed.push(couponId);
        continue;
      }
      // Two baskets of one batch cannot both take it.
      byId.delete(couponId);
      redemptions.push({ coupon, purchaseId: sale.id, checkoutId: checkout.id, at: sale.occurredAt, amountMinor });
      facts.push(
        couponRedeemed(
          coupon,
          checkout,
          { purchaseId: sale.id, occurredAt: sale.occurredAt },
          amountMinor,
          template,
          site,
        ),
      );
    }
    facts.push(checkoutCommitted(checkout, sale.id, sale.occurredAt, site));
    return { checkout, to: 'COMMITTED' as const, purchaseId: sale.id, missed };
  });
  await moveCheckouts(tx, moves);
  await redeem(tx, redemptions);
  await publishAll(tx, facts);
}
