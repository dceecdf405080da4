// What callers may get wrong, and what each is answered: code of the request's refusal, or type, code and path of the verb's.
import { type CallerName, cny, type Ids, line, openCoupon } from './world';

export interface Known {
  ids: Ids;
  /** A member without anything. */
  stranger: string;
}

const NOBODY = '0197a000-0000-7000-8000-00000000dead';
const DAY = 86_400_000;

let keys = 0;
export const sale = (known: Known, more: object = {}) => ({
  sourceSystem: 'bad',
  externalId: `BAD-${++keys}`,
  storeId: known.ids.storeId,
  occurredAt: new Date().toISOString(),
  lines: [line(1, '10.00')],
  ...more,
});
export const lines = (known: Known, ...of: object[]) =>
  sale(known, { lines: of.map((each, i) => ({ ...line(i + 1, '10.00'), ...each })) });
export const gross = (amount: string) => ({ gross: cny(amount) });
const refund = (known: Known, more: object) => ({
  sourceSystem: 'till',
  externalId: `BAD-${++keys}`,
  purchaseExternalId: known.ids.externalId,
  occurredAt: new Date().toISOString(),
  ...more,
});

const INVALID = ['InvalidInputError', 'INVALID_INPUT'];
export const at = (path: string) => [...INVALID, path];

