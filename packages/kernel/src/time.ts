// Calendar arithmetic in the time zone of a site. Instants are `Date`, calendar days are 'YYYY-MM-DD' text; all results
// that end an interval are the first instant after it (half-open intervals).

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MINUTES_IN_DAY = 24 * 60;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const CLOCK = '([01]\\d|2[0-3]):([0-5]\\d)(?::([0-5]\\d)(?:\\.(\\d{1,9}))?)?';
const LOCAL_DATE_TIME = new RegExp(`^(\\d{4}-\\d{2}-\\d{2})[ T]${CLOCK}$`);
const INSTANT = new RegExp(`^(\\d{4}-\\d{2}-\\d{2})T${CLOCK}(?:Z|([+-])([01]\\d|2[0-3]):([0-5]\\d))$`);

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Whether `text` names an IANA time zone this runtime knows ("Asia/Shanghai"). Bare offsets are not zones. */
export function isTimeZone(text: string): boolean {
  if (formatters.has(text)) return true;
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    createFormatter(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether `text` is a real calendar day 'YYYY-MM-DD'. */
export function isLocalDate(text: string): boolean {
  return dayStart(text) !== null;
}

/**
 * The calendar day at `instant` in `zone`.
 * @throws RangeError for an unknown zone or an invalid date.
 */
export function localDate(instant: Date, zone: string): string {
  return dateText(wallClock(instant.getTime(), zone));
}

/**
 * The business day a fact counts for: days change at `dayCutMinutes` after local midnight (240 is 04:00), so a sale at
 * 03:59 belongs to the day before.
 * @param dayCutMinutes whole minutes, 0 to 1439
 * @throws RangeError for an unknown zone, an invalid date or a day cut out of range.
 */
export function businessDate(instant: Date, zone: string, dayCutMinutes: number): string {
  if (!Number.isInteger(dayCutMinutes) || dayCutMinutes < 0 || dayCutMinutes >= MINUTES_IN_DAY) {
    throw new RangeError(`day cut out of range: ${dayCutMinutes}`);
  }
  return dateText(wallClock(instant.getTime(), zone) - dayCutMinutes * MINUTE_MS);
}

/**
 * The calendar year at `instant` in `zone`.
 * @throws RangeError for an unknown zone or an invalid date.
 */
export function yearOf(instant: Date, zone: string): number {
  return new Date(wallClock(instant.getTime(), zone)).getUTCFullYear();
}

/**
 * The first instant of the calendar day `date` in `zone`. Where the clock skips midnight it is the first instant after the
 * gap; where midnight comes twice, the first.
 * @throws RangeError for an unknown zone or a text that is no calendar day.
 */
export function localMidnight(date: string, zone: string): Date {
  const wall = requireDayStart(date);
  const { instant, skipped } = instantOf(wall, zone);
  return new Date(skipped ? firstInstantFrom(wall, zone) : instant);
}

/**
 * Reads a till's local time, 'YYYY-MM-DD HH:mm[:ss[.fraction]]' with a space or `T`, in `zone`. A time skipped by the clock
 * moves forward by the gap; a time that comes twice is the first one. Returns `null` for any other text or an impossible
 * day; digits beyond milliseconds are cut off.
 * @throws RangeError for an unknown zone.
 */
export function parseLocalDateTime(text: string, zone: string): Date | null {
  const wall = readWallClock(LOCAL_DATE_TIME.exec(text));
  return wall === null ? null : new Date(instantOf(wall, zone).instant);
}

/**
 * Reads an ISO 8601 instant that names its offset: '2026-03-10T08:00:00Z', '2026-03-10T16:00:00.123+08:00' (seconds may
 * be left out). Returns `null` for anything else, above all a time without offset; digits beyond milliseconds are cut off.
 */
export function parseInstant(text: string): Date | null {
  const match = INSTANT.exec(text);
  const wall = readWallClock(match);
  if (!match || wall === null) return null;
  const [, , , , , , sign, hours = '0', minutes = '0'] = match;
  const offset = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  return new Date(sign === '-' ? wall + offset : wall - offset);
}

/**
 * The calendar day `days` after `date` (before it when negative).
 * @throws RangeError when `date` is no calendar day, `days` is not whole or the result leaves the years 0000 to 9999.
 */
export function addDays(date: string, days: number): string {
  return dateText(requireDayStart(date) + requireWhole(days) * DAY_MS);
}

/**
 * The same day `months` later (earlier when negative), or the last day of a month that is too short: 31 January plus one
 * month is 28 or 29 February.
 * @throws RangeError when `date` is no calendar day, `months` is not whole or the result leaves the years 0000 to 9999.
 */
export function addMonths(date: string, months: number): string {
  const from = new Date(requireDayStart(date));
  const day = from.getUTCDate();
  const target = new Date(from);
  target.setUTCDate(1);
  target.setUTCMonth(target.getUTCMonth() + requireWhole(months));
  const lastDay = new Date(target);
  lastDay.setUTCMonth(lastDay.getUTCMonth() + 1, 0);
  target.setUTCDate(Math.min(day, lastDay.getUTCDate()));
  return dateText(target.getTime());
}

/**
 * The first day of the month of `date`.
 * @throws RangeError when `date` is no calendar day.
 */
export function startOfMonth(date: string): string {
  requireDayStart(date);
  return `${date.slice(0, 7)}-01`;
}

/**
 * The first day of the year of `date`.
 * @throws RangeError when `date` is no calendar day.
 */
export function startOfYear(date: string): string {
  requireDayStart(date);
  return `${date.slice(0, 4)}-01-01`;
}

/**
 * The end of the calendar year after the one of `instant`, as the first instant after it: local midnight of 1 January two
 * years on. The default expiry of points.
 * @throws RangeError for an unknown zone or an invalid date.
 */
export function endOfNextYear(instant: Date, zone: string): Date {
  return localMidnight(addMonths(startOfYear(localDate(instant, zone)), 24), zone);
}

/**
 * `months` after `instant`, extended to the end of that month, as the first instant after it: from 2026-03-10, 12 months
 * end at 2027-04-01 00:00 local. The default validity of a tier.
 * @param months whole, may be 0 (the end of the current month)
 * @throws RangeError for an unknown zone, an invalid date or months that are not whole.
 */
export function monthsToMonthEnd(instant: Date, months: number, zone: string): Date {
  return localMidnight(addMonths(startOfMonth(localDate(instant, zone)), requireWhole(months) + 1), zone);
}

/**
 * The same reading of the wall clock on another day: `sameClockOn(instant, zone, (date) => addDays(date, 30))`. A reading that
 * the clock skips moves forward by the gap; one that comes twice is the first.
 * @throws RangeError for an unknown zone, an invalid date or a text that is no calendar day.
 */
export function sameClockOn(instant: Date, zone: string, move: (date: string) => string): Date {
  const wall = wallClock(instant.getTime(), zone);
  const day = Math.floor(wall / DAY_MS) * DAY_MS;
  const target = requireDayStart(move(dateText(wall))) + (wall - day);
  return new Date(instantOf(target, zone).instant + (instant.getTime() - Math.floor(instant.getTime() / 1000) * 1000));
}

/** Since 1980 clocks have changed at whole quarters of an hour only: one offset holds for each. */
const SLOT_MS = 15 * MINUTE_MS;
const SLOTS_FROM = Date.UTC(1980, 0, 1);
const MOST_KEPT = 50_000;
const offsets = new Map<string, Map<number, number>>();

/** What a wall clock in `zone` shows at an instant, as milliseconds of the same reading in UTC (whole seconds). */
function wallClock(instant: number, zone: string): number {
  if (!(instant >= SLOTS_FROM)) return readClock(instant, zone);
  let known = offsets.get(zone);
  if (!known) offsets.set(zone, (known = new Map<number, number>()));
  const slot = Math.floor(instant / SLOT_MS);
  let offset = known.get(slot);
  if (offset === undefined) {
    offset = readClock(slot * SLOT_MS, zone) - slot * SLOT_MS;
    if (known.size >= MOST_KEPT) known.clear();
    known.set(slot, offset);
  }
  return Math.floor(instant / 1000) * 1000 + offset;
}

/** The same, asked of the platform's time zone data: slow. */
function readClock(instant: number, zone: string): number {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = createFormatter(zone);
    formatters.set(zone, formatter);
  }
  const read = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of formatter.formatToParts(instant)) {
    if (type in read) read[type as keyof typeof read] = Number(value);
  }
  return Date.UTC(read.year, read.month - 1, read.day, read.hour, read.minute, read.second);
}

