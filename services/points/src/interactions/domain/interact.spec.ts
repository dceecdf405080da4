import { err, ok } from '@atrium/kernel';
import type { InteractionTerms } from '../../programme/domain/terms';
import { daysInARow, interact, type Past } from './interact';

const signIn: InteractionTerms = {
  names: {},
  kind: 'SIGN_IN',
  points: 5n,
  growth: 1n,
  maxPerDay: 1,
  maxPerMember: null,
  proof: 'NONE',
  proofKey: null,
  streak: { days: 7, points: 50n },
};
const days = (n: number) => Array.from({ length: n }, (_, i) => `2026-03-${String(9 - i).padStart(2, '0')}`);
const past = (n: number, more: Partial<Past> = {}): Past => ({ total: n, onDay: 0, days: days(n), ...more });
const DAY = '2026-03-10';

describe('an interaction', () => {
  it.each([
    ['the first', signIn, past(0), ok({ points: 5n, growth: 1n, streak: 1, streakPoints: 0n })],
    // six days before and today make seven: 5 + 50
    ['the seventh day in a row', signIn, past(6), ok({ points: 55n, growth: 1n, streak: 7, streakPoints: 50n })],
    ['the eighth', signIn, past(7), ok({ points: 5n, growth: 1n, streak: 8, streakPoints: 0n })],
    ['the second of a day', signIn, past(1, { onDay: 1 }), err({ code: 'LIMIT_REACHED', limit: 1, per: 'DAY' })],
    [
      'a second of the seventh day, where two are allowed: the streak is paid once',
      { ...signIn, maxPerDay: 2 },
      past(6, { onDay: 1 }),
      ok({ points: 5n, growth: 1n, streak: 7, streakPoints: 0n }),
    ],
    [
      'more than a member may',
      { ...signIn, maxPerDay: null, maxPerMember: 3 },
      past(3),
      err({ code: 'LIMIT_REACHED', limit: 3, per: 'MEMBER' }),
    ],
  ])('%s', (_, terms, before, wanted) => {
    expect(interact(terms, before, DAY)).toEqual(wanted);
  });

  it('counts days in a row over the end of a month, and a gap ends them', () => {
    expect(daysInARow(['2026-02-28', '2026-02-27'], '2026-03-01')).toBe(3);
    expect(daysInARow(['2026-02-27'], '2026-03-01')).toBe(1);
  });
});
