// From when points can be spent, and until when they live. All in the mall's time zone; ends are the first instant after.
import { addDays, addMonths, localDate, localMidnight, sameClockOn, startOfMonth, startOfYear } from '@atrium/kernel';
import type { EarningTerms, ExpiryTerms, ProgrammeTerms } from '../../programme/domain/terms';

const DAY_MS = 86_400_000;
/** What is credited within a day of being earned, and before it would have ended, is not late. */
const LATE_MS = DAY_MS;

export const daysAfter = (instant: Date, days: number): Date => new Date(instant.getTime() + days * DAY_MS);

/** When a lot can be spent and when it ends. */
export interface Life {
  /** Null: when it is confirmed. */
  readonly availableAt: Date | null;
  /** Null: never, or not known before the confirmation (then `moving` says how it will be). */
  readonly expiresAt: Date | null;
  /** How the end goes on moving: with the account's activity, or from the confirmation. */
  readonly moving: { readonly terms: ExpiryTerms; readonly zone: string } | null;
}

/** By the policy; what is credited late still lives for the days of grace. Without terms: at once and for ever. */
export function lifeOf(
  terms: Pick<ProgrammeTerms, 'expiry' | 'lateCreditDays'> | null,
  credit: { earnedAt: Date; availableAt?: Date | null; zone: string; postedAt: Date },
): Life {
  const { earnedAt, availableAt = earnedAt, zone, postedAt } = credit;
  const expiry: ExpiryTerms = terms?.expiry ?? { mode: 'NEVER' };
  const fromAvailable = expiry.mode === 'AFTER' && expiry.from === 'AVAILABLE';
  const start = fromAvailable ? availableAt : earnedAt;
  const moving = expiry.mode === 'SLIDING' || start === null ? { terms: expiry, zone } : null;
  const byPolicy = start === null ? null : endOfLife(expiry, start, zone);
  if (byPolicy === null || !terms) return { availableAt, expiresAt: byPolicy, moving };
  const late = postedAt.getTime() - earnedAt.getTime() > LATE_MS || byPolicy <= postedAt;
  if (!late) return { availableAt, expiresAt: byPolicy, moving };
  const atLeast = daysAfter(postedAt, terms.lateCreditDays);
  return { availableAt, expiresAt: byPolicy > atLeast ? byPolicy : atLeast, moving };
}

/** A life that waited for a word, now that it has come. */
export function confirmed<L extends Life>(life: L, at: Date): Life {
  const { expiresAt, moving } = life;
  if (moving?.terms.mode !== 'AFTER') return { availableAt: at, expiresAt, moving };
  return { availableAt: at, expiresAt: endOfLife(moving.terms, at, moving.zone), moving: null };
}

/** Null: when it is confirmed. After 0 days: at once; after n days: when the n-th local day after the sale begins. */
export function availableFrom(terms: EarningTerms['pending'], earnedAt: Date, zone: string): Date | null {
  if (terms.mode === 'ON_EVENT') return null;
  return terms.days === 0 ? earnedAt : localMidnight(addDays(localDate(earnedAt, zone), terms.days), zone);
}

/** Calendar arithmetic in a zone is dear, and all sales of a local day have the same answer. */
const known = new Map<string, Date>();
const KNOWN_MAX = 10_000;

/** The end of a life that began (for SLIDING: was last active) at `start`; null: never. */
export function endOfLife(terms: ExpiryTerms, start: Date, zone: string): Date | null {
  if (terms.mode === 'NEVER') return null;
  if (terms.mode === 'AFTER' && terms.roundTo === 'NONE') {
    return sameClockOn(start, zone, (date) => later(date, terms.count, terms.unit));
  }
  const date = localDate(start, zone);
  const key = `${JSON.stringify(terms)} ${zone} ${date}`;
  let end = known.get(key);
  if (!end) {
    end = localMidnight(dayAfterLast(terms, date), zone);
    if (known.size < KNOWN_MAX) known.set(key, end);
  }
  return end;
}

/** The first local day on which they are gone. */
function dayAfterLast(terms: Exclude<ExpiryTerms, { mode: 'NEVER' }>, date: string): string {
  switch (terms.mode) {
    case 'AFTER':
      return after(terms.roundTo === 'NONE' ? 'DAY' : terms.roundTo, later(date, terms.count, terms.unit), 0);
    case 'END_OF_PERIOD':
      return after(terms.period, date, terms.count);
    case 'FIXED_DATE':
      return addDays(terms.date, 1);
    case 'SLIDING':
      return addDays(addMonths(date, terms.months), 1);
  }
}

const later = (date: string, count: number, unit: 'DAY' | 'MONTH'): string =>
  unit === 'DAY' ? addDays(date, count) : addMonths(date, count);

/** The first day after the period of `date` and `more` further ones. Weeks begin on Monday. */
function after(period: 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR', date: string, more: number): string {
  switch (period) {
    case 'DAY':
      return addDays(date, 1 + more);
    case 'WEEK': {
      const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
      return addDays(date, 7 - weekday + 7 * more);
    }
    case 'MONTH':
      return addMonths(startOfMonth(date), 1 + more);
    case 'QUARTER': {
      const monthInQuarter = (Number(date.slice(5, 7)) - 1) % 3;
      return addMonths(startOfMonth(date), 3 - monthInQuarter + 3 * more);
    }
    case 'YEAR':
      return addMonths(startOfYear(date), 12 * (1 + more));
  }
}
