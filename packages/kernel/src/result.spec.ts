import { err, ok, type Result } from './result';

describe('Result', () => {
  const half = (n: bigint): Result<bigint, 'ODD'> => (n % 2n === 0n ? ok(n / 2n) : err('ODD'));

  it('narrows to the value or the error', () => {
    expect(half(4n)).toEqual({ ok: true, value: 2n });
    expect(half(3n)).toEqual({ ok: false, error: 'ODD' });
    const result = half(6n);
    expect(result.ok && result.value).toBe(3n);
  });
});