function createFormatter(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

function offsetAt(instant: number, zone: string): number {
  const wholeSeconds = Math.floor(instant / 1000) * 1000;
  return wallClock(wholeSeconds, zone) - wholeSeconds;
}

/** The instant at which a wall clock shows `wall`. A day to either side shows the offsets that can apply. */
function instantOf(wall: number, zone: string): { instant: number; skipped: boolean } {
  const before = offsetAt(wall - DAY_MS, zone);
  const after = offsetAt(wall + DAY_MS, zone);
  // The larger offset gives the earlier instant: of two readings the first is taken.
  for (const offset of before >= after ? [before, after] : [after, before]) {
    if (offsetAt(wall - offset, zone) === offset) return { instant: wall - offset, skipped: false };
  }
  return { instant: wall - before, skipped: true };
}

/** For a skipped reading: the instant of the jump, which is the first with a wall clock at or after `wall`. */
function firstInstantFrom(wall: number, zone: string): number {
  let low = wall - DAY_MS;
  let high = wall + DAY_MS;
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000;
    if (wallClock(middle, zone) >= wall) high = middle;
    else low = middle;
  }
  return high;
}

/** The milliseconds of a matched date and clock reading, or `null` when there is no such day. */
function readWallClock(match: RegExpExecArray | null): number | null {
  if (!match) return null;
  const [, date = '', hour = '0', minute = '0', second = '0', fraction = ''] = match;
  const start = dayStart(date);
  if (start === null) return null;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return start + (Number(hour) * 60 + Number(minute)) * MINUTE_MS + Number(second) * 1000 + milliseconds;
}

function dayStart(date: string): number | null {
  if (!DATE.test(date)) return null;
  const start = new Date(`${date}T00:00:00Z`).getTime();
  // 30 February reads as 1 March, which is not the day that was asked for.
  return Number.isNaN(start) || dateText(start) !== date ? null : start;
}

function requireDayStart(date: string): number {
  const start = dayStart(date);
  if (start === null) throw new RangeError(`not a calendar day: ${JSON.stringify(date)}`);
  return start;
}

function requireWhole(n: number): number {
  if (!Number.isSafeInteger(n)) throw new RangeError(`not a whole number: ${n}`);
  return n;
}

const texts = new Map<number, string>();

function dateText(utc: number): string {
  const day = Math.floor(utc / DAY_MS);
  const known = texts.get(day);
  if (known !== undefined) return known;
  const text = new Date(utc).toISOString();
  if (text.length !== 24) throw new RangeError('the year is out of range');
  if (texts.size >= MOST_KEPT) texts.clear();
  texts.set(day, text.slice(0, 10));
  return text.slice(0, 10);
}
