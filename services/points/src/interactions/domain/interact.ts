// What an interaction earns: a fixed number of points, within its caps, and more for days in a row.
import { addDays, err, ok, type Points, type Result } from '@atrium/kernel';
import type { InteractionTerms } from '../../programme/domain/terms';

/** The member's earlier interactions of the same rule. */
export interface Past {
  readonly total: number;
  /** On the business day in question. */
  readonly onDay: number;
  /** Business days (YYYY-MM-DD) with at least one, newest first, as far back as a streak can reach. */
  readonly days: readonly string[];
}

export interface Reward {
  readonly points: Points;
  readonly growth: Points;
  /** Days in a row, this one included. */
  readonly streak: number;
  readonly streakPoints: Points;
}

export type InteractionLimit = { code: 'LIMIT_REACHED'; limit: number; per: 'DAY' | 'MEMBER' };

export function interact(terms: InteractionTerms, past: Past, day: string): Result<Reward, InteractionLimit> {
  if (terms.maxPerDay !== null && past.onDay >= terms.maxPerDay) {
    return err({ code: 'LIMIT_REACHED', limit: terms.maxPerDay, per: 'DAY' });
  }
  if (terms.maxPerMember !== null && past.total >= terms.maxPerMember) {
    return err({ code: 'LIMIT_REACHED', limit: terms.maxPerMember, per: 'MEMBER' });
  }
  const streak = daysInARow(past.days, day);
  // Only the first of a day makes the streak longer.
  const streakPoints = terms.streak && past.onDay === 0 && streak % terms.streak.days === 0 ? terms.streak.points : 0n;
  return ok({ points: terms.points + streakPoints, growth: terms.growth, streak, streakPoints });
}

/** Ending with `day`, which counts itself. */
export function daysInARow(earlier: readonly string[], day: string): number {
  const known = new Set(earlier);
  let count = 1;
  for (let before = addDays(day, -1); known.has(before); before = addDays(before, -1)) count += 1;
  return count;
}