type Sale = [what: string, input: (known: Known) => object, expected: unknown[]];
export const SALES: Sale[] = [
  [
    'a currency that is not the mall’s',
    (known) => lines(known, { gross: { amount: '1.00', currency: 'USD' } }),
    at('lines.0.gross.currency'),
  ],
  [
    'two currencies',
    (known) => lines(known, {}, { gross: { amount: '1.00', currency: 'USD' } }),
    at('lines.1.gross.currency'),
  ],
  ['an unknown currency', (known) => lines(known, { gross: { amount: '1.00', currency: 'QQQ' } }), ['BAD_USER_INPUT']],
  ['no currency at all', (known) => lines(known, { gross: { amount: '1.00', currency: 'yuan' } }), ['BAD_USER_INPUT']],
  ['a negative line', (known) => lines(known, gross('-1.00')), at('lines.0.gross.amount')],
  ['a negative discount', (known) => lines(known, { discount: cny('-1.00') }), at('lines.0.discount.amount')],
  ['a negative quantity', (known) => lines(known, { quantity: '-1' }), at('lines.0.quantity')],
  ['a discount above the line', (known) => lines(known, { discount: cny('10.01') }), at('lines.0.discount.amount')],
  ['a sum that does not add up', (known) => sale(known, { paid: cny('9.99') }), at('paid')],
  ['a third decimal', (known) => lines(known, gross('1.001')), at('lines.0.gross.amount')],
  ['2^63 minor units', (known) => lines(known, gross('92233720368547758.08')), at('lines.0.gross.amount')],
  ['a sum of 2^63', (known) => lines(known, gross('92233720368547758.07'), gross('0.01')), at('lines.1.gross.amount')],
  ['an amount of a hundred digits', (known) => lines(known, gross('9'.repeat(100))), ['BAD_USER_INPUT']],
  [
    'an amount that is a number',
    (known) => lines(known, { gross: { amount: 1.1, currency: 'CNY' } }),
    ['BAD_USER_INPUT'],
  ],
  ['an amount like 1e9', (known) => lines(known, gross('1e9')), ['BAD_USER_INPUT']],
  ['quantity garbage', (known) => lines(known, { quantity: 'many' }), ['BAD_USER_INPUT']],
  ['a quantity of NaN', (known) => lines(known, { quantity: 'NaN' }), ['BAD_USER_INPUT']],
  ['no quantity', (known) => lines(known, { quantity: null }), ['BAD_USER_INPUT']],
  ['one line number twice', (known) => lines(known, {}, { lineNo: 1 }), at('lines.1.lineNo')],
  ['a line number past 32 bits', (known) => lines(known, { lineNo: 2_147_483_648 }), ['BAD_USER_INPUT']],
  ['no lines', (known) => lines(known), at('lines')],
  [
    '2,001 lines',
    (known) => sale(known, { lines: Array.from({ length: 2_001 }, (_, i) => line(i + 1, '1.00')) }),
    at('lines'),
  ],
  ['a sku of 1,000 characters', (known) => lines(known, { sku: 'x'.repeat(1_000) }), at('lines.0.sku')],
  ['no number', (known) => sale(known, { externalId: '' }), at('externalId')],
  ['a number of 1,000 characters', (known) => sale(known, { externalId: 'x'.repeat(1_000) }), at('externalId')],
  ['a number with NUL', (known) => sale(known, { externalId: 'a\0b' }), at('externalId')],
  ['an unknown store', (known) => sale(known, { storeId: NOBODY }), ['NotFoundError', 'STORE_NOT_FOUND']],
  ['a store that is no id', (known) => sale(known, { storeId: "' or 1=1 --" }), ['NotFoundError', 'STORE_NOT_FOUND']],
  ['a mall for a store', (known) => sale(known, { storeId: known.ids.mallId }), ['NotFoundError', 'STORE_NOT_FOUND']],
  [
    'an unknown member',
    (known) => sale(known, { member: { memberId: NOBODY } }),
    ['NotFoundError', 'MEMBER_NOT_FOUND'],
  ],
  [
    'a member that is no id',
    (known) => sale(known, { member: { memberId: 'me' } }),
    ['NotFoundError', 'MEMBER_NOT_FOUND'],
  ],
  [
    'a member twice',
    (known) => sale(known, { member: { memberId: known.stranger, identifier: { type: 'CARD', value: 'STRANGER' } } }),
    at('member'),
  ],
  ['a member without anything', (known) => sale(known, { member: {} }), at('member')],
  ['an unknown basket', (known) => sale(known, { checkoutId: NOBODY }), ['NotFoundError', 'CHECKOUT_NOT_FOUND']],
  [
    'a basket of another member',
    (known) => ({
      ...lines(known, gross('100.00')),
      member: { memberId: known.stranger },
      checkoutId: known.ids.checkoutId,
    }),
    at('checkoutId'),
  ],
  [
    'lines that were not reserved',
    (known) => sale(known, { checkoutId: known.ids.checkoutId, member: { memberId: known.ids.memberId } }),
    at('lines.0.gross'),
  ],
  [
    'a clock in the future',
    (known) => sale(known, { occurredAt: new Date(Date.now() + DAY).toISOString() }),
    at('occurredAt'),
  ],
  ['a clock of 1969', (known) => sale(known, { occurredAt: '1969-07-20T20:17:00Z' }), at('occurredAt')],
  ['a time without zone', (known) => sale(known, { occurredAt: '2026-01-01T00:00:00' }), ['BAD_USER_INPUT']],
  ['the 30th of February', (known) => sale(known, { occurredAt: '2026-02-30T00:00:00Z' }), ['BAD_USER_INPUT']],
  ['an unknown field', (known) => sale(known, { price: '1' }), ['BAD_USER_INPUT']],
];
const key = () => ({ idempotencyKey: `bad-${++keys}` });
const basket = (known: Known, more: object = {}) => {
  const { storeId, memberId } = known.ids;
  const of = { storeId, memberId, lines: [line(1, '100.00')], couponIds: [], ...more };
  return { ...key(), basket: of, expectedToPay: cny('90.00') };
};
type Verb = [what: string, caller: CallerName, name: string, input: (known: Known) => object, expected: unknown[]];
export const VERBS: Verb[] = [
  [
    'more given back than paid',
    'till',
    'refundPurchase',
    (known) => refund(known, { lines: [{ lineNo: 1, amount: cny('1200.01') }] }),
    ['RefundExceedsPurchaseError', 'REFUND_EXCEEDS_PURCHASE'],
  ],
  [
    'a negative refund',
    'till',
    'refundPurchase',
    (known) => refund(known, { lines: [{ lineNo: 1, amount: cny('-1.00') }] }),
    at('lines.0.amount.amount'),
  ],
  [
    'a refund of no line',
    'till',
    'refundPurchase',
    (known) => refund(known, { lines: [{ lineNo: 7, amount: cny('1.00') }] }),
    at('lines.0.lineNo'),
  ],
  [
    'a refund in dollars',
    'till',
    'refundPurchase',
    (known) => refund(known, { lines: [{ lineNo: 1, amount: { amount: '1.00', currency: 'USD' } }] }),
    at('lines.0.amount.currency'),
  ],
  [
    'a refund of tomorrow',
    'till',
    'refundPurchase',
    (known) => refund(known, { occurredAt: new Date(Date.now() + DAY).toISOString() }),
    at('occurredAt'),
  ],
  [
    'a basket with a negative line',
    'till',
    'reserveCheckout',
    (known) => basket(known, { lines: [line(1, '-1.00')] }),
    at('basket.lines.0.gross.amount'),
  ],
  ['a basket without lines', 'till', 'reserveCheckout', (known) => basket(known, { lines: [] }), at('basket.lines')],
  [
    'a basket with negative points',
    'till',
    'reserveCheckout',
    (known) => basket(known, { points: '-100' }),
    at('basket.points'),
  ],
  [
    'a basket with points past 64 bits',
    'till',
    'reserveCheckout',
    (known) => basket(known, { points: '9223372036854775808' }),
    ['BAD_USER_INPUT'],
  ],
  [
    'another price than shown',
    'till',
    'reserveCheckout',
    (known) => ({ ...basket(known), expectedToPay: cny('1.00') }),
    ['QuoteChangedError', 'QUOTE_CHANGED'],
  ],
  [
    'a price in dollars',
    'till',
    'reserveCheckout',
    (known) => ({ ...basket(known), expectedToPay: { amount: '90.00', currency: 'USD' } }),
    at('expectedToPay'),
  ],
  [
    'a coupon of nobody',
    'till',
    'reserveCheckout',
    (known) => basket(known, { couponIds: [NOBODY] }),
    ['CouponNotUsableError', 'COUPON_NOT_USABLE'],
  ],
  [
    'a quote of nobody',
    'till',
    'reserveCheckout',
    (known) => basket(known, { pointsRuleVersionId: NOBODY }),
    at('basket.pointsRuleVersionId'),
  ],
  [
    'a basket for nobody',
    'till',
    'reserveCheckout',
    (known) => basket(known, { memberId: NOBODY }),
    ['NotFoundError', 'NOT_FOUND'],
  ],
  [
    'an unknown basket given up',
    'till',
    'cancelCheckout',
    () => ({ ...key(), checkoutId: NOBODY }),
    ['NotFoundError', 'NOT_FOUND'],
  ],
  [
    'an unknown coupon claimed',
    'member',
    'claimCoupon',
    () => ({ ...key(), templateId: NOBODY }),
    ['NotFoundError', 'NOT_FOUND'],
  ],
  [
    'an unknown message read',
    'member',
    'markMessageRead',
    () => ({ ...key(), messageId: NOBODY }),
    ['NotFoundError', 'NOT_FOUND'],
  ],
  [
    'a till that manages rules',
    'till',
    'publishPointsRule',
    () => ({ ...key(), code: 'X', effectiveFrom: '2030-01-01T00:00:00Z', earn: { rate: '1' } }),
    ['FORBIDDEN'],
  ],
  [
    'no points to adjust',
    'admin',
    'adjustPoints',
    (known) => ({ ...key(), memberId: known.ids.memberId, amount: '0', reason: 'nothing' }),
    at('amount'),
  ],
  [
    'more points taken than there are',
    'admin',
    'adjustPoints',
    (known) => ({ ...key(), memberId: known.stranger, amount: '-5', reason: 'too much' }),
    ['InsufficientPointsError', 'INSUFFICIENT_POINTS'],
  ],
  [
    'points past 64 bits',
    'admin',
    'adjustPoints',
    (known) => ({ ...key(), memberId: known.stranger, amount: '9223372036854775808', reason: 'too much' }),
    ['BAD_USER_INPUT'],
  ],
  [
    'a negative earn rate',
    'admin',
    'publishPointsRule',
    () => ({ ...key(), code: 'X', effectiveFrom: '2030-01-01T00:00:00Z', earn: { rate: '-1' } }),
    at('earn.rate'),
  ],
  [
    'shares that do not sum',
    'admin',
    'publishCouponTemplate',
    () => ({ ...openCoupon('BAD'), funding: [{ party: 'MALL', shareBps: 9_999 }] }),
    at('funding'),
  ],
  [
    'a ladder without a base',
    'admin',
    'publishTierLadder',
    () => ({ ...key(), effectiveFrom: '2030-01-01T00:00:00Z', tiers: [] }),
    ['InvalidInputError', 'BASE_TIER_MISSING', 'tiers'],
  ],
  [
    'a share above the whole',
    'admin',
    'publishContract',
    (known) => ({
      ...key(),
      merchantId: known.ids.merchantId,
      effectiveFrom: '2030-01-01T00:00:00Z',
      pointUnitValue: '0.01',
      pointPriceAtEarn: '0.01',
      burnShareBps: 10_001,
      couponShareBps: 0,
    }),
    at('burnShareBps'),
  ],
  ['a phone that is none', 'till', 'registerMember', () => ({ ...key(), phone: 'call me' }), at('phone')],
  [
    '501 cards',
    'service',
    'enrolCards',
    () => ({ ...key(), cards: Array.from({ length: 501 }, (_, i) => `C-${i}`) }),
    at('cards'),
  ],
  [
    'a role that does not exist',
    'admin',
    'inviteStaff',
    (known) => ({ ...key(), subject: 'x', displayName: 'X', role: 'root', nodeId: known.ids.mallId }),
    at('role'),
  ],
  [
    'a mall in no time zone',
    'admin',
    'createMall',
    () => ({ ...key(), code: 'moon', name: 'Moon', timeZone: 'Moon/Tranquility', currency: 'CNY' }),
    at('timeZone'),
  ],
  [
    'a message template without texts',
    'admin',
    'publishMessageTemplate',
    () => ({
      ...key(),
      code: 'POINTS_EARNED',
      effectiveFrom: '2030-01-01T00:00:00Z',
      channels: ['INBOX'],
      texts: [],
    }),
    at('texts'),
  ],
];
