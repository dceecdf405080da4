import * as fc from 'fast-check';
import { ATRIUM_NAMESPACE, isUuid, laneOf, naturalId, uuidv5, uuidv7 } from './ids';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

describe('uuidv7', () => {
  it('carries the time, the version and the variant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (milliseconds) => {
        const id = uuidv7(new Date(milliseconds));
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(milliseconds);
      }),
    );
  });

  it('ascends within a millisecond, also when times take turns', () => {
    const times = [new Date('2026-03-10T08:00:00.000Z'), new Date('2026-03-10T08:00:00.001Z')];
    for (const time of times) expect(uuidv7(time) < uuidv7(time)).toBe(true);
    const made: [string[], string[]] = [[], []];
    for (let i = 0; i < 20_000; i += 1) made.forEach((ids, at) => ids.push(uuidv7(times[at] ?? new Date(0))));
    const ids = made.flat();
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(40_000);
  });

  it('spreads over all lanes', () => {
    const now = new Date('2026-03-10T08:00:00Z');
    const counts = new Map<string, number>();
    for (let i = 0; i < 16_000; i += 1) {
      const lane = laneOf(uuidv7(now));
      counts.set(lane, (counts.get(lane) ?? 0) + 1);
    }
    expect([...counts.keys()].sort().join('')).toBe('0123456789abcdef');
    expect(Math.min(...counts.values())).toBeGreaterThan(700);
  });

  it('refuses a time it cannot carry', () => {
    expect(() => uuidv7(new Date(Number.NaN))).toThrow(RangeError);
    expect(() => uuidv7(new Date(-1))).toThrow(RangeError);
  });
});

describe('uuidv5 and naturalId', () => {
  it('answers the published example', () => {
    expect(uuidv5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
    expect(uuidv5(DNS.toUpperCase(), 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
    expect(() => uuidv5('atrium', 'x')).toThrow(RangeError);
  });

  it('never changes: ids are stored', () => {
    expect(isUuid(ATRIUM_NAMESPACE)).toBe(true);
    expect(naturalId('group', 'ACME')).toBe('222e1d17-8029-5737-817c-e61c4ab36d93');
    expect(naturalId('group', '万象')).not.toBe(naturalId('group', '万 象'));
  });

  it('tells different lists of parts apart', () => {
    expect(naturalId('mall', 'a', 'b')).not.toBe(naturalId('mall', 'a,b'));
    expect(naturalId('mall', 'a","b')).not.toBe(naturalId('mall', 'a', 'b'));
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        const same = a.length === b.length && a.every((part, index) => part === b[index]);
        expect(naturalId('x', ...a) === naturalId('x', ...b)).toBe(same);
      }),
    );
  });
});

describe('isUuid and laneOf', () => {
  it('reads either case', () => {
    expect(isUuid('2ED6657D-E927-568B-95E1-2665A8AEA6AF')).toBe(true);
    expect(laneOf('2ED6657D-E927-568B-95E1-2665A8AEA6AF')).toBe('f');
  });

  it.each(['', '2ed6657de927568b95e12665a8aea6a2', '{2ed6657d-e927-568b-95e1-2665a8aea6a2}', 'x'.repeat(36)])(
    '%j is no UUID',
    (text) => expect(isUuid(text)).toBe(false),
  );

  it('refuses an id without a lane', () => {
    expect(() => laneOf('')).toThrow(RangeError);
    expect(() => laneOf('store-x')).toThrow(RangeError);
  });
});
