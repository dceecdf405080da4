import { businessDate, localMidnight } from '@atrium/kernel';
import fc from 'fast-check';
import { calendarOf } from './calendar';

const zones = fc.constantFrom(
  'Asia/Shanghai',
  'Australia/Sydney',
  'America/New_York',
  'Asia/Kathmandu',
  'Pacific/Kiritimati',
);
const instants = fc.date({ min: new Date('2015-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });

it('knows the business day of every instant', () => {
  fc.assert(
    fc.property(zones, fc.constantFrom(0, 240), instants, (zone, cut, at) => {
      expect(calendarOf(zone, cut).dayOf(at.getTime())).toBe(businessDate(at, zone, cut));
    }),
    { numRuns: 500 },
  );
});

it('begins days at local midnight, or at the day cut', () => {
  expect(calendarOf('Asia/Shanghai', 0).startOf('2027-04-01')).toBe(
    localMidnight('2027-04-01', 'Asia/Shanghai').getTime(),
  );
  expect(new Date(calendarOf('Asia/Shanghai', 240).startOf('2027-04-01')).toISOString()).toBe(
    '2027-03-31T20:00:00.000Z',
  );
});
