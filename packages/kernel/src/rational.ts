// Exact fractions for rates and multipliers. A value is rounded only by a function that names its rounding.

/** An exact fraction in lowest terms with `den > 0`, so equal values have equal fields. Make one with {@link rational}. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

/** 0 */
export const ZERO: Rational = Object.freeze({ num: 0n, den: 1n });

/** 1 */
export const ONE: Rational = Object.freeze({ num: 1n, den: 1n });

const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;
/** Rates are short; the bound keeps hostile input from costing big-number arithmetic. */
const MAX_DECIMAL_LENGTH = 64;
const BASIS_POINTS_IN_ONE = 10_000n;

/**
 * An exact fraction: `rational('1.25')`, `rational(3n)`, `rational(1n, 100n)`, `rational('0.1', 3n)`.
 * @throws RangeError when the text is not a plain decimal (see {@link parseRational}) or the denominator is 0.
 */
export function rational(value: string | bigint, den: bigint = 1n): Rational {
  if (typeof value === 'bigint') return normalised(value, den);
  const parsed = parseRational(value);
  if (!parsed) throw new RangeError(`not a decimal: ${JSON.stringify(value.slice(0, MAX_DECIMAL_LENGTH))}`);
  return normalised(parsed.num, parsed.den * den);
}

/**
 * Reads a plain decimal ("1", "-0.25") of at most 64 characters exactly. Returns `null` for anything else: spaces,
 * separators, exponents, `+`, leading zeros, a bare dot.
 */
export function parseRational(text: string): Rational | null {
  const match = text.length <= MAX_DECIMAL_LENGTH ? DECIMAL.exec(text) : null;
  if (!match) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  const unsigned = BigInt(whole + fraction);
  return normalised(sign === '-' ? -unsigned : unsigned, 10n ** BigInt(fraction.length));
}

/** A rate in basis points as a fraction: 10000 is 1, 2500 is 1/4. */
export function basisPoints(bps: bigint): Rational {
  return normalised(bps, BASIS_POINTS_IN_ONE);
}

/** `a + b`, exact. */
export function add(a: Rational, b: Rational): Rational {
  return normalised(a.num * b.den + b.num * a.den, a.den * b.den);
}

/** `a - b`, exact. */
export function subtract(a: Rational, b: Rational): Rational {
  return normalised(a.num * b.den - b.num * a.den, a.den * b.den);
}

/** `a * b`, exact. */
export function multiply(a: Rational, b: Rational): Rational {
  return normalised(a.num * b.num, a.den * b.den);
}

/**
 * `a` divided by `b`, exact.
 * @throws RangeError when `b` is 0.
 */
export function divide(a: Rational, b: Rational): Rational {
  return normalised(a.num * b.den, a.den * b.num);
}

/** -1 when `a` is less than `b`, 0 when equal, 1 when more. */
export function compare(a: Rational, b: Rational): -1 | 0 | 1 {
  const difference = a.num * b.den - b.num * a.den;
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** The largest whole number not above `r` (towards minus infinity). */
export function floor(r: Rational): bigint {
  const quotient = r.num / r.den;
  return r.num < 0n && r.num % r.den !== 0n ? quotient - 1n : quotient;
}

/** The smallest whole number not below `r` (towards plus infinity). */
export function ceil(r: Rational): bigint {
  return -floor({ num: -r.num, den: r.den });
}

/** The nearest whole number, halves away from zero: 2.5 is 3 and -2.5 is -3, so a reversal mirrors its posting. */
export function halfUp(r: Rational): bigint {
  const doubled = r.num < 0n ? r.num * -2n : r.num * 2n;
  const unsigned = (doubled + r.den) / (2n * r.den);
  return r.num < 0n ? -unsigned : unsigned;
}

/**
 * Decimal text with at most `maxDigits` decimals, rounded half up (away from zero), without trailing zeros: 1/3 to 4
 * digits is "0.3333", 5/4 is "1.25".
 * @throws RangeError when `maxDigits` is not a whole number from 0 up.
 */
export function toDecimal(r: Rational, maxDigits: number): string {
  if (!Number.isSafeInteger(maxDigits) || maxDigits < 0) throw new RangeError(`maxDigits out of range: ${maxDigits}`);
  const scaled = halfUp({ num: r.num * 10n ** BigInt(maxDigits), den: r.den });
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(maxDigits + 1, '0');
  const whole = digits.slice(0, digits.length - maxDigits);
  const fraction = digits.slice(digits.length - maxDigits).replace(/0+$/, '');
  return (scaled < 0n ? '-' : '') + whole + (fraction === '' ? '' : `.${fraction}`);
}

function normalised(num: bigint, den: bigint): Rational {
  if (den === 0n) throw new RangeError('division by zero');
  const divisor = greatestCommonDivisor(num, den);
  // Dividing by a divisor with the sign of `den` leaves a positive denominator.
  const signed = den < 0n ? -divisor : divisor;
  return { num: num / signed, den: den / signed };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
