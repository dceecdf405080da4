import fc from 'fast-check';
import type { SplitTender } from '@atrium/kernel';
import { splitTenderFor } from './programme';
import { type RefundableSale, splitRefund } from './refund';

const cny = (amount: string) => ({ amount, currency: 'CNY' });
const lineOf = (lineNo: number, paidMinor: bigint, pointsValueMinor: bigint) => ({
  lineNo,
  paidMinor,
  pointsValueMinor,
  cashRefundedMinor: 0n,
  pointsValueRefundedMinor: 0n,
});
const saleOf = (lines: RefundableSale['lines'], pointsUsed: bigint): RefundableSale => ({
  currency: 'CNY',
  pointsUsed,
  pointsReturned: 0n,
  refunded: false,
  splitTender: 'PRO_RATA',
  lines,
});

describe('a refund', () => {
  // 100.00 was paid with 70.00 in money and 3000 points for 30.00
  const mixed = saleOf([lineOf(1, 7_000n, 3_000n)], 3_000n);

  it('goes back over money and points in proportion', () => {
    // 33.33 x 70 / 100 = 23.331 -> 23.33 in money; 10.00 is left = a third of 30.00 = 1000 points
    expect(splitRefund(mixed, [{ lineNo: 1, amount: cny('33.33') }])).toMatchObject({
      ok: true,
      value: { cashMinor: 2_333n, pointsValueMinor: 1_000n, pointsReturned: 1_000n, fullyRefunded: false },
    });
    expect(splitRefund(mixed, null)).toMatchObject({
      value: { cashMinor: 7_000n, pointsValueMinor: 3_000n, pointsReturned: 3_000n, fullyRefunded: true },
    });
  });

  it.each<[SplitTender, string, bigint, bigint]>([
    // 33.33 x 70 / 100 = 23.331; 33.34 x 70 / 100 = 23.338: the odd unit goes to the larger remainder
    ['PRO_RATA', '33.33', 2_333n, 1_000n],
    ['PRO_RATA', '33.34', 2_334n, 1_000n],
    ['CASH_FIRST', '33.33', 3_333n, 0n],
    ['CASH_FIRST', '70.01', 7_000n, 1n],
    ['POINTS_FIRST', '33.33', 333n, 3_000n],
    ['POINTS_FIRST', '29.99', 0n, 2_999n],
  ])('%s of %s gives %s in money and %s points', (splitTender, amount, cashMinor, pointsReturned) => {
    expect(splitRefund({ ...mixed, splitTender }, [{ lineNo: 1, amount: cny(amount) }])).toMatchObject({
      value: { cashMinor, pointsReturned },
    });
  });

  it('keeps from the cash at most the cash', () => {
    const part = [{ lineNo: 1, amount: cny('33.33') }];
    expect(splitRefund(mixed, part, cny('23.33'))).toMatchObject({
      value: { cashMinor: 2_333n, deductionMinor: 2_333n },
    });
    for (const [kept, reason] of [
      [cny('23.34'), 'DEDUCTION_EXCEEDS_CASH'],
      [{ amount: '1', currency: 'EUR' }, 'OTHER_CURRENCY'],
      [cny('-1'), 'NEGATIVE'],
    ] as const) {
      expect(splitRefund(mixed, part, kept)).toMatchObject({ error: { code: 'INVALID', reason } });
    }
  });

  it('goes by the programme of its sale that was known when the sale was recorded', () => {
    const day = (n: number) => new Date(Date.UTC(2026, 2, n));
    const version = (n: number, splitTender: SplitTender, more: object = {}) => ({
      id: `${n}`,
      version: BigInt(n),
      effectiveFrom: day(1),
      effectiveTo: null,
      publishedAt: day(1),
      splitTender,
      ...more,
    });
    const sold = { occurredAt: day(10), receivedAt: day(11) };
    const first = version(1, 'CASH_FIRST');
    expect(splitTenderFor([], sold)).toBe('PRO_RATA');
    expect(splitTenderFor([first], sold)).toBe('CASH_FIRST');
    expect(splitTenderFor([version(2, 'POINTS_FIRST'), first], sold)).toBe('POINTS_FIRST');
    expect(splitTenderFor([version(2, 'POINTS_FIRST', { effectiveFrom: day(11) }), first], sold)).toBe('CASH_FIRST');
    expect(splitTenderFor([version(2, 'POINTS_FIRST', { effectiveTo: day(10) }), first], sold)).toBe('CASH_FIRST');
    expect(splitTenderFor([version(2, 'POINTS_FIRST', { publishedAt: day(12) }), first], sold)).toBe('CASH_FIRST');
  });

  it('never gives more than is left, of a line or of the sale', () => {
    expect(splitRefund(mixed, [{ lineNo: 1, amount: cny('100.01') }])).toMatchObject({
      ok: false,
      error: { code: 'EXCEEDS', leftMinor: 10_000n },
    });
    expect(splitRefund({ ...mixed, refunded: true }, null)).toMatchObject({
      error: { code: 'EXCEEDS', leftMinor: 0n },
    });
    expect(splitRefund(mixed, [{ lineNo: 2, amount: cny('1') }])).toMatchObject({
      error: { code: 'INVALID', reason: 'LINE_UNKNOWN' },
    });
  });

  it('of nothing gives nothing, once', () => {
    const free = saleOf([lineOf(1, 0n, 0n)], 0n);
    expect(splitRefund(free, null)).toMatchObject({ value: { cashMinor: 0n, fullyRefunded: true } });
  });

  it('in any steps gives back exactly what was paid, and all points', () => {
    const amounts = fc.array(fc.tuple(fc.bigInt(0n, 10n ** 9n), fc.bigInt(0n, 10n ** 9n)), {
      minLength: 1,
      maxLength: 5,
    });
    const modes = fc.constantFrom<SplitTender>('PRO_RATA', 'CASH_FIRST', 'POINTS_FIRST');
    // Another rule may become known after a first refund.
    const cuts = fc.array(fc.tuple(fc.nat(), fc.bigInt(0n, 10n ** 9n), modes), { maxLength: 12 });
    fc.assert(
      fc.property(amounts, fc.bigInt(0n, 10n ** 9n), cuts, (lines, pointsUsed, steps) => {
        let sale = saleOf(
          lines.map(([paid, points], i) => lineOf(i, paid, points)),
          lines.some(([, points]) => points > 0n) ? pointsUsed : 0n,
        );
        const back = { cash: 0n, value: 0n, points: 0n };
        const take = (stated: Parameters<typeof splitRefund>[1]) => {
          const split = splitRefund(sale, stated);
          if (!split.ok) return;
          back.cash += split.value.cashMinor;
          back.value += split.value.pointsValueMinor;
          back.points += split.value.pointsReturned;
          for (const l of split.value.lines) expect(l.cashMinor >= 0n && l.pointsValueMinor >= 0n).toBe(true);
          sale = {
            ...sale,
            pointsReturned: split.value.pointsReturnedCumulative,
            refunded: split.value.fullyRefunded,
            lines: sale.lines.map((line, i) => ({
              ...line,
              cashRefundedMinor: split.value.lines[i]?.cashCumulativeMinor ?? 0n,
              pointsValueRefundedMinor: split.value.lines[i]?.pointsValueCumulativeMinor ?? 0n,
            })),
          };
        };
        for (const [n, minor, splitTender] of steps) {
          sale = { ...sale, splitTender };
          const text = minor.toString().padStart(3, '0');
          take([{ lineNo: n % lines.length, amount: cny(`${text.slice(0, -2)}.${text.slice(-2)}`) }]);
        }
        take(null);
        expect(back).toEqual({
          cash: lines.reduce((sum, [paid]) => sum + paid, 0n),
          value: lines.reduce((sum, [, points]) => sum + points, 0n),
          points: sale.pointsUsed,
        });
      }),
    );
  });
});
