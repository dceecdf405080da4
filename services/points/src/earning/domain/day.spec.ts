import fc from 'fast-check';
import { bookOf, programme, saleOf } from '../../../test/rules';
import type { EarningTerms } from '../../programme/domain/terms';
import { dependsOnDay, rateDays } from './day';
import { inputsFor } from './inputs';
import { newSale, type Sale, targetsOf } from './sale';

const capped = (earning: Partial<EarningTerms>) => bookOf({ programme: programme(earning) });

interface Given {
  id: string;
  at: string;
  points: bigint;
  merchantId?: string;
  zone?: string;
}

function make(
  book: ReturnType<typeof bookOf>,
  { id, at, points, merchantId = 'M', zone = 'Asia/Shanghai' }: Given,
): Sale {
  const facts = saleOf([points * 100n], { occurredAt: new Date(at), merchantId, zone });
  const reference = { purchaseId: id, memberId: 'm', mallId: 'mall', merchantId, storeId: 'S', currency: 'CNY' };
  return newSale(
    { ...reference, zone, occurredAt: facts.occurredAt },
    inputsFor(book, facts, { tier: null, birthday: null }),
  );
}

/** Sales become known one after another; what each has in the end. */
function arrive(book: ReturnType<typeof bookOf>, order: readonly Given[]): Record<string, bigint> {
  const known: Sale[] = [];
  for (const given of order) {
    const sale = make(book, given);
    rateDays(book, [...known, sale], new Set([sale]));
    known.push(sale);
  }
  return Object.fromEntries(known.map((sale) => [sale.purchaseId, targetsOf(sale).earned]));
}

describe('caps of a day', () => {
  const morning = { id: 'a', at: '2026-03-10T01:00:00Z', points: 60n };
  const noon = { id: 'b', at: '2026-03-10T04:00:00Z', points: 60n };
  const night = { id: 'c', at: '2026-03-10T15:00:00Z', points: 60n };

  it('leave room in the order of occurrence, whatever the order of arrival', () => {
    const book = capped({ maxPointsPerDay: 100n });
    for (const order of [
      [morning, noon, night],
      [night, noon, morning],
      [noon, night, morning],
    ]) {
      expect(arrive(book, order)).toEqual({ a: 60n, b: 40n, c: 0n });
    }
  });

  it('per merchant count only what was bought there', () => {
    const book = capped({ maxPointsPerMerchantDay: 70n, maxPointsPerDay: 150n });
    const elsewhere = { ...noon, id: 'x', at: '2026-03-10T02:00:00Z', merchantId: 'N' };
    expect(arrive(book, [night, elsewhere, noon, morning])).toEqual({ a: 60n, b: 10n, c: 0n, x: 60n });
  });

  it('count two malls in two zones by the date of each: one member, one day', () => {
    const book = capped({ maxPointsPerDay: 100n });
    // 03:30 in Urumqi is still the 9th, 05:30 in Shanghai is the 10th: the same instant, two days.
    const late = { id: 'u', at: '2026-03-09T21:30:00Z', points: 80n, zone: 'Asia/Urumqi' };
    const early = { id: 's', at: '2026-03-09T21:30:00Z', points: 80n };
    expect(arrive(book, [late, early])).toEqual({ u: 80n, s: 80n });
    // Two hours later it is the 10th in both.
    const both = [
      { ...late, at: '2026-03-09T22:30:00Z' },
      { ...early, at: '2026-03-09T22:00:00Z' },
    ];
    expect(arrive(book, both)).toEqual({ s: 80n, u: 20n });
  });

  it('have a day of 23 hours when clocks go forward', () => {
    const book = capped({ maxPointsPerDay: 100n });
    const zone = 'America/New_York';
    const sales = [
      { id: 'first', at: '2026-03-07T09:00:00Z', points: 90n, zone }, // 04:00 EST, the 7th begins
      { id: 'last', at: '2026-03-08T07:59:59Z', points: 90n, zone }, // 03:59:59 EDT
      { id: 'next', at: '2026-03-08T08:00:00Z', points: 90n, zone }, // 04:00 EDT, the 8th
    ];
    expect(arrive(book, sales)).toEqual({ first: 90n, last: 10n, next: 90n });
  });

  it('are not freed by refunds', () => {
    const book = capped({ maxPointsPerDay: 100n });
    const [first, second] = [make(book, morning), make(book, noon)];
    rateDays(book, [first], new Set([first]));
    first.fullyRefunded = true;
    expect(targetsOf(first)).toMatchObject({ earned: 60n, reversed: 60n });
    rateDays(book, [first, second], new Set([second]));
    expect(targetsOf(second).earned).toBe(40n);
  });

  it('say so', () => {
    const book = capped({ maxPointsPerDay: 100n, maxPointsPerMerchantDay: 90n });
    const sales = [morning, noon].map((given) => make(book, given));
    rateDays(book, sales, new Set(sales));
    expect(sales[1]?.steps).toContainEqual(
      expect.objectContaining({ code: 'CAPPED_MERCHANT_DAY', value: '30', args: { uncut: '60' } }),
    );
  });

  it('matter only where a programme of those days has one', () => {
    const from = new Date('2026-04-01');
    const later = { ...programme({ maxPointsPerDay: 1n }), id: 'p2', version: 2n, effectiveFrom: from };
    const book = bookOf({ programme: later });
    expect(dependsOnDay(bookOf(), from)).toBe(false);
    expect(dependsOnDay(book, new Date('2026-03-20'))).toBe(false);
    expect(dependsOnDay(book, new Date('2026-03-30'))).toBe(true);
  });

  it('any order of arrival gives the same', () => {
    const book = capped({ maxPointsPerDay: 100n, maxPointsPerMerchantDay: 70n });
    const given = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 40 }).map((h) => new Date(Date.UTC(2026, 2, 9, 20 + h)).toISOString()),
        points: fc.bigInt(1n, 60n),
        merchantId: fc.constantFrom('M', 'N'),
        zone: fc.constantFrom('Asia/Shanghai', 'Asia/Urumqi'),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(
        given.chain((list) => {
          const sales = list.map((sale, i) => ({ ...sale, id: String(i) }));
          return fc.tuple(fc.constant(sales), fc.shuffledSubarray(sales, { minLength: sales.length }));
        }),
        ([sales, shuffled]) => expect(arrive(book, shuffled)).toEqual(arrive(book, sales)),
      ),
    );
  });
});
