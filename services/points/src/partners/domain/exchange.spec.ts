import fc from 'fast-check';
import { type ExchangeRate, pointsFor, pointsNeeded, priceOf, rateAt } from './exchange';

const direction = (pointsPerUnit: string, pricePerPoint = '0.008') => ({ pointsPerUnit, pricePerPoint });

describe('points of another programme', () => {
  it.each([
    // 300 miles x 0.4 = 120 points; x 0.008 = 0.96
    [300n, direction('0.4'), 120n, 96n],
    // 7 x 0.4 = 2.8 -> 2; 2 x 0.008 = 0.016 -> 0.01
    [7n, direction('0.4'), 2n, 1n],
    // 5 x 2.5 = 12.5 -> 12; 12 x 0.01 = 0.12
    [5n, direction('2.5', '0.01'), 12n, 12n],
    [2n, direction('0.4'), 0n, 0n],
  ])('%s units are so many points, at a price', (units, by, points, price) => {
    expect(pointsFor(units, by)).toBe(points);
    expect(priceOf(points, by, 100n)).toBe(price);
  });

  it('never gives units for fewer points than they are worth', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 12n), fc.integer({ min: 1, max: 100_000 }), (units, thousandths) => {
        const by = direction((thousandths / 1000).toFixed(3).replace(/\.?0+$/, ''));
        const points = pointsNeeded(units, by);
        expect(pointsFor(units, by)).toBeLessThanOrEqual(points);
        expect(points - pointsFor(units, by)).toBeLessThanOrEqual(1n);
      }),
    );
  });

  it('the rate that began last holds, and none before the first', () => {
    const rate = (id: string, from: string, version: bigint): ExchangeRate => ({
      id,
      version,
      effectiveFrom: new Date(from),
      currency: 'CNY',
      issue: direction('1'),
      burn: null,
      minPoints: 0n,
      maxPointsPerDay: null,
    });
    const rates = [rate('b', '2026-02-01', 2n), rate('a', '2026-01-01', 1n), rate('c', '2026-02-01', 3n)];
    expect(rateAt(rates, new Date('2025-12-31'))).toBeNull();
    expect(rateAt(rates, new Date('2026-01-01'))?.id).toBe('a');
    expect(rateAt(rates, new Date('2026-02-01'))?.id).toBe('c');
  });
});
