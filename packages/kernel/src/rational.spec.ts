import * as fc from 'fast-check';
import {
  add,
  basisPoints,
  ceil,
  compare,
  divide,
  floor,
  halfUp,
  multiply,
  ONE,
  parseRational,
  rational,
  subtract,
  toDecimal,
  ZERO,
  type Rational,
} from './rational';

const big = fc.bigInt(-(10n ** 20n), 10n ** 20n);
const fraction: fc.Arbitrary<Rational> = fc
  .tuple(big, big)
  .filter(([, den]) => den !== 0n)
  .map(([num, den]) => rational(num, den));

describe('making fractions', () => {
  it('reads decimals exactly, in lowest terms', () => {
    expect(rational('1.25')).toEqual({ num: 5n, den: 4n });
    expect(rational('-0.50')).toEqual({ num: -1n, den: 2n });
    expect(rational('0.00')).toEqual(ZERO);
    expect(rational(7n)).toEqual({ num: 7n, den: 1n });
    expect(rational(6n, -4n)).toEqual({ num: -3n, den: 2n });
    expect(rational('0.1', 3n)).toEqual({ num: 1n, den: 30n });
    expect(basisPoints(2500n)).toEqual({ num: 1n, den: 4n });
    expect(basisPoints(10_000n)).toEqual(ONE);
  });

  it.each(['', '.5', '1.', '+1', '01', '1e3', '1/3', ' 1', 'NaN', 'Infinity', '1'.repeat(65)])(
    'refuses %.20j',
    (text) => {
      expect(parseRational(text)).toBeNull();
      expect(() => rational(text)).toThrow(RangeError);
    },
  );

  it('refuses a zero denominator', () => {
    expect(() => rational(1n, 0n)).toThrow(RangeError);
    expect(() => divide(ONE, ZERO)).toThrow(RangeError);
  });
});

describe('arithmetic', () => {
  it('keeps what binary floats lose: 100 x (1 + 0.2 + 1) is 220', () => {
    expect(multiply(rational(100n), add(add(ONE, rational('0.2')), ONE))).toEqual(rational(220n));
  });

  it('is a field', () => {
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        expect(add(a, b)).toEqual(add(b, a));
        expect(add(add(a, b), c)).toEqual(add(a, add(b, c)));
        expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
        expect(subtract(add(a, b), b)).toEqual(a);
        if (b.num !== 0n) expect(multiply(divide(a, b), b)).toEqual(a);
        expect(compare(a, b)).toBe(compare(subtract(a, b), ZERO));
      }),
    );
  });
});

describe('rounding', () => {
  it.each([
    ['2.5', 2n, 3n, 3n],
    ['-2.5', -3n, -2n, -3n],
    ['2.4', 2n, 3n, 2n],
    ['-2.4', -3n, -2n, -2n],
    ['0.5', 0n, 1n, 1n],
    ['-0.5', -1n, 0n, -1n],
    ['3', 3n, 3n, 3n],
    ['-3', -3n, -3n, -3n],
  ])('%s: floor %s, ceil %s, half up %s', (text, down, up, nearest) => {
    const r = rational(text);
    expect([floor(r), ceil(r), halfUp(r)]).toEqual([down, up, nearest]);
  });

  it('stays within one unit, half up within a half', () => {
    fc.assert(
      fc.property(fraction, (r) => {
        expect(compare(rational(floor(r)), r)).toBeLessThanOrEqual(0);
        expect(compare(r, rational(floor(r) + 1n))).toBe(-1);
        expect(ceil(r) - floor(r)).toBe(r.den === 1n ? 0n : 1n);
        const error = subtract(rational(halfUp(r)), r);
        expect(compare(multiply(error, error), rational(1n, 4n))).toBeLessThanOrEqual(0);
        expect(halfUp(multiply(r, rational(-1n)))).toBe(-halfUp(r));
      }),
    );
  });
});

describe('toDecimal', () => {
  it.each([
    [rational(1n, 3n), 4, '0.3333'],
    [rational(2n, 3n), 4, '0.6667'],
    [rational(5n, 4n), 4, '1.25'],
    [rational(-1n, 8n), 2, '-0.13'],
    [rational(-1n, 1000n), 2, '0'],
    [rational(100n), 2, '100'],
    [rational(100n), 0, '100'],
    [rational(999n, 1000n), 2, '1'],
  ])('%o to %i digits is %s', (r, digits, text) => expect(toDecimal(r, digits)).toBe(text));

  it('reads back exactly when the digits suffice', () => {
    fc.assert(
      fc.property(big, fc.integer({ min: 0, max: 12 }), (num, digits) => {
        const r = rational(num, 10n ** BigInt(digits));
        expect(rational(toDecimal(r, digits))).toEqual(r);
      }),
    );
  });

  it.each([-1, 0.5, Number.NaN])('refuses %s digits', (digits) => {
    expect(() => toDecimal(ONE, digits)).toThrow(RangeError);
  });
});
