import { sleep } from 'k6';
import { Counter } from 'k6/metrics';
import { acknowledged, ask, attempt } from '../graph.ts';
import { someMember, someStore } from '../world.ts';
import { uniqueKey } from './unique.ts';

const doubleCredit = new Counter('double_credit');

const cny = (minor: number) => ({ amount: (minor / 100).toFixed(2), currency: 'CNY' });
const CATEGORIES = ['FASHION', 'COFFEE', 'GROCERY', 'TOYS'];

export function someLines() {
  return Array.from({ length: 1 + Math.floor(Math.random() * 5) }, (_, at) => ({
    lineNo: at + 1,
    sku: `SKU-${Math.floor(Math.random() * 5000)}`,
    category: CATEGORIES[Math.floor(Math.random() * CATEGORIES.length)],
    quantity: '1',
    gross: cny(500 + Math.floor(Math.random() * 20_000)),
  }));
}

type Quote = { toPay: { amount: string; currency: string }; pointsUsed: string; pointsRuleVersionId: string | null };

/** A customer at a till: who is it, what does it cost, set aside, paid. */
export function till(): void {
  const store = someStore();
  const { card } = someMember();
  const member = ask<{ identifyMember: { id: string; points: { available: string } } | null }>(
    'IdentifyMember',
    store.token,
    { card },
  )?.identifyMember;
  if (!member) return;
  sleep(0.3 + Math.random());
  const lines = someLines();
  // Three of ten pay with points when they have some.
  const pays = Math.random() < 0.3 && Number(member.points.available) >= 100;
  const basket = { storeId: store.id, memberId: member.id, lines, ...(pays ? { points: '100' } : {}) };
  const quote = attempt<Quote>('QuoteCheckout', store.token, basket, 'CheckoutQuote');
  if (quote === undefined) return;
  sleep(0.3 + Math.random());
  const { pointsRuleVersionId } = quote;
  const reserveKey = uniqueKey('reserve');
  const reserved = attempt<{ checkout: { id: string } }>(
    'ReserveCheckout',
    store.token,
    {
      idempotencyKey: reserveKey,
      basket: { ...basket, ...(pointsRuleVersionId === null ? {} : { pointsRuleVersionId }) },
      expectedToPay: quote.toPay,
    },
    'ReserveCheckoutSuccess',
  );
  if (reserved !== undefined) acknowledged('checkout', reserveKey, reserved.checkout.id);
  // Another till has taken the points or the coupon meanwhile: the sale is made without them.
  const checkout = reserved === undefined ? {} : { checkoutId: reserved.checkout.id };
  sleep(0.3 + Math.random());
  const sale = { ...saleOf(store.id, member.id, uniqueKey('sale'), lines), ...checkout };
  record(store.token, sale, Math.random() < 0.02);
}

/** Something is brought back; one in ten of those is told before the sale itself, by a till that was offline. */
export function refund(): void {
  const store = someStore();
  const sale = saleOf(store.id, someMember().id, uniqueKey('refunded'), someLines());
  const early = Math.random() < 0.1;
  if (!early) record(store.token, sale, false);
  const externalId = uniqueKey('refund');
  const back = attempt<{ refund?: { id: string } }>(
    'RefundPurchase',
    store.token,
    {
      sourceSystem: sale.sourceSystem,
      externalId,
      purchaseExternalId: sale.externalId,
      occurredAt: new Date().toISOString(),
    },
    early ? 'RefundParked' : 'RefundPurchaseSuccess',
  );
  if (back !== undefined) acknowledged('refund', externalId, back.refund?.id ?? '');
  if (early) record(store.token, sale, false);
}

export function saleOf(storeId: string, memberId: string, externalId: string, lines: ReturnType<typeof someLines>) {
  const occurredAt = new Date().toISOString();
  return { sourceSystem: 'load', externalId, storeId, occurredAt, member: { memberId }, lines };
}

/** Sent twice, it is the same sale: anything else would credit its points twice. */
export function record(token: string, sale: ReturnType<typeof saleOf>, twice: boolean): void {
  type Recorded = { duplicate: boolean; purchase: { id: string } };
  const send = () => attempt<Recorded>('RecordPurchase', token, sale, 'RecordPurchaseSuccess');
  const first = send();
  if (first !== undefined) acknowledged('purchase', sale.externalId, first.purchase.id);
  if (!twice || first === undefined) return;
  const again = send();
  if (again !== undefined) acknowledged('purchase', sale.externalId, again.purchase.id);
  if (again !== undefined && (!again.duplicate || again.purchase.id !== first.purchase.id)) doubleCredit.add(1);
}
