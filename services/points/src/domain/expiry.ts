// Until when points live.
import { endOfNextYear, monthsToMonthEnd } from '@atrium/kernel';
import type { ProgrammeTerms } from './rules';

const DAY_MS = 86_400_000;

export const daysAfter = (instant: Date, days: number): Date => new Date(instant.getTime() + days * DAY_MS);

/** By the policy from when they were earned; what is credited late still lives for the days of grace. Null: for ever. */
export function expiryOf(
  terms: Pick<ProgrammeTerms, 'expiry' | 'expiryMonths' | 'graceDays'>,
  earnedAt: Date,
  zone: string,
  postedAt: Date,
): Date | null {
  if (terms.expiry === 'NEVER') return null;
  const byPolicy =
    terms.expiry === 'END_OF_NEXT_YEAR'
      ? endOfNextYear(earnedAt, zone)
      : monthsToMonthEnd(earnedAt, terms.expiryMonths, zone);
  const atLeast = daysAfter(postedAt, terms.graceDays);
  return byPolicy > atLeast ? byPolicy : atLeast;
}
