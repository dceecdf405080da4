import { DEFAULT_PROGRAMME, type ExpiryTerms } from '../../programme/domain/terms';
import { availableFrom, endOfLife, lifeOf } from './expiry';

const SH = 'Asia/Shanghai';
const NY = 'America/New_York';
const after = (
  count: number,
  unit: 'DAY' | 'MONTH',
  roundTo: 'NONE' | 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR' = 'DAY',
): ExpiryTerms => ({ mode: 'AFTER', count, unit, from: 'EARNED', roundTo });
const endOf = (period: 'MONTH' | 'QUARTER' | 'YEAR', count: number): ExpiryTerms => ({
  mode: 'END_OF_PERIOD',
  period,
  count,
});

describe('the end of points', () => {
  it.each<[string, ExpiryTerms, string, string, string | null]>([
    // 10 March + 30 days = 9 April, to its end in Shanghai (UTC+8): 10 April 00:00 = 9 April 16:00 UTC
    ['days, to the end of the day', after(30, 'DAY'), SH, '2026-03-10T04:00:00Z', '2026-04-09T16:00:00Z'],
    // 31 January + 1 month = 28 February
    ['a month that is too short', after(1, 'MONTH'), SH, '2026-01-31T04:00:00Z', '2026-02-28T16:00:00Z'],
    ['29 February a year later', after(12, 'MONTH'), SH, '2028-02-29T04:00:00Z', '2029-02-28T16:00:00Z'],
    ['29 February four years later', after(48, 'MONTH'), SH, '2028-02-29T04:00:00Z', '2032-02-29T16:00:00Z'],
    // Tuesday 10 March + 30 days = Thursday 9 April; its week ends with Sunday the 12th
    ['to the end of the week', after(30, 'DAY', 'WEEK'), SH, '2026-03-10T04:00:00Z', '2026-04-12T16:00:00Z'],
    ['to the end of the month', after(12, 'MONTH', 'MONTH'), SH, '2026-03-10T04:00:00Z', '2027-03-31T16:00:00Z'],
    ['to the end of the quarter', after(1, 'MONTH', 'QUARTER'), SH, '2026-03-10T04:00:00Z', '2026-06-30T16:00:00Z'],
    ['to the end of the year', after(10, 'MONTH', 'YEAR'), SH, '2026-03-10T04:00:00Z', '2027-12-31T16:00:00Z'],
    // New York: 7 March 20:00 is UTC-5, on 8 March 02:00 the clock jumps to 03:00; the same clock is 23 hours later
    ['one day to the clock over a jump', after(1, 'DAY', 'NONE'), NY, '2026-03-08T01:00:00Z', '2026-03-09T00:00:00Z'],
    // 7 March 02:30 + 1 day = 8 March 02:30, which is skipped: 03:30 (UTC-4)
    ['a skipped reading moves on', after(1, 'DAY', 'NONE'), NY, '2026-03-07T07:30:00Z', '2026-03-08T07:30:00Z'],
    // 1 November 00:00 to 2 November 00:00 is 25 hours there
    ['a day of 25 hours', after(1, 'DAY'), NY, '2026-10-31T12:00:00Z', '2026-11-02T05:00:00Z'],
    ['the default: end of next year', endOf('YEAR', 1), SH, '2025-12-31T16:30:00Z', '2027-12-31T16:00:00Z'],
    ['the same fact one zone further', endOf('YEAR', 1), 'UTC', '2025-12-31T16:30:00Z', '2027-01-01T00:00:00Z'],
    ['end of this month', endOf('MONTH', 0), SH, '2028-02-01T00:00:00Z', '2028-02-29T16:00:00Z'],
    ['end of the quarter, two later', endOf('QUARTER', 2), SH, '2026-03-31T15:59:59Z', '2026-09-30T16:00:00Z'],
    ['the first instant of the next quarter', endOf('QUARTER', 2), SH, '2026-03-31T16:00:00Z', '2026-12-31T16:00:00Z'],
    [
      'a fixed last day',
      { mode: 'FIXED_DATE', date: '2026-12-31' },
      SH,
      '2026-03-10T04:00:00Z',
      '2026-12-31T16:00:00Z',
    ],
    [
      'months after the last activity',
      { mode: 'SLIDING', months: 6 },
      SH,
      '2026-08-31T04:00:00Z',
      '2027-02-28T16:00:00Z',
    ],
    ['never', { mode: 'NEVER' }, SH, '2026-03-10T04:00:00Z', null],
  ])('%s', (_, terms, zone, start, end) => {
    expect(endOfLife(terms, new Date(start), zone)).toEqual(end === null ? null : new Date(end));
  });

  const terms = (expiry: ExpiryTerms) => ({ ...DEFAULT_PROGRAMME, expiry });
  const earnedAt = new Date('2026-03-10T04:00:00Z');

  it('counts from when they become available, and waits where that is not known', () => {
    const expiry: ExpiryTerms = { mode: 'AFTER', count: 30, unit: 'DAY', from: 'AVAILABLE', roundTo: 'DAY' };
    // available from 17 March on: 17 March + 30 days = 16 April, to its end
    const availableAt = availableFrom({ mode: 'DAYS', days: 7 }, earnedAt, SH);
    expect(availableAt).toEqual(new Date('2026-03-16T16:00:00Z'));
    expect(lifeOf(terms(expiry), { earnedAt, availableAt, zone: SH, postedAt: earnedAt })).toEqual({
      availableAt,
      expiresAt: new Date('2026-04-16T16:00:00Z'),
      moving: null,
    });
    const waiting = availableFrom({ mode: 'ON_EVENT' }, earnedAt, SH);
    expect(lifeOf(terms(expiry), { earnedAt, availableAt: waiting, zone: SH, postedAt: earnedAt })).toEqual({
      availableAt: null,
      expiresAt: null,
      moving: { terms: expiry, zone: SH },
    });
  });

  it('is never less than the days of grace for what is credited late, and only for that', () => {
    const life = (postedAt: string) =>
      lifeOf(terms(endOf('MONTH', 0)), { earnedAt, zone: 'UTC', postedAt: new Date(postedAt) });
    expect(life('2026-03-11T04:00:00Z').expiresAt).toEqual(new Date('2026-04-01T00:00:00Z'));
    expect(life('2026-03-11T04:00:00.001Z').expiresAt).toEqual(new Date('2026-04-10T04:00:00.001Z'));
    // A sale at 23:59 of the last day, heard of a minute after the end.
    const justOver = lifeOf(terms(endOf('MONTH', 0)), {
      earnedAt: new Date('2026-03-31T23:59:00Z'),
      zone: 'UTC',
      postedAt: new Date('2026-04-01T00:01:00Z'),
    });
    expect(justOver.expiresAt).toEqual(new Date('2026-05-01T00:01:00Z'));
    expect(lifeOf(null, { earnedAt, zone: 'UTC', postedAt: earnedAt }).expiresAt).toBeNull();
  });
});
