// Rules against metrics: which window a condition looks at, and how far the member is.
import { addDays, addMonths, startOfYear } from '@atrium/kernel';
import { calendarOf } from './calendar';
import type { Condition, Ladder, Rule } from './ladder';
import type { Metrics } from './metrics';

/** A half-open span of sale time in milliseconds; null leaves a side open. */
export interface Span {
  start: number | null;
  end: number | null;
}

export interface ConditionProgress {
  condition: Condition;
  current: bigint;
  span: Span;
  met: boolean;
}

/**
 * The windows of one ladder. Years and months are the group's own: days begin at the group's day cut, so a sale at 01:00 on
 * New Year's night counts for the old year.
 */
export interface Windows {
  at(condition: Condition, instant: number, validity: Span | null): Span;
}

export function createWindows({ zone, dayCutMinutes }: Pick<Ladder, 'zone' | 'dayCutMinutes'>): Windows {
  const { dayOf, startOf } = calendarOf(zone, dayCutMinutes);
  return {
    at({ window, months }, instant, validity) {
      switch (window) {
        case 'LIFETIME':
          return { start: null, end: null };
        case 'CALENDAR_YEAR': {
          const first = startOfYear(dayOf(instant));
          return { start: startOf(first), end: startOf(addMonths(first, 12)) };
        }
        case 'ROLLING_MONTHS': {
          const day = dayOf(instant);
          return { start: startOf(addDays(addMonths(day, -(months ?? 0)), 1)), end: startOf(addDays(day, 1)) };
        }
        case 'VALIDITY':
          return validity ?? { start: null, end: null };
      }
    },
  };
}

export interface Question {
  ladder: Pick<Ladder, 'currency'>;
  windows: Windows;
  metrics: Metrics;
  /** The instant whose windows are looked at. */
  at: number;
  validity: Span | null;
}

export function progressOf(rule: Rule, { ladder, windows, metrics, at, validity }: Question): ConditionProgress[] {
  return rule.conditions.map((condition) => {
    const span = windows.at(condition, at, validity);
    const current = metrics.sum(condition.metric, ladder.currency, span.start, span.end);
    return { condition, current, span, met: current >= condition.required };
  });
}

export function isMet(rule: Rule, question: Question): boolean {
  const progress = progressOf(rule, question);
  return rule.match === 'ALL' ? progress.every(({ met }) => met) : progress.some(({ met }) => met);
}
