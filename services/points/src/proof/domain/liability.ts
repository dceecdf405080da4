// What is outstanding, in the groups that accountants ask for, and what it is worth.
import { addMonths, allocateRational, floor, multiply, type Points, rational } from '@atrium/kernel';

export interface Sum {
  readonly key: string;
  readonly pending: Points;
  readonly available: Points;
  readonly held: Points;
  /** Past their time, to be written down by the job that expires. */
  readonly lapsed: Points;
}

export type LiabilityGrouping = 'FUNDER' | 'AGE' | 'EXPIRY';

export const pointsOf = ({ pending, available, held }: Sum): Points => pending + available + held;

/** Whole months since earning: from … up to, not including, to. */
export const AGE_BUCKETS = [
  { key: '0-2', from: 0, to: 3 },
  { key: '3-5', from: 3, to: 6 },
  { key: '6-11', from: 6, to: 12 },
  { key: '12-23', from: 12, to: 24 },
  { key: '24+', from: 24, to: Infinity },
] as const;

/** Sums by month of earning, as they fall into the buckets of age; `month` is the snapshot's own. */
export function byAge(sums: readonly Sum[], month: string): Sum[] {
  return AGE_BUCKETS.map(({ key, from, to }) =>
    sums
      .filter((sum) => {
        const inTime = sum.key <= addMonths(month, -from);
        // What is stated to be earned later than the snapshot is as young as can be.
        return (from === 0 || inTime) && (to === Infinity || sum.key > addMonths(month, -to));
      })
      .reduce(plus, { ...NOTHING, key }),
  ).filter((sum) => pointsOf(sum) + sum.lapsed > 0n);
}

const NOTHING: Sum = { key: '', pending: 0n, available: 0n, held: 0n, lapsed: 0n };

const plus = (a: Sum, b: Sum): Sum => ({
  key: a.key,
  pending: a.pending + b.pending,
  available: a.available + b.available,
  held: a.held + b.held,
  lapsed: a.lapsed + b.lapsed,
});

export const totalOf = (sums: readonly Sum[]): Sum => sums.reduce(plus, NOTHING);

/** The worth of all, rounded down once, and each row's part of it: they add up. */
export function worth(
  sums: readonly Sum[],
  conversion: { readonly points: Points; readonly valueMinor: bigint },
): { totalMinor: bigint; rowsMinor: bigint[] } {
  const price = rational(conversion.valueMinor, conversion.points);
  const exact = sums.map((sum) => multiply(rational(pointsOf(sum)), price));
  const totalMinor = floor(multiply(rational(pointsOf(totalOf(sums))), price));
  return { totalMinor, rowsMinor: totalMinor === 0n ? sums.map(() => 0n) : allocateRational(totalMinor, exact) };
}
