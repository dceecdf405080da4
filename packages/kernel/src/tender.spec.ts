import fc from 'fast-check';
import { cashPartOf, type SplitTender } from './tender';

const MODES: SplitTender[] = ['PRO_RATA', 'CASH_FIRST', 'POINTS_FIRST'];

describe('a refund over money and points', () => {
  const mixed = { cashMinor: 7_000n, pointsMinor: 3_000n };

  it.each<[SplitTender, bigint, bigint]>([
    // 33.33 x 70 / 100 = 23.331
    ['PRO_RATA', 3_333n, 2_333n],
    // 0.01 x 70 / 100 = 0.007: the larger remainder is the money's
    ['PRO_RATA', 1n, 1n],
    ['CASH_FIRST', 3_333n, 3_333n],
    ['CASH_FIRST', 8_000n, 7_000n],
    ['POINTS_FIRST', 3_333n, 333n],
    ['POINTS_FIRST', 2_000n, 0n],
  ])('%s: of %s fen back %s are money', (mode, refunded, cash) => {
    expect(cashPartOf(mode, mixed, refunded)).toBe(cash);
  });

  it('neither part falls while the sum grows, nor exceeds what was paid; all back is all of both', () => {
    const amount = fc.bigInt(0n, 10n ** 12n);
    fc.assert(
      fc.property(fc.constantFrom(...MODES), amount, amount, amount, amount, (mode, cashMinor, pointsMinor, a, b) => {
        const whole = cashMinor + pointsMinor;
        const [less, more] = [a % (whole + 1n), b % (whole + 1n)].sort((x, y) => (x < y ? -1 : 1)) as [bigint, bigint];
        const tenders = { cashMinor, pointsMinor };
        const [before, after] = [cashPartOf(mode, tenders, less), cashPartOf(mode, tenders, more)];
        expect(before <= after && less - before <= more - after).toBe(true);
        expect(after <= cashMinor && more - after <= pointsMinor).toBe(true);
        expect(cashPartOf(mode, tenders, whole)).toBe(cashMinor);
      }),
    );
  });

  it('is of what was paid', () => {
    expect(() => cashPartOf('PRO_RATA', mixed, 10_001n)).toThrow(RangeError);
    expect(cashPartOf('PRO_RATA', { cashMinor: 0n, pointsMinor: 0n }, 0n)).toBe(0n);
  });
});
