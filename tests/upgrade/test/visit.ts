// One member's whole story, in two halves: what one release begins, another one ends.
import { isDeepStrictEqual } from 'node:util';
import type { Shop } from './shop';

/** A member who has bought, holds points and a coupon for a basket, has claimed, and whose refund waits for its sale. */
export interface Visit {
  name: string;
  memberId: string;
  saleId: string;
  checkoutId: string;
  couponId: string;
}

const LOOK = `{ me {
  points { available held pending debt growth entries(first: 20) { edges { node { kind amount } } } }
  tier { tier { code } }
  coupons(first: 20) { edges { node { status template { code } } } }
  inbox(first: 50) { edges { node { title } } } } }`;
const SALE = `query ($id: String!) { purchaseByExternalId(sourceSystem: "load", externalId: $id) {
  status points { earned reversed redeemed growth } tierChange { from { code } to { code } } couponsGranted { template { code } }
  checkout { status } postings { kind lines { account debit { amount } credit { amount } } } } }`;

/** Everything that the six subgraphs say of it, in an order that does not depend on what came first. */
export async function look(shop: Shop, { name, memberId }: Pick<Visit, 'name' | 'memberId'>): Promise<unknown> {
  const member = await shop.member(memberId);
  const { me } = await member.ask<{ me: Record<string, unknown> }>(LOOK);
  const sale = async (id: string) =>
    (await shop.admin.ask<{ purchaseByExternalId: unknown }>(SALE, { id })).purchaseByExternalId;
  return sorted({
    me,
    first: await sale(`${name}-first`),
    second: await sale(`${name}-second`),
    late: await sale(`${name}-late`),
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((part) => JSON.stringify(sorted(part))).sort();
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, sorted(part)]));
}

/** Until it looks as it did elsewhere; the last look, to be compared, when that never comes. */
export async function looksLike(
  shop: Shop,
  visit: Pick<Visit, 'name' | 'memberId'>,
  wanted: unknown,
): Promise<unknown> {
  for (const until = Date.now() + 120_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const seen = await look(shop, visit);
    if (isDeepStrictEqual(seen, wanted) || Date.now() > until) return seen;
  }
}

/** Gold at once: its gift, its messages. What is told of it is what every service did. */
export async function come(shop: Shop, name: string): Promise<Pick<Visit, 'name' | 'memberId' | 'saleId'>> {
  const [memberId = ''] = await shop.enrol(name, [`CARD-${name}`]);
  const { id: saleId } = await shop.sell(`${name}-first`, memberId, shop.lines('1200.00'));
  return { name, memberId, saleId };
}

const basketOf = (shop: Shop, memberId: string) => shop.basket(memberId, ['110.00', '90.00'], { points: '1000' });

/** Gold takes 10 %, its gift 20.00, 1,000 points 10.00: 150.00 of 200.00. */
export async function begin(shop: Shop, visit: Pick<Visit, 'name' | 'memberId' | 'saleId'>): Promise<Visit> {
  const { name, memberId } = visit;
  const checkoutId = await shop.reserve(`${name}-basket`, basketOf(shop, memberId), '150.00');
  const couponId = await shop.claim(`${name}-claim`, await shop.member(memberId));
  await shop.refund(`${name}-back`, `${name}-late`, true);
  return { ...visit, checkoutId, couponId };
}

/** Asks for everything again by the same keys, and must be answered the same; then pays, and tells the sale that was refunded. */
export async function finish(shop: Shop, visit: Visit): Promise<void> {
  const { name, memberId } = visit;
  const [again = ''] = await shop.enrol(name, [`CARD-${name}`]);
  const sale = await shop.sell(`${name}-first`, memberId, shop.lines('1200.00'));
  const same = {
    name,
    memberId: again,
    saleId: sale.id,
    checkoutId: await shop.reserve(`${name}-basket`, basketOf(shop, memberId), '150.00'),
    couponId: await shop.claim(`${name}-claim`, await shop.member(memberId)),
  };
  if (!sale.duplicate || !isDeepStrictEqual(same, visit))
    throw new Error(`asked again: ${JSON.stringify({ visit, same, duplicate: sale.duplicate })}`);
  const paid = { checkoutId: visit.checkoutId, paid: { amount: '150.00', currency: 'CNY' } };
  await shop.sell(`${name}-second`, memberId, shop.lines('110.00', '90.00'), paid);
  await shop.sell(`${name}-late`, memberId, shop.lines('30.00'));
}
