import * as fc from 'fast-check';
import { addPoints, assertInt64, INT64_MAX, INT64_MIN, isInt64, parseWhole } from './points';

describe('int64', () => {
  it('has inclusive bounds', () => {
    expect(INT64_MAX).toBe(2n ** 63n - 1n);
    expect(INT64_MIN).toBe(-(2n ** 63n));
    expect([INT64_MAX, INT64_MIN, 0n].every(isInt64)).toBe(true);
    expect([INT64_MAX + 1n, INT64_MIN - 1n].some(isInt64)).toBe(false);
  });

  it('assertInt64 returns what fits and throws on what does not', () => {
    expect(assertInt64(INT64_MIN)).toBe(INT64_MIN);
    expect(() => assertInt64(INT64_MAX + 1n)).toThrow(RangeError);
  });
});

describe('parseWhole', () => {
  it.each(['', ' 1', '1 ', '+1', '-0', '01', '-01', '1.0', '1e3', '0x10', '1_000', '1,000', '--1', '-', '１', '1\n'])(
    'refuses %j',
    (text) => expect(parseWhole(text)).toBeNull(),
  );

  it('refuses what leaves int64, however long', () => {
    expect(parseWhole('9223372036854775808')).toBeNull();
    expect(parseWhole('-9223372036854775809')).toBeNull();
    expect(parseWhole('9'.repeat(1_000_000))).toBeNull();
  });

  it('reads back every int64', () => {
    fc.assert(fc.property(fc.bigInt(INT64_MIN, INT64_MAX), (n) => parseWhole(n.toString()) === n));
    expect(parseWhole(INT64_MIN.toString())).toBe(INT64_MIN);
    expect(parseWhole(INT64_MAX.toString())).toBe(INT64_MAX);
  });
});

describe('addPoints', () => {
  it('adds any number of amounts', () => {
    expect(addPoints()).toBe(0n);
    expect(addPoints(1n, 2n, -5n)).toBe(-2n);
  });

  it('throws when the sum or an amount leaves int64', () => {
    expect(() => addPoints(INT64_MAX, 1n)).toThrow(RangeError);
    expect(() => addPoints(INT64_MAX + 1n, -1n)).toThrow(RangeError);
  });
});
