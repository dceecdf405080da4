// Proportional reversal without drift: each step posts the difference between two cumulative targets.

/**
 * The part of `total` that belongs to `done` out of `whole`, rounded towards zero. Steps post
 * `cumulativeShare(total, after, whole) - cumulativeShare(total, before, whole)`: whatever the steps, they sum to `total`
 * exactly when `done` reaches `whole`. Example: 70 points on 40.00, refunds 20.00, 13.33, 6.67 take 35, 23, 12.
 * A negative total is the mirror of the positive one. A `whole` of 0 has no shares: the answer is 0.
 * @param total what is shared out, in its own unit (points, minor units)
 * @param done how much of `whole` is covered so far, in the unit of `whole`
 * @param whole the full basis
 * @throws RangeError unless 0 <= done <= whole (`done` is not compared with a `whole` of 0).
 */
export function cumulativeShare(total: bigint, done: bigint, whole: bigint): bigint {
  if (whole < 0n || done < 0n) throw new RangeError('done and whole must not be negative');
  if (whole === 0n) return 0n;
  if (done > whole) throw new RangeError(`done ${done} exceeds whole ${whole}`);
  return (total * done) / whole;
}
