import * as fc from 'fast-check';
import {
  addDays,
  addMonths,
  businessDate,
  endOfNextYear,
  isLocalDate,
  isTimeZone,
  localDate,
  localMidnight,
  monthsToMonthEnd,
  parseInstant,
  parseLocalDateTime,
  sameClockOn,
  startOfMonth,
  startOfYear,
  yearOf,
} from './time';

const SHANGHAI = 'Asia/Shanghai';
const at = (text: string): Date => new Date(text);
const iso = (date: Date | null): string | undefined => date?.toISOString();

const zone = fc.constantFrom(
  SHANGHAI,
  'UTC',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/New_York',
  'America/Sao_Paulo',
  'Europe/London',
  'Pacific/Apia',
);
const instant = fc.date({ min: at('1990-01-01T00:00:00Z'), max: at('2060-01-01T00:00:00Z'), noInvalidDate: true });

describe('isTimeZone', () => {
  it.each([SHANGHAI, 'UTC', 'Europe/London', 'America/Argentina/Buenos_Aires'])('knows %s', (text) => {
    expect(isTimeZone(text)).toBe(true);
  });

  it.each(['', 'Asia/Atlantis', '+08:00', 'UTC+8', 'Asia/Shanghai '])('refuses %j', (text) => {
    expect(isTimeZone(text)).toBe(false);
    expect(() => localDate(at('2026-03-10T08:00:00Z'), text)).toThrow(RangeError);
  });
});

describe('the day of an instant', () => {
  it('is the local one', () => {
    expect(localDate(at('2026-03-10T15:59:59.999Z'), SHANGHAI)).toBe('2026-03-10');
    expect(localDate(at('2026-03-10T16:00:00Z'), SHANGHAI)).toBe('2026-03-11');
    expect(yearOf(at('2026-12-31T16:00:00Z'), SHANGHAI)).toBe(2027);
    expect(yearOf(at('2026-12-31T16:00:00Z'), 'UTC')).toBe(2026);
  });

  it.each([
    ['2026-03-10T19:59:59.999Z', 240, '2026-03-10'],
    ['2026-03-10T20:00:00.000Z', 240, '2026-03-11'],
    ['2026-03-10T16:00:00.000Z', 0, '2026-03-11'],
    ['2025-12-31T19:59:00.000Z', 240, '2025-12-31'],
  ])('%s with the cut at %i minutes is business day %s', (text, cut, day) => {
    expect(businessDate(at(text), SHANGHAI, cut)).toBe(day);
  });

  it.each([-1, 1440, 0.5, Number.NaN])('refuses a cut of %s minutes', (cut) => {
    expect(() => businessDate(at('2026-03-10T08:00:00Z'), SHANGHAI, cut)).toThrow(RangeError);
  });

  it('refuses an invalid date', () => {
    expect(() => localDate(at('never'), SHANGHAI)).toThrow(RangeError);
  });
});

