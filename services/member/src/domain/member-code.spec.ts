import { codeEnd, codeFrom, minuteOf } from './member-code';

describe('the code at the till', () => {
  it('always has eight digits', () => {
    expect(codeFrom(7n)).toBe('00000007');
    expect(codeFrom(2n ** 64n - 1n)).toBe('09551615');
  });

  it('ends after a minute; attempts count by the minute', () => {
    const at = new Date('2026-03-10T04:00:59.500Z');
    expect(codeEnd(at).toISOString()).toBe('2026-03-10T04:01:59.500Z');
    expect(minuteOf(at).toISOString()).toBe('2026-03-10T04:00:00.000Z');
  });
});
