import { campaign, bookOf, saleOf } from '../../../test/rules';
import { PLAIN_CAMPAIGN, type CampaignCalendar } from '../../programme/domain/terms';
import { type Birthday, holdsOn } from './calendar';
import { inputsFor } from './inputs';

const leapling: Birthday = { month: 2, day: 29 };

it.each<[string, CampaignCalendar, string, Birthday | null, boolean]>([
  ['always', { mode: 'ALWAYS' }, '2026-03-10', null, true],
  ['10 March 2026 is a Tuesday', { mode: 'WEEKDAYS', weekdays: [2] }, '2026-03-10', null, true],
  ['and no Monday', { mode: 'WEEKDAYS', weekdays: [1, 3, 4, 5, 6, 7] }, '2026-03-10', null, false],
  ['15 March 2026 is a Sunday, the seventh', { mode: 'WEEKDAYS', weekdays: [7] }, '2026-03-15', null, true],
  ['the 10th and 20th', { mode: 'MONTH_DAYS', days: [10, 20] }, '2026-03-10', null, true],
  ['not the 11th', { mode: 'MONTH_DAYS', days: [10, 20] }, '2026-03-11', null, false],
  ['birthday month', { mode: 'BIRTHDAY_MONTH' }, '2026-02-03', leapling, true],
  ['another month', { mode: 'BIRTHDAY_MONTH' }, '2026-03-01', leapling, false],
  ['29 February in a leap year', { mode: 'BIRTHDAY' }, '2028-02-29', leapling, true],
  ['and not the day before', { mode: 'BIRTHDAY' }, '2028-02-28', leapling, false],
  ['28 February when there is no 29th', { mode: 'BIRTHDAY' }, '2026-02-28', leapling, true],
  ['nor the day after', { mode: 'BIRTHDAY' }, '2026-03-01', leapling, false],
  ['1900 was no leap year', { mode: 'BIRTHDAY' }, '1900-02-28', leapling, true],
  ['who has not said when', { mode: 'BIRTHDAY' }, '2026-02-28', null, false],
])('%s', (_, calendar, date, birthday, holds) => expect(holdsOn(calendar, date, birthday)).toBe(holds));

describe('the business day of the mall', () => {
  const book = bookOf({
    campaigns: [campaign('TENTH', { ...PLAIN_CAMPAIGN, calendar: { mode: 'MONTH_DAYS', days: [10] } })],
  });
  const holds = (occurredAt: string, zone: string) =>
    inputsFor(book, saleOf([1n], { occurredAt: new Date(occurredAt), zone }), { tier: null, birthday: null })
      .campaignIds.length === 1;

  it.each([
    // The day begins at 04:00 local and ends at 04:00 of the next.
    ['2026-03-09T19:59:59.999Z', 'Asia/Shanghai', false],
    ['2026-03-09T20:00:00.000Z', 'Asia/Shanghai', true],
    ['2026-03-10T19:59:59.999Z', 'Asia/Shanghai', true],
    ['2026-03-10T20:00:00.000Z', 'Asia/Shanghai', false],
    // Two hours later in Urumqi.
    ['2026-03-09T20:00:00.000Z', 'Asia/Urumqi', false],
    ['2026-03-09T22:00:00.000Z', 'Asia/Urumqi', true],
    ['2026-03-10T21:59:59.999Z', 'Asia/Urumqi', true],
  ])('at %s in %s: %s', (at, zone, expected) => expect(holds(at, zone)).toBe(expected));

  it('is 23 or 25 hours long where clocks change', () => {
    const tenthOf = (month: string) =>
      bookOf({ campaigns: [campaign('D', { calendar: { mode: 'MONTH_DAYS', days: [month === '03' ? 7 : 31] } })] });
    const at = (b: typeof book, instant: string) =>
      inputsFor(b, saleOf([1n], { occurredAt: new Date(instant), zone: 'America/New_York' }), {
        tier: null,
        birthday: null,
      }).campaignIds.length === 1;
    // New York springs forward on 8 March 2026 at 02:00: the business day of the 7th ends at 04:00 EDT, 23 hours after it began.
    const spring = tenthOf('03');
    expect([
      at(spring, '2026-03-07T09:00:00Z'),
      at(spring, '2026-03-08T07:59:59Z'),
      at(spring, '2026-03-08T08:00:00Z'),
    ]).toEqual([true, true, false]);
    // It falls back on 1 November 2026: the business day of 31 October ends at 04:00 EST, 25 hours after it began.
    const autumn = tenthOf('10');
    expect([
      at(autumn, '2026-10-31T08:00:00Z'),
      at(autumn, '2026-11-01T08:59:59Z'),
      at(autumn, '2026-11-01T09:00:00Z'),
    ]).toEqual([true, true, false]);
  });
});
