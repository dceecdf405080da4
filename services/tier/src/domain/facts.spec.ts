import { factsOf, type RefundMetric, type SaleMetric } from './facts';

const sale: SaleMetric = {
  purchaseId: 'p',
  saleAt: new Date('2026-03-10T02:00:00Z'),
  currency: 'CNY',
  spendMinor: 10_000n,
  growthEarned: 120n,
  growthReversed: 69n,
};
const refund = (refundId: string, day: string, growthReversed: bigint): RefundMetric => ({
  purchaseId: 'p',
  refundId,
  refundedAt: new Date(`2026-03-${day}T02:00:00Z`),
  spendMinor: 1000n,
  growthReversed,
});
const told = (refunds: RefundMetric[], of = sale) =>
  factsOf([of], refunds).map(({ id, at, spendMinor, growth }) => [id, at.getUTCDate(), spendMinor, growth]);

it('spreads the newest total of reversed growth over the refunds by what each took back', () => {
  // 35 and 23 were taken back of 100; rated again at 120 the total is 69: floor(69 x 35 / 58) = 41, the rest is 28.
  expect(told([refund('b', '12', 23n), refund('a', '11', 35n)])).toEqual([
    ['p', 10, 10_000n, 120n],
    ['a', 11, -1000n, -41n],
    ['b', 12, -1000n, -28n],
  ]);
});

it('a posting that is still on its way leaves its part to those that are here', () => {
  expect(told([refund('a', '11', 0n), refund('b', '12', 23n)]).map(([, , , growth]) => growth)).toEqual([
    120n,
    0n,
    -69n,
  ]);
  expect(told([refund('a', '11', 0n)]).map(([, , , growth]) => growth)).toEqual([120n, 0n]);
});

it('knows no sale without its spend, and returns nothing before it is sold', () => {
  expect(told([], { ...sale, spendMinor: null })).toEqual([['p', 10, 0n, 120n]]);
  expect(told([refund('a', '09', 69n)])[1]).toEqual(['a', 10, -1000n, -69n]);
});
