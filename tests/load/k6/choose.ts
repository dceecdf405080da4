// Some shops and members are seen far more often than others: Zipf's law.

/** The busiest of forty shops has a quarter of all sales. */
export const STORE_EXPONENT = 1;
/**
 * Flatter: the keenest of 2,000 members is one person in ninety who come, and no more than the gateway lets one person do, however
 * large the day is. A steeper law has her open the app many times a second, which nobody does.
 */
export const MEMBER_EXPONENT = 0.5;

/** Sums of 1/k^s for k = 1..count, each divided by the last: where a number between 0 and 1 falls is who comes. */
export function zipf(count: number, exponent: number): Float64Array {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    sum += (k + 1) ** -exponent;
    sums[k] = sum;
  }
  for (let k = 0; k < count; k++) sums[k] = (sums[k] as number) / sum;
  return sums;
}

/** The first place whose sum is above `at` (0 <= at < 1). */
export function placeOf(sums: Float64Array, at: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
