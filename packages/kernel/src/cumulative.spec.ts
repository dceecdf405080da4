import * as fc from 'fast-check';
import { cumulativeShare } from './cumulative';

/** What a series of steps posts when each posts the difference of two targets. */
function postings(total: bigint, steps: readonly bigint[], whole: bigint): bigint[] {
  let done = 0n;
  return steps.map((step) => {
    const before = cumulativeShare(total, done, whole);
    done += step;
    return cumulativeShare(total, done, whole) - before;
  });
}

describe('cumulativeShare', () => {
  it('takes 70 points on 40.00 back as 35, 23 and 12', () => {
    expect(postings(70n, [2000n, 1333n, 667n], 4000n)).toEqual([35n, 23n, 12n]);
  });

  it('mirrors a negative total and has no shares of nothing', () => {
    expect(cumulativeShare(-70n, 3333n, 4000n)).toBe(-cumulativeShare(70n, 3333n, 4000n));
    expect(cumulativeShare(70n, 0n, 0n)).toBe(0n);
    expect(cumulativeShare(70n, 5n, 0n)).toBe(0n);
  });

  it('refuses more than the whole and negative parts', () => {
    expect(() => cumulativeShare(70n, 4001n, 4000n)).toThrow(RangeError);
    expect(() => cumulativeShare(70n, -1n, 4000n)).toThrow(RangeError);
    expect(() => cumulativeShare(70n, 1n, -4000n)).toThrow(RangeError);
  });

  it('posts the total exactly, whatever the steps, and never in the other direction', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 15n),
        fc.array(fc.bigInt(0n, 10n ** 9n), { minLength: 1, maxLength: 20 }),
        (total, steps) => {
          const whole = steps.reduce((sum, step) => sum + step, 0n);
          fc.pre(whole > 0n);
          const posted = postings(total, steps, whole);
          expect(posted.reduce((sum, part) => sum + part, 0n)).toBe(total);
          expect(posted.every((part) => part >= 0n)).toBe(true);
        },
      ),
    );
  });
});
