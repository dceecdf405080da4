import * as fc from 'fast-check';
import { allocate, allocateRational } from './allocate';
import { add, ceil, floor, rational, ZERO, type Rational } from './rational';

const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n);
const total = fc.bigInt(-(10n ** 15n), 10n ** 15n);
const weights = fc
  .array(fc.bigInt(0n, 10n ** 12n), { minLength: 1, maxLength: 20 })
  .filter((list) => list.some((weight) => weight > 0n));
const shares: fc.Arbitrary<Rational[]> = fc.array(
  fc.tuple(fc.bigInt(0n, 10n ** 9n), fc.bigInt(1n, 1000n)).map(([num, den]) => rational(num, den)),
  { minLength: 1, maxLength: 12 },
);

describe('allocate', () => {
  it.each<[string, bigint, bigint[], bigint[]]>([
    ['20.00 over 60.00 and 50.00', 2000n, [6000n, 5000n], [1091n, 909n]],
    ['9.99 by 50/30/20', 999n, [50n, 30n, 20n], [499n, 300n, 200n]],
    ['a refund of 33.33 on 70.00 cash and 30.00 points', 3333n, [7000n, 3000n], [2333n, 1000n]],
    ['ties favour the lower index', 2n, [1n, 1n, 1n], [1n, 1n, 0n]],
    ['a negative total mirrors', -2n, [1n, 1n, 1n], [-1n, -1n, 0n]],
    ['a zero weight gets nothing', 7n, [0n, 3n, 0n, 3n], [0n, 4n, 0n, 3n]],
    ['nothing over zero weights', 0n, [0n, 0n], [0n, 0n]],
    ['nothing over nobody', 0n, [], []],
  ])('%s', (_, amount, by, parts) => expect(allocate(amount, by)).toEqual(parts));

  it('refuses what has no answer', () => {
    expect(() => allocate(1n, [0n, 0n])).toThrow(RangeError);
    expect(() => allocate(1n, [])).toThrow(RangeError);
    expect(() => allocate(1n, [2n, -1n])).toThrow(RangeError);
    expect(() => allocate(0n, [-1n])).toThrow(RangeError);
  });

  it('sums to the total, each part within one unit of its exact share', () => {
    fc.assert(
      fc.property(total, weights, (amount, by) => {
        const parts = allocate(amount, by);
        expect(sum(parts)).toBe(amount);
        parts.forEach((part, index) => {
          const exact = rational(amount * (by[index] ?? 0n), sum(by));
          expect(part >= floor(exact) && part <= ceil(exact)).toBe(true);
        });
      }),
    );
  });

  it('mirrors for the opposite total and does not care for the scale of the weights', () => {
    fc.assert(
      fc.property(total, weights, fc.bigInt(1n, 1000n), (amount, by, scale) => {
        const parts = allocate(amount, by);
        expect(allocate(-amount, by)).toEqual(parts.map((part) => -part));
        expect(
          allocate(
            amount,
            by.map((weight) => weight * scale),
          ),
        ).toEqual(parts);
      }),
    );
  });
});

describe('allocateRational', () => {
  it.each<[string, bigint, string[], bigint[]]>([
    ['shares of one are weights', 999n, ['0.5', '0.3', '0.2'], [499n, 300n, 200n]],
    ['a floored sum takes from the smallest fractions', 30n, ['10.5', '20.25'], [10n, 20n]],
    ['a whole share stays as it is', 100n, ['0.9', '100'], [0n, 100n]],
    ['a sum rounded up gives to the largest fraction', 31n, ['10.25', '20.5'], [10n, 21n]],
    ['a capped total scales the shares', 50n, ['0.9', '100'], [0n, 50n]],
    ['a negative total mirrors', -999n, ['0.5', '0.3', '0.2'], [-499n, -300n, -200n]],
    ['a fraction of a unit may round to nothing', 0n, ['0.4', '0.5'], [0n, 0n]],
    ['nothing over nobody', 0n, [], []],
  ])('%s', (_, amount, by, parts) => {
    expect(
      allocateRational(
        amount,
        by.map((share) => rational(share)),
      ),
    ).toEqual(parts);
  });

  it('refuses what has no answer', () => {
    expect(() => allocateRational(1n, [ZERO])).toThrow(RangeError);
    expect(() => allocateRational(1n, [])).toThrow(RangeError);
    expect(() => allocateRational(1n, [rational('-0.5'), rational(2n)])).toThrow(RangeError);
  });

  it('gives each its own share rounded when the total is the rounded sum', () => {
    fc.assert(
      fc.property(shares, fc.boolean(), (by, down) => {
        const exact = by.reduce(add, ZERO);
        const amount = down ? floor(exact) : ceil(exact);
        const parts = allocateRational(amount, by);
        expect(sum(parts)).toBe(amount);
        by.forEach((share, index) => {
          const part = parts[index] ?? -1n;
          expect(part >= floor(share) && part <= ceil(share)).toBe(true);
        });
      }),
    );
  });

  it('sums to any total', () => {
    fc.assert(
      fc.property(total, shares, (amount, by) => {
        fc.pre(by.some((share) => share.num > 0n));
        expect(sum(allocateRational(amount, by))).toBe(amount);
      }),
    );
  });
});
