import { type Ladder, tierAt } from './tier-timeline';

const ladder = (id: string, from: string, silver: string): Ladder => ({
  id,
  version: 1n,
  effectiveFrom: new Date(from),
  tiers: [
    { code: 'SILVER', rank: 2, earnMultiplier: silver },
    { code: 'BASE', rank: 1, earnMultiplier: '1' },
  ],
});
const period = (changeId: string, at: string, toCode: string, version = 1n) => ({
  changeId,
  effectiveAt: new Date(at),
  toCode,
  version,
});

describe('the tier of a sale', () => {
  const ladders = [ladder('l1', '2026-01-01', '1.2'), ladder('l2', '2026-06-01', '1.3')];
  const periods = [period('a', '2026-01-02', 'BASE'), period('b', '2026-03-10T04:00:00Z', 'SILVER')];

  it.each([
    ['the sale that lifts a member is itself made in the old tier', '2026-03-10T04:00:00Z', 'BASE', '1'],
    ['the next instant is in the new one', '2026-03-10T04:00:00.001Z', 'SILVER', '1.2'],
    ['a later ladder changes what the tier multiplies', '2026-06-01', 'SILVER', '1.3'],
    ['before the first change: the lowest tier', '2026-01-01T12:00:00Z', 'BASE', '1'],
  ])('%s', (_, at, code, multiplier) => {
    expect(tierAt(periods, ladders, new Date(at))).toMatchObject({ code, multiplier });
  });

  it('is none before there was a ladder', () => expect(tierAt(periods, ladders, new Date('2025-12-31'))).toBeNull());

  it('of two changes of the same instant the later statement holds, in whatever order they came', () => {
    const twice = [period('x', '2026-02-01', 'SILVER', 2n), period('y', '2026-02-01', 'BASE', 1n)];
    for (const list of [twice, [...twice].reverse()]) {
      expect(tierAt(list, ladders, new Date('2026-02-02'))?.code).toBe('SILVER');
    }
  });
});
