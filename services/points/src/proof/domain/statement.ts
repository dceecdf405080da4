// The lines of a member's statement with what was there after each.
import { addDays, addMonths, type Points } from '@atrium/kernel';

export const STATEMENT_MONTHS = 13;
export const STATEMENT_ENTRIES = 5_000;

/** Calendar days, both included. */
export type PeriodFault = 'ORDER' | 'LENGTH';

export function faultOf(from: string, to: string): PeriodFault | null {
  if (to < from) return 'ORDER';
  return addDays(to, 1) > addMonths(from, STATEMENT_MONTHS) ? 'LENGTH' : null;
}

export interface Balance {
  /** Unspent: pending, available and held together. */
  readonly points: Points;
  readonly debt: Points;
}

/** Adds to each entry what was there after it. */
export function runningBalances<E extends { readonly amount: Points; readonly debtDelta: Points }>(
  opening: Balance,
  entries: readonly E[],
): { lines: (E & { readonly after: Balance })[]; closing: Balance } {
  let { points, debt } = opening;
  const lines = entries.map((entry) => {
    points += entry.amount;
    debt += entry.debtDelta;
    return { ...entry, after: { points, debt } };
  });
  return { lines, closing: { points, debt } };
}
