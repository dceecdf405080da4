import * as fc from 'fast-check';
import { parseInstant } from './database';

describe('instants as PostgreSQL writes them', () => {
  it('are read exactly', () => {
    const instant = fc.date({
      min: new Date('1000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (at) => {
        const text = at.toISOString().replace('T', ' ').replace('Z', '');
        const trimmed = text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
        expect(parseInstant(`${trimmed}+00`)).toEqual(at);
      }),
    );
  });

  it.each([
    ['2026-03-10 04:00:00.123456+00', '2026-03-10T04:00:00.123Z'],
    ['2026-03-10 04:00:00+00', '2026-03-10T04:00:00.000Z'],
    ['1969-12-31 23:59:59.9+00', '1969-12-31T23:59:59.900Z'],
  ])('%s', (text, iso) => expect(parseInstant(text)?.toISOString()).toBe(iso));

  it.each([
    'infinity',
    '-infinity',
    '2026-03-10 12:00:00+08',
    '2026-03-10 12:00:00+05:30',
    '0044-03-15 12:00:00+00 BC',
    '12026-03-10 04:00:00+00',
  ])('%s is left to pg', (text) => expect(parseInstant(text)).toBeUndefined());
});
