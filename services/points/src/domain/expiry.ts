// Until when points live.
import { endOfNextYear, localDate, monthsToMonthEnd } from '@atrium/kernel';
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
  const byPolicy = endByPolicy(terms.expiry, terms.expiryMonths, earnedAt, zone);
  const atLeast = daysAfter(postedAt, terms.graceDays);
  return byPolicy > atLeast ? byPolicy : atLeast;
}

/** Calendar arithmetic in a zone is dear, and all sales of a local month have the same answer. */
const known = new Map<string, Date>();
const KNOWN_MAX = 10_000;

function endByPolicy(
  policy: 'END_OF_NEXT_YEAR' | 'MONTHS_TO_MONTH_END',
  months: number,
  earnedAt: Date,
  zone: string,
): Date {
  const key = `${policy} ${months} ${zone} ${localDate(earnedAt, zone).slice(0, 7)}`;
  let end = known.get(key);
  if (!end) {
    end = policy === 'END_OF_NEXT_YEAR' ? endOfNextYear(earnedAt, zone) : monthsToMonthEnd(earnedAt, months, zone);
    if (known.size < KNOWN_MAX) known.set(key, end);
  }
  return end;
}
