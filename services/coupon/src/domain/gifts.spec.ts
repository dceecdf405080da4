import fc from 'fast-check';
import { giftsOf, tierAt, type TierChangeFact } from './gifts';

const change = (id: string, day: number, fromRank: number, toRank: number, more: Partial<TierChangeFact> = {}) => ({
  id,
  fromRank,
  toRank,
  toCode: `T${toRank}`,
  effectiveAt: new Date(Date.UTC(2026, 0, day)),
  cause: 'QUALIFIED',
  year: 2026,
  purchaseId: null,
  superseded: false,
  ...more,
});
const told = (changes: TierChangeFact[]) =>
  [...giftsOf(changes)].map(([key, { change: c, reverted }]) => `${key} by ${c.id}${reverted ? ' reverted' : ''}`);

test.each([
  ['joining is no upgrade', [change('a', 1, 0, 1, { cause: 'JOINED' })], []],
  ['only the tier that is reached', [change('a', 1, 1, 3)], ['T3/2026 by a']],
  ['a fall gives nothing', [change('a', 1, 3, 1, { cause: 'VALIDITY_ENDED' })], []],
  [
    'once a year, whatever happens between',
    [change('a', 1, 1, 2), change('b', 2, 2, 1, { cause: 'VALIDITY_ENDED' }), change('c', 3, 1, 2)],
    ['T2/2026 by a'],
  ],
  [
    'again in another year',
    [change('a', 1, 1, 2), change('b', 2, 2, 1, { cause: 'VALIDITY_ENDED' }), change('c', 400, 1, 2, { year: 2027 })],
    ['T2/2026 by a', 'T2/2027 by c'],
  ],
  ['superseded never was', [change('a', 1, 1, 2, { superseded: true }), change('b', 2, 1, 2)], ['T2/2026 by b']],
  [
    'a refund takes back what it undid, and the year has had its gift',
    [change('a', 1, 1, 2), change('b', 2, 2, 1, { cause: 'REFUND_REVERTED' }), change('c', 3, 1, 2)],
    ['T2/2026 by a reverted'],
  ],
  [
    'a refund undoes both steps above where the member falls to',
    [change('a', 1, 1, 2), change('b', 2, 2, 3), change('c', 3, 3, 1, { cause: 'REFUND_REVERTED' })],
    ['T2/2026 by a reverted', 'T3/2026 by b reverted'],
  ],
  [
    'a refund leaves the step below alone',
    [change('a', 1, 1, 2), change('b', 2, 2, 3), change('c', 3, 3, 2, { cause: 'REFUND_REVERTED' })],
    ['T2/2026 by a', 'T3/2026 by b reverted'],
  ],
])('%s', (_, changes, gifts) => {
  expect(told(changes)).toEqual(gifts);
});

test('the order of arrival does not matter', () => {
  const changes = [
    change('a', 1, 1, 2),
    change('b', 2, 2, 3),
    change('c', 3, 3, 1, { cause: 'REFUND_REVERTED' }),
    change('d', 4, 1, 2),
    change('e', 5, 2, 3, { superseded: true }),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(changes, { minLength: changes.length }), (shuffled) => {
      expect(told(shuffled)).toEqual(told(changes));
    }),
  );
});

test('a tier holds strictly after its change', () => {
  const changes = [change('a', 1, 0, 1), change('b', 2, 1, 2)];
  expect(tierAt(changes, new Date(Date.UTC(2026, 0, 1)))).toBeNull();
  expect(tierAt(changes, new Date(Date.UTC(2026, 0, 2)))?.toCode).toBe('T1');
  expect(tierAt(changes, new Date(Date.UTC(2026, 0, 2, 0, 0, 1)))?.toCode).toBe('T2');
});
