// Until when points live.
import { endOfNextYear, localDate, monthsToMonthEnd } from '@atrium/kernel';
import type { ExpiryTerms, ProgrammeTerms } from '../../programme/domain/terms';

const DAY_MS = 86_400_000;

export const daysAfter = (instant: Date, days: number): Date => new Date(instant.getTime() + days * DAY_MS);

/** By the policy from when they were earned; what is credited late still lives for the days of grace. Null: for ever. */
export function expiryOf(
  terms: Pick<ProgrammeTerms, 'expiry' | 'lateCreditDays'>,
  earnedAt: Date,
  zone: string,
  postedAt: Date,
): Date | null {
  if (terms.expiry.mode === 'NEVER') return null;
  const byPolicy = endByPolicy(terms.expiry, earnedAt, zone);
  const atLeast = daysAfter(postedAt, terms.lateCreditDays);
  return byPolicy > atLeast ? byPolicy : atLeast;
}

/** Calendar arithmetic in a zone is dear, and all sales of a local month have the same answer. */
const known = new Map<string, Date>();
const KNOWN_MAX = 10_000;

function endByPolicy(expiry: Exclude<ExpiryTerms, { mode: 'NEVER' }>, earnedAt: Date, zone: string): Date {
  const key = `${JSON.stringify(expiry)} ${zone} ${localDate(earnedAt, zone).slice(0, 7)}`;
  let end = known.get(key);
  if (!end) {
    if (expiry.mode === 'END_OF_PERIOD' && expiry.period === 'YEAR' && expiry.count === 1) {
      end = endOfNextYear(earnedAt, zone);
    } else if (expiry.mode === 'AFTER' && expiry.unit === 'MONTH' && expiry.roundTo === 'MONTH') {
      end = monthsToMonthEnd(earnedAt, expiry.count, zone);
    } else throw new Error(`no expiry ${JSON.stringify(expiry)} yet`);
    if (known.size < KNOWN_MAX) known.set(key, end);
  }
  return end;
}
