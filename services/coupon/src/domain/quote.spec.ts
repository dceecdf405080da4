import fc from 'fast-check';
import { bestSet } from './best-set';
import { type Priced, price, type QuoteLine, type UsableCoupon } from './quote';

const line = (lineNo: number, grossMinor: bigint, category = 'FASHION', shopDiscountMinor = 0n): QuoteLine => ({
  lineNo,
  category,
  grossMinor,
  shopDiscountMinor,
});
const base: UsableCoupon = {
  id: 'a',
  kind: 'k',
  level: 'MALL',
  stackCategory: 'DEFAULT',
  categories: [],
  thresholdMinor: 0n,
  off: { type: 'CASH', faceMinor: 2_000n },
  validUntil: new Date('2026-04-01T00:00:00Z'),
};
const cash = (faceMinor: bigint, more: Partial<UsableCoupon> = {}): UsableCoupon => ({
  ...base,
  off: { type: 'CASH', faceMinor },
  ...more,
});
const percent = (bps: bigint, maxOffMinor: bigint | null, more: Partial<UsableCoupon> = {}): UsableCoupon => ({
  ...base,
  off: { type: 'PERCENT', bps, maxOffMinor },
  ...more,
});
const priced = (lines: QuoteLine[], tierBps: bigint, coupons: UsableCoupon[]): Priced => {
  const result = price(lines, tierBps, coupons, 4);
  if (!result.ok) throw new Error(result.obstacle);
  return result.priced;
};
const sum = (amounts: bigint[]) => amounts.reduce((a, b) => a + b, 0n);

describe('price', () => {
  test.each([
    // 20.00 over 60.00 and 50.00: 20 * 60/110 = 10.909.., 20 * 50/110 = 9.0909..; the unit left goes to the first.
    ['cash by largest remainder', [line(1, 6_000n), line(2, 5_000n)], 0n, [cash(2_000n)], [4_909n, 4_091n]],
    // 5 % of 99.99 is 4.9995: rounded down once to 4.99.
    ['tier discount rounded down once', [line(1, 9_999n)], 500n, [], [9_500n]],
    // 5 % of 0.10 and 0.10 and 0.10 is 0.005 each, 0.015 together: 0.01 for the basket, to the first line.
    ['tier discount over small lines', [line(1, 10n), line(2, 10n), line(3, 10n)], 500n, [], [9n, 10n, 10n]],
    // 100.00 - 10.00 of the shop = 90.00; tier 10 % = 9.00; 20 % of 81.00 = 16.20; left 64.80.
    [
      'percent on the discounted amount',
      [line(1, 10_000n, 'FASHION', 1_000n)],
      1_000n,
      [percent(2_000n, null)],
      [6_480n],
    ],
    // 30 % of 200.00 is 60.00, at most 25.00; 25.00 over 150.00 and 50.00 is 18.75 and 6.25.
    ['percent with a most', [line(1, 15_000n), line(2, 5_000n)], 0n, [percent(3_000n, 2_500n)], [13_125n, 4_375n]],
    // Only the food line, and never below 0.
    [
      'cash larger than its lines',
      [line(1, 1_500n, 'FOOD'), line(2, 5_000n)],
      0n,
      [cash(2_000n, { categories: ['FOOD'], level: 'ITEM' })],
      [0n, 5_000n],
    ],
    // Item first: 10.00 off FOOD (30.00 -> 20.00), then 10 % of 70.00 = 7.00, which is 2.00 and 5.00.
    [
      'item before mall',
      [line(1, 3_000n, 'FOOD'), line(2, 5_000n)],
      0n,
      [
        percent(1_000n, null, { id: 'b' }),
        cash(1_000n, { categories: ['FOOD'], level: 'ITEM', stackCategory: 'ITEM' }),
      ],
      [1_800n, 4_500n],
    ],
  ])('%s', (_, lines, tierBps, coupons, left) => {
    expect(priced(lines, tierBps, coupons).lines.map(({ remainingMinor }) => remainingMinor)).toEqual(left);
  });

  test.each([
    // 100.00 less 10 % is 90.00, which is below the threshold of 100.00.
    ['THRESHOLD', [line(1, 10_000n)], 1_000n, [cash(2_000n, { thresholdMinor: 10_000n })]],
    ['OUT_OF_SCOPE', [line(1, 10_000n)], 0n, [cash(2_000n, { categories: ['FOOD'] })]],
    ['NO_EFFECT', [line(1, 0n)], 0n, [cash(2_000n)]],
    ['NOT_COMBINABLE', [line(1, 10_000n)], 0n, [cash(100n), cash(200n, { id: 'b' })]],
    ['TOO_MANY', [line(1, 10_000n)], 0n, ['1', '2', '3', '4', '5'].map((n) => cash(100n, { id: n, stackCategory: n }))],
  ])('%s', (obstacle, lines, tierBps, coupons) => {
    expect(price(lines, tierBps, coupons, 4)).toMatchObject({ ok: false, obstacle });
  });

  test('a threshold is met by the amount itself', () => {
    expect(priced([line(1, 10_000n)], 0n, [cash(2_000n, { thresholdMinor: 10_000n })]).remainingMinor).toBe(8_000n);
  });
});

