// Exact fractions for the naive model, so that it shares no arithmetic with what it checks.
export type Fraction = readonly [num: bigint, den: bigint];

export function fraction(text: string): Fraction {
  const [whole = '0', decimals = ''] = text.split('.');
  return [BigInt(whole + decimals), 10n ** BigInt(decimals.length)];
}

export const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
export const minus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d - c * b, b * d];
export const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
export const isAbove = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d > c * b;

/** Of fractions that are not negative. */
export function rounded([a, b]: Fraction, mode: 'FLOOR' | 'HALF_UP' | 'CEIL'): bigint {
  if (mode === 'FLOOR') return a / b;
  return mode === 'CEIL' ? (a + b - 1n) / b : (2n * a + b) / (2n * b);
}

/**
 * Shares of a whole. When the whole is the rounded sum of the shares, each share is rounded down and what is left goes one by
 * one to the largest fractions; for any other whole the shares are weights.
 */
export function shares(total: bigint, exact: readonly Fraction[]): bigint[] {
  const sum = exact.reduce(plus, [0n, 1n]);
  if (sum[0] === 0n) return exact.map(() => 0n);
  const near = isAbove([total + 1n, 1n], sum) && isAbove(plus(sum, [1n, 1n]), [total, 1n]);
  const wanted = near ? exact : exact.map((share): Fraction => [total * share[0] * sum[1], share[1] * sum[0]]);
  const parts = wanted.map(([a, b]) => a / b);
  const order = wanted
    .map(([a, b], i) => ({ i, rest: [a % b, b] as Fraction }))
    .sort((x, y) => (isAbove(x.rest, y.rest) ? -1 : isAbove(y.rest, x.rest) ? 1 : x.i - y.i));
  let left = total - parts.reduce((a, b) => a + b, 0n);
  for (const { i } of order) {
    if (left === 0n) break;
    parts[i] = (parts[i] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts;
}
