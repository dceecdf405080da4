// Points and growth are whole 64-bit numbers, as in the database column and on the wire.

/** A whole number of points (or growth). Always within int64; see {@link assertInt64}. */
export type Points = bigint;

/** Largest signed 64-bit integer, 9223372036854775807. */
export const INT64_MAX = 9223372036854775807n;

/** Smallest signed 64-bit integer, -9223372036854775808. */
export const INT64_MIN = -9223372036854775808n;

/** Longest text of an int64: a sign and 19 digits. Longer input is refused before it is converted. */
const INT64_TEXT_LENGTH = 20;
const WHOLE = /^(?:0|-?[1-9]\d*)$/;

/** Whether `n` fits a signed 64-bit integer. */
export function isInt64(n: bigint): boolean {
  return n >= INT64_MIN && n <= INT64_MAX;
}

/**
 * Returns `n` unchanged when it fits a signed 64-bit integer.
 * @throws RangeError when it does not.
 */
export function assertInt64(n: bigint): bigint {
  if (!isInt64(n)) throw new RangeError(`${n} does not fit a signed 64-bit integer`);
  return n;
}

/**
 * Parses a whole number in its one canonical form: no sign but a leading `-`, no leading zeros, no `-0`, spaces,
 * separators or exponents. Returns `null` for anything else and for numbers outside int64.
 */
export function parseWhole(text: string): bigint | null {
  if (text.length > INT64_TEXT_LENGTH || !WHOLE.test(text)) return null;
  const whole = BigInt(text);
  return isInt64(whole) ? whole : null;
}

/**
 * The sum of any number of amounts of points; 0 for none.
 * @throws RangeError when an amount or the sum leaves int64.
 */
export function addPoints(...amounts: readonly Points[]): Points {
  return assertInt64(amounts.reduce((sum, amount) => sum + assertInt64(amount), 0n));
}
