// Days of a place, looked up instead of computed: a fold asks for the same few days again and again, and time zones are slow.
import { addDays, localMidnight, parseLocalDateTime } from '@atrium/kernel';

export interface Calendar {
  /** The day 'YYYY-MM-DD' that an instant belongs to. */
  dayOf(instant: number): string;
  /** The first instant of a day. */
  startOf(day: string): number;
}

const DAY_MS = 86_400_000;
/** Some fifty years; beyond that the memory is not worth it. */
const MOST_DAYS = 20_000;

const calendars = new Map<string, Calendar>();

/** Days that begin so many minutes after local midnight. */
export function calendarOf(zone: string, dayCutMinutes: number): Calendar {
  const key = `${zone} ${dayCutMinutes}`;
  const known = calendars.get(key);
  if (known) return known;
  const calendar = createCalendar(zone, dayCutMinutes);
  calendars.set(key, calendar);
  return calendar;
}

function createCalendar(zone: string, dayCutMinutes: number): Calendar {
  const cut = new Date(dayCutMinutes * 60_000).toISOString().slice(11, 16);
  const starts = new Map<string, number>();
  const startOf = (day: string): number => {
    const known = starts.get(day);
    if (known !== undefined) return known;
    const start = dayCutMinutes === 0 ? localMidnight(day, zone) : parseLocalDateTime(`${day} ${cut}`, zone);
    if (!start) throw new RangeError(`no such day: ${day}`);
    if (starts.size >= MOST_DAYS) starts.clear();
    starts.set(day, start.getTime());
    return start.getTime();
  };
  return {
    startOf,
    dayOf(instant) {
      // No place is more than a day away from UTC.
      let day = new Date(instant + DAY_MS).toISOString().slice(0, 10);
      while (startOf(day) > instant) day = addDays(day, -1);
      return day;
    },
  };
}
