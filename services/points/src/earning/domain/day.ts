// Caps of a business day: sales take their room in the order in which they happened, whatever the order of their arrival.
import { businessDate, type Points } from '@atrium/kernel';
import type { RuleBook } from '../../programme/domain/rule-book';
import type { EarningTerms } from '../../programme/domain/terms';
import type { RatingInputs } from './inputs';
import { type Purse, rateSale } from './earn';
import { applyRating, rate, type Sale, targetsOf } from './sale';

const DAY_MS = 86_400_000;

/**
 * Sales whose business day can be the same: dates differ by zone and by the hour at which days change, so three days around an
 * instant hold every sale of its day.
 */
export const around = (instant: Date): { from: Date; to: Date } => ({
  from: new Date(instant.getTime() - 3 * DAY_MS),
  to: new Date(instant.getTime() + 3 * DAY_MS),
});

const hasDayCap = (terms: EarningTerms | undefined): boolean =>
  terms !== undefined && (terms.maxPointsPerDay !== null || terms.maxPointsPerMerchantDay !== null);

/** Whether other sales of its day can change what a sale earns, or it can change theirs. */
export function dependsOnDay(book: RuleBook, instant: Date): boolean {
  const { from, to } = around(instant);
  return book.between(from, to).some(({ programme }) => hasDayCap(programme?.terms.earning));
}

/**
 * Rates the sales in `due`, and with them the others of one member where a cap of their day leaves them more or less than
 * before. Refunds do not give room back. Answers the others that changed.
 */
export function rateDays(book: RuleBook, sales: readonly Sale[], due: ReadonlySet<Sale>, purse?: Purse): Sale[] {
  const days = new Map<string, Sale[]>();
  for (const sale of sales) {
    const { programmeId } = sale.inputs;
    if (programmeId === null) {
      if (due.has(sale)) rate(book, sale, purse);
      continue;
    }
    const day = dayOf(book, programmeId, sale);
    const list = days.get(day) ?? [];
    list.push(sale);
    days.set(day, list);
  }
  const changed: Sale[] = [];
  for (const day of days.values()) {
    if (day.some((sale) => due.has(sale))) changed.push(...rateDay(book, day.sort(byTime), due, purse));
  }
  return changed;
}

const dayOf = (book: RuleBook, programmeId: string, { occurredAt, zone }: Pick<Sale, 'occurredAt' | 'zone'>): string =>
  businessDate(occurredAt, zone, book.programme(programmeId).terms.dayCutHour * 60);

/** What a sale took of its day. */
export interface Taken {
  readonly day: string;
  readonly merchantId: string;
  readonly points: Points;
}

export const takenBy = (book: RuleBook, sales: readonly Sale[]): Taken[] =>
  sales.flatMap((sale) => {
    const { programmeId } = sale.inputs;
    if (programmeId === null) return [];
    return [{ day: dayOf(book, programmeId, sale), merchantId: sale.merchantId, points: targetsOf(sale).earned }];
  });

/** A sale that comes after others of its member: the caps of its day leave it what they did not take. */
export function withRoom(
  book: RuleBook,
  inputs: RatingInputs,
  sale: Pick<Sale, 'occurredAt' | 'zone' | 'merchantId'>,
  taken: readonly Taken[],
): RatingInputs {
  const { programmeId } = inputs;
  if (programmeId === null) return inputs;
  const { earning } = book.programme(programmeId).terms;
  const day = taken.filter((other) => other.day === dayOf(book, programmeId, sale));
  const sum = (list: readonly Taken[]) => list.reduce((total, { points }) => total + points, 0n);
  return {
    ...inputs,
    dayRoom: room(earning.maxPointsPerDay, sum(day)),
    merchantDayRoom: room(
      earning.maxPointsPerMerchantDay,
      sum(day.filter(({ merchantId }) => merchantId === sale.merchantId)),
    ),
  };
}

function rateDay(book: RuleBook, day: readonly Sale[], due: ReadonlySet<Sale>, purse?: Purse): Sale[] {
  const changed: Sale[] = [];
  let used = 0n;
  const usedAt = new Map<string, Points>();
  for (const sale of day) {
    const terms = book.programme(sale.inputs.programmeId ?? '').terms.earning;
    const atMerchant = usedAt.get(sale.merchantId) ?? 0n;
    const before = targetsOf(sale).earned;
    if (due.has(sale) || hasDayCap(terms)) {
      const inputs = {
        ...sale.inputs,
        dayRoom: room(terms.maxPointsPerDay, used),
        merchantDayRoom: room(terms.maxPointsPerMerchantDay, atMerchant),
      };
      const rating = rateSale(book, inputs, purse);
      if (due.has(sale) || rating.points !== before) {
        sale.inputs = inputs;
        applyRating(book, sale, rating);
        if (!due.has(sale)) changed.push(sale);
      }
    }
    const { earned } = targetsOf(sale);
    used += earned;
    usedAt.set(sale.merchantId, atMerchant + earned);
  }
  return changed;
}

const room = (cap: Points | null, used: Points): Points | null => (cap === null ? null : cap > used ? cap - used : 0n);

/** The order in which the sales of a day take their room. */
export function byTime(a: Sale, b: Sale): number {
  return a.occurredAt.getTime() - b.occurredAt.getTime() || (a.purchaseId < b.purchaseId ? -1 : 1);
}
