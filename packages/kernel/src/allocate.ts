// Splits a whole amount so that the parts always add up to it: everybody gets the floor of the exact share, and the
// units left over go to the largest fractions (largest remainder).
import type { Rational } from './rational';

/**
 * Splits `total` in proportion to `weights`. Parts have the sign of the total, are in the order of the weights and sum to
 * the total exactly; each is within one unit of the exact share; equal fractions favour the lower index; a zero weight
 * gets nothing. `allocate(-t, w)` is the mirror of `allocate(t, w)`.
 * Example: 20.00 over 60.00 and 50.00 is 10.91 and 9.09.
 * @throws RangeError for a negative weight, or when all weights are 0 (or there are none) and the total is not.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.some((weight) => weight < 0n)) throw new RangeError('weights must not be negative');
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) return weights.map(() => 0n);
  if (whole === 0n) throw new RangeError('cannot allocate an amount over zero weights');
  if (total < 0n) return allocate(-total, weights).map((part) => -part);
  return largestRemainder(
    total,
    weights.map((weight) => total * weight),
    whole,
  );
}

/**
 * Splits `total` by exact shares, in the order of the shares and summing to the total exactly.
 *
 * When the total is the sum of the shares rounded either way (less than one unit off), each part is its own share rounded
 * down or up, the largest fractions up: a whole share stays as it is. This is how points rounded once per sale go back to
 * its lines. For any other total the shares are weights, as in {@link allocate}: 999 over 0.5, 0.3, 0.2 is 499, 300, 200.
 * A negative total is the mirror of the positive one.
 * @throws RangeError for a negative share, or when all shares are 0 (or there are none) and the total is not.
 */
export function allocateRational(total: bigint, shares: readonly Rational[]): bigint[] {
  if (shares.some((share) => share.num < 0n)) throw new RangeError('shares must not be negative');
  if (total < 0n) return allocateRational(-total, shares).map((part) => -part);
  const denominator = [...new Set(shares.map((share) => share.den))].reduce((product, den) => product * den, 1n);
  const numerators = shares.map((share) => share.num * (denominator / share.den));
  const difference = total * denominator - numerators.reduce((sum, numerator) => sum + numerator, 0n);
  if (difference === 0n || (difference < denominator && -difference < denominator)) {
    return largestRemainder(total, numerators, denominator);
  }
  return allocate(total, numerators);
}

/** Rounds the exact shares `numerators[i]` over `denominator` so that they sum to `total`, which is their rounded sum. */
function largestRemainder(total: bigint, numerators: readonly bigint[], denominator: bigint): bigint[] {
  const parts = numerators.map((numerator) => numerator / denominator);
  const left = total - parts.reduce((sum, part) => sum + part, 0n);
  const byFraction = numerators
    .map((numerator, index) => ({ index, fraction: numerator % denominator }))
    .sort((a, b) => (a.fraction === b.fraction ? a.index - b.index : a.fraction > b.fraction ? -1 : 1));
  const lucky = new Set(byFraction.slice(0, Number(left)).map(({ index }) => index));
  return parts.map((part, index) => (lucky.has(index) ? part + 1n : part));
}