describe('localMidnight', () => {
  it.each([
    ['an ordinary day', '2026-03-10', SHANGHAI, '2026-03-09T16:00:00.000Z'],
    ['a half-hour zone', '2026-03-10', 'Asia/Kathmandu', '2026-03-09T18:15:00.000Z'],
    ['a day with a spring gap later on', '2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z'],
    ['the day after it', '2026-03-09', 'America/New_York', '2026-03-09T04:00:00.000Z'],
    ['a day whose midnight is skipped', '2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['a day after the clock went back at midnight', '2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
    ['a gap that began before midnight', '1919-03-31', 'America/Toronto', '1919-03-31T04:30:00.000Z'],
    ['a day that was skipped whole', '2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ])('%s: %s in %s', (_, date, where, expected) => expect(iso(localMidnight(date, where))).toBe(expected));

  it('starts the day it names', () => {
    fc.assert(
      fc.property(instant, zone, (moment, where) => {
        const day = localDate(moment, where);
        const start = localMidnight(day, where);
        expect(start.getTime()).toBeLessThanOrEqual(moment.getTime());
        expect(localDate(start, where)).toBe(day);
        expect(localDate(new Date(start.getTime() - 1), where) < day).toBe(true);
      }),
    );
  });

  it.each(['', '2026-02-30', '2026-3-1', '2026-13-01', '20260301'])('refuses %j', (text) => {
    expect(isLocalDate(text)).toBe(false);
    expect(() => localMidnight(text, SHANGHAI)).toThrow(RangeError);
  });
});

describe('parseLocalDateTime', () => {
  it.each([
    ['2017-03-01 00:04:05', SHANGHAI, '2017-02-28T16:04:05.000Z'],
    ['2017-03-01T00:04', SHANGHAI, '2017-02-28T16:04:00.000Z'],
    ['2017-03-01 00:04:05.1239', SHANGHAI, '2017-02-28T16:04:05.123Z'],
    ['2026-03-08 02:30:00', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['2026-11-01 01:30:00', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['2026-10-04 02:15:00', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
  ])('%s in %s is %s', (text, where, expected) => expect(iso(parseLocalDateTime(text, where))).toBe(expected));

  it.each(['', '2017-03-01', '2017-02-29 00:00:00', '2017-03-01 24:00:00', '2017-03-01 00:60:00', '1/3/2017 00:00'])(
    'refuses %j',
    (text) => expect(parseLocalDateTime(text, SHANGHAI)).toBeNull(),
  );

  it('refuses an offset, which would contradict the zone', () => {
    expect(parseLocalDateTime('2017-03-01 00:04:05Z', SHANGHAI)).toBeNull();
  });

  it('reads back what the wall clock of a zone without summer time showed', () => {
    fc.assert(
      fc.property(instant, (moment) => {
        const wall = new Date(moment.getTime() + 8 * 3_600_000).toISOString().slice(0, -1);
        expect(iso(parseLocalDateTime(wall, 'Asia/Singapore'))).toBe(iso(moment));
      }),
    );
  });
});

describe('parseInstant', () => {
  it.each([
    ['2026-03-10T08:00:00Z', '2026-03-10T08:00:00.000Z'],
    ['2026-03-10T16:00+08:00', '2026-03-10T08:00:00.000Z'],
    ['2026-03-10T03:00:00.5-05:30', '2026-03-10T08:30:00.500Z'],
    ['2026-03-10T08:00:00.123456789Z', '2026-03-10T08:00:00.123Z'],
  ])('%s', (text, expected) => expect(iso(parseInstant(text))).toBe(expected));

  it.each([
    '',
    '2026-03-10',
    '2026-03-10T08:00:00',
    '2026-03-10 08:00:00Z',
    '2026-02-29T08:00:00Z',
    '2026-03-10T24:00:00Z',
    '2026-03-10T08:00:60Z',
    '2026-03-10T08:00:00+0800',
    '2026-03-10T08:00:00+24:00',
    '1773129600',
  ])('refuses %j', (text) => expect(parseInstant(text)).toBeNull());

  it('reads back every instant', () => {
    fc.assert(fc.property(instant, (moment) => iso(parseInstant(moment.toISOString())) === iso(moment)));
  });
});

describe('days and months', () => {
  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-03-10', 0, '2026-03-10'],
    ['0099-12-31', 1, '0100-01-01'],
  ])('%s plus %i days is %s', (date, days, expected) => expect(addDays(date, days)).toBe(expected));

  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-03-10', 12, '2027-03-10'],
    ['2026-03-10', -3, '2025-12-10'],
    ['2026-12-31', 2, '2027-02-28'],
  ])('%s plus %i months is %s', (date, months, expected) => expect(addMonths(date, months)).toBe(expected));

  it('goes there and back', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: -5000, max: 5000 }), (moment, n) => {
        const date = localDate(moment, 'UTC');
        expect(addDays(addDays(date, n), -n)).toBe(date);
        expect(addMonths(addMonths(startOfMonth(date), n % 300), -(n % 300))).toBe(startOfMonth(date));
      }),
    );
  });

  it('finds the starts', () => {
    expect(startOfMonth('2026-03-10')).toBe('2026-03-01');
    expect(startOfYear('2026-03-10')).toBe('2026-01-01');
  });

  it('refuses what is no day or no number of days', () => {
    expect(() => addDays('2026-02-30', 1)).toThrow(RangeError);
    expect(() => addDays('2026-02-28', 0.5)).toThrow(RangeError);
    expect(() => addMonths('2026-02-28', Number.NaN)).toThrow(RangeError);
    expect(() => addDays('9999-12-31', 1)).toThrow(RangeError);
    expect(() => startOfMonth('March')).toThrow(RangeError);
  });
});

describe('ends of validity', () => {
  it('ends points with the next calendar year', () => {
    expect(iso(endOfNextYear(at('2026-03-10T08:00:00Z'), SHANGHAI))).toBe('2027-12-31T16:00:00.000Z');
    expect(iso(endOfNextYear(at('2026-12-31T16:00:00Z'), SHANGHAI))).toBe('2028-12-31T16:00:00.000Z');
  });

  it('ends a tier with the month', () => {
    expect(iso(monthsToMonthEnd(at('2026-03-10T08:00:00Z'), 12, SHANGHAI))).toBe('2027-03-31T16:00:00.000Z');
    expect(iso(monthsToMonthEnd(at('2026-01-31T08:00:00Z'), 1, SHANGHAI))).toBe('2026-02-28T16:00:00.000Z');
    expect(iso(monthsToMonthEnd(at('2026-12-10T08:00:00Z'), 0, SHANGHAI))).toBe('2026-12-31T16:00:00.000Z');
  });
});

describe('sameClockOn', () => {
  const tomorrow = (text: string) => iso(sameClockOn(at(text), 'America/New_York', (date) => addDays(date, 1)));

  it('keeps the clock over a day of 23 or 25 hours, and milliseconds', () => {
    expect(tomorrow('2026-03-08T01:00:00.123Z')).toBe('2026-03-09T00:00:00.123Z'); // 7 March 20:00 -> 8 March 20:00
    expect(tomorrow('2026-11-01T01:00:00.999Z')).toBe('2026-11-02T02:00:00.999Z'); // 31 October 21:00 -> 1 November
  });

  it('moves a skipped reading by the gap, takes the first of two', () => {
    expect(tomorrow('2026-03-07T07:30:00Z')).toBe('2026-03-08T07:30:00.000Z'); // 02:30 is skipped: 03:30
    expect(tomorrow('2026-10-31T05:30:00Z')).toBe('2026-11-01T05:30:00.000Z'); // 01:30 comes twice
  });
});
