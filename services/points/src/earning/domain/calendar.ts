// Whether a campaign holds on a business day of the mall.
import type { CampaignCalendar } from '../../programme/domain/terms';

/** Month 1 to 12, and day. */
export interface Birthday {
  readonly month: number;
  readonly day: number;
}

export const asksBirthday = ({ mode }: CampaignCalendar): boolean => mode === 'BIRTHDAY' || mode === 'BIRTHDAY_MONTH';

/** `date` is the business day, YYYY-MM-DD. Who did not say when they were born has no birthday. */
export function holdsOn(calendar: CampaignCalendar, date: string, birthday: Birthday | null): boolean {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  switch (calendar.mode) {
    case 'ALWAYS':
      return true;
    case 'WEEKDAYS':
      return calendar.weekdays.includes(weekdayOf(year, month, day));
    case 'MONTH_DAYS':
      return calendar.days.includes(day);
    case 'BIRTHDAY_MONTH':
      return birthday?.month === month;
    case 'BIRTHDAY':
      return birthday?.month === month && keptOn(birthday, year) === day;
  }
}

/** 29 February is kept on the 28th when there is none. */
const keptOn = ({ month, day }: Birthday, year: number): number =>
  month === 2 && day === 29 && !isLeap(year) ? 28 : day;

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** 1 is Monday, 7 is Sunday. */
const weekdayOf = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;