describe('bestSet', () => {
  const soon = new Date('2026-03-20T00:00:00Z');
  const best = (coupons: UsableCoupon[], lines = [line(1, 10_000n)]) =>
    bestSet(lines, 0n, coupons, 3).coupons.map(({ id }) => id);

  test('takes the cheaper of two that do not go together', () => {
    expect(best([cash(1_500n, { id: 'a' }), percent(2_000n, null, { id: 'b', kind: 'l' })])).toEqual(['b']);
  });
  test('combines categories', () => {
    const other = { stackCategory: 'X', kind: 'l' };
    expect(best([cash(1_500n, { id: 'a' }), cash(100n, { id: 'b', ...other })]).sort()).toEqual(['a', 'b']);
  });
  test('of equals the one that expires sooner, then the smaller id', () => {
    expect(best([cash(500n, { id: 'a' }), cash(500n, { id: 'b', kind: 'l', validUntil: soon })])).toEqual(['b']);
    expect(best([cash(500n, { id: 'b' }), cash(500n, { id: 'a', kind: 'l' })])).toEqual(['a']);
  });
  test('of equals the set with fewer coupons', () => {
    const x = { stackCategory: 'X', kind: 'x', id: 'x' };
    expect(best([cash(20_000n, { id: 'a' }), cash(20_000n, x)])).toHaveLength(1);
  });
  test('leaves out what does not apply', () => {
    expect(best([cash(500n, { thresholdMinor: 20_000n })])).toEqual([]);
  });
});

describe('whatever the basket', () => {
  const lines = fc
    .array(
      fc.record({
        grossMinor: fc.bigInt(0n, 500_000n),
        cut: fc.bigInt(0n, 100n),
        category: fc.constantFrom('FASHION', 'FOOD', 'TOYS'),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map((rows) =>
      rows.map(({ grossMinor, cut, category }, i) => line(i + 1, grossMinor, category, (grossMinor * cut) / 100n)),
    );
  const coupon = fc.record({
    level: fc.constantFrom('ITEM' as const, 'MERCHANT' as const, 'MALL' as const),
    stackCategory: fc.constantFrom('A', 'B', 'C'),
    categories: fc.constantFrom([], ['FOOD'], ['FOOD', 'TOYS']),
    thresholdMinor: fc.bigInt(0n, 100_000n),
    off: fc.oneof(
      fc.record({ type: fc.constant('CASH' as const), faceMinor: fc.bigInt(1n, 100_000n) }),
      fc.record({
        type: fc.constant('PERCENT' as const),
        bps: fc.bigInt(1n, 10_000n),
        maxOffMinor: fc.option(fc.bigInt(1n, 50_000n)),
      }),
    ),
    validUntil: fc.constantFrom(new Date('2026-04-01T00:00:00Z'), new Date('2026-05-01T00:00:00Z')),
  });
  const coupons = fc
    .array(coupon, { maxLength: 6 })
    .map((rows) => rows.map((row, i) => ({ ...row, id: `c${i}`, kind: `k${i}` })));
  const bps = fc.bigInt(0n, 3_000n);

  test('no line falls below 0, lines sum to the whole, and the steps explain it', () => {
    fc.assert(
      fc.property(lines, bps, coupons, (basket, tierBps, offered) => {
        const result = bestSet(basket, tierBps, offered, 3);
        for (const l of result.lines) {
          expect(l.remainingMinor).toBeGreaterThanOrEqual(0n);
          expect(l.grossMinor).toBe(
            l.shopDiscountMinor + l.tierDiscountMinor + l.couponDiscountMinor + l.remainingMinor,
          );
        }
        expect(sum(result.lines.map((l) => l.remainingMinor))).toBe(result.remainingMinor);
        expect(sum(result.lines.map((l) => l.tierDiscountMinor))).toBe(result.tierDiscountMinor);
        expect(sum(result.lines.map((l) => l.couponDiscountMinor))).toBe(
          sum(result.coupons.map(({ amountMinor }) => amountMinor)),
        );
        expect(new Set(result.coupons.map(({ id }) => id)).size).toBe(result.coupons.length);
      }),
    );
  });

  test('the best set is never worse than none or any single coupon, and does not depend on the order', () => {
    fc.assert(
      fc.property(lines, bps, coupons, (basket, tierBps, offered) => {
        const result = bestSet(basket, tierBps, offered, 3);
        expect(result.remainingMinor).toBeLessThanOrEqual(priced(basket, tierBps, []).remainingMinor);
        for (const one of offered) {
          const single = price(basket, tierBps, [one], 3);
          if (single.ok) expect(result.remainingMinor).toBeLessThanOrEqual(single.priced.remainingMinor);
        }
        expect(bestSet(basket, tierBps, [...offered].reverse(), 3)).toEqual(result);
      }),
    );
  });
});
