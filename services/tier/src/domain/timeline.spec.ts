import { DRAFT, ladder, refund, sale, SHANGHAI, spend } from '../../test/support/ladders';
import type { Ladder } from './ladder';
import type { Fact } from './metrics';
import { timeline, type Timeline } from './timeline';

const JOINED = '2026-01-01T04:00:00Z';
const fold = (
  facts: Fact[],
  asOf: string,
  ladders: Ladder[] = [ladder()],
  joinedAt: string | null = JOINED,
): Timeline =>
  timeline({ facts, ladders, joinedAt: joinedAt === null ? null : new Date(joinedAt), asOf: new Date(asOf) });

/** '2026-03-10T02:00:00.000Z QUALIFIED MEMBER>SILVER p1 until 2027-03-31T16:00:00.000Z' */
const told = ({ changes }: Timeline): string[] =>
  changes.map(({ effectiveAt, cause, from, to, purchaseId, validUntil }) =>
    [
      effectiveAt.toISOString(),
      cause,
      `${from?.code ?? ''}>${to.code}`,
      purchaseId ?? '-',
      `until ${validUntil?.toISOString() ?? '-'}`,
    ].join(' '),
  );
const stands = ({ standing }: Timeline) =>
  standing && [standing.tier.code, standing.status, standing.since.toISOString(), standing.validUntil?.toISOString()];

const joined = `${JOINED.replace('Z', '.000Z')} JOINED >MEMBER - until -`;

describe('the example of the rules', () => {
  // 2026-03-10 reaches 5000: silver at once; 12 months to month end -> 2027-04-01 00:00 in Shanghai (16:00 UTC the day before).
  const first = sale('p1', '2026-03-10T02:00:00Z', 5000n);
  // Refunded outside the 15 days: of the 5000 only 3500 stay in the validity, less than the 4000 that keep silver.
  const back = refund(first, '2026-05-01T02:00:00Z', 1500n);
  const silver = '2026-03-10T02:00:00.000Z QUALIFIED MEMBER>SILVER p1 until 2027-03-31T16:00:00.000Z';

  it('silver at once, valid to the end of the month twelve months on', () => {
    const now = fold([first], '2026-03-10T02:00:00Z');
    expect(told(now)).toEqual([joined, silver]);
    expect(stands(now)).toEqual(['SILVER', 'ACTIVE', '2026-03-10T02:00:00.000Z', '2027-03-31T16:00:00.000Z']);
    expect(now.nextCheckAt?.toISOString()).toBe('2027-03-31T16:00:00.000Z');
  });

  it('active to the last millisecond, in grace until 2027-05-01 from 2027-04-01 on', () => {
    expect(stands(fold([first, back], '2027-03-31T15:59:59.999Z'))?.[1]).toBe('ACTIVE');
    const grace = fold([first, back], '2027-03-31T16:00:00Z');
    expect(stands(grace)).toEqual(['SILVER', 'GRACE', '2026-03-10T02:00:00.000Z', '2027-04-30T16:00:00.000Z']);
    expect(told(grace)).toEqual([joined, silver]);
  });

  it('on 2027-04-20 spend passes 4000: renewed to 2028-04-01', () => {
    const more = sale('p2', '2027-04-20T02:00:00Z', 500n);
    const renewed = fold([first, back, more], '2027-04-20T02:00:00Z');
    expect(stands(renewed)).toEqual(['SILVER', 'ACTIVE', '2026-03-10T02:00:00.000Z', '2028-03-31T16:00:00.000Z']);
    expect(told(renewed)).toEqual([joined, silver]);
  });

  it('otherwise base on 2027-05-01', () => {
    const less = sale('p2', '2027-04-20T02:00:00Z', 499n);
    const ended = fold([first, back, less], '2027-04-30T16:00:00Z');
    expect(told(ended)).toEqual([joined, silver, '2027-04-30T16:00:00.000Z VALIDITY_ENDED SILVER>MEMBER - until -']);
    expect(stands(ended)).toEqual(['MEMBER', 'ACTIVE', '2027-04-30T16:00:00.000Z', undefined]);
  });

  it('renews at the end of the validity when the rule was kept, by exactly twelve months', () => {
    const kept = fold([first], '2027-04-01T00:00:00Z');
    expect(stands(kept)?.slice(1)).toEqual(['ACTIVE', '2026-03-10T02:00:00.000Z', '2028-03-31T16:00:00.000Z']);
    // Spend in the second validity: none. Grace 2028-04-01 to 05-01, then base.
    expect(told(fold([first], '2030-01-01T00:00:00Z')).at(-1)).toBe(
      '2028-04-30T16:00:00.000Z VALIDITY_ENDED SILVER>MEMBER - until -',
    );
  });

  it('spend in grace counts in the new validity, too', () => {
    const more = sale('p2', '2027-04-20T02:00:00Z', 4000n);
    expect(stands(fold([first, back, more], '2028-04-01T00:00:00Z'))?.[3]).toBe('2029-03-31T16:00:00.000Z');
  });
});

describe('upgrades', () => {
  it('may skip a tier', () => {
    expect(told(fold([sale('p1', '2026-03-10T02:00:00Z', 20000n)], '2026-03-11T00:00:00Z'))[1]).toBe(
      '2026-03-10T02:00:00.000Z QUALIFIED MEMBER>GOLD p1 until 2027-03-31T16:00:00.000Z',
    );
  });

  it('restart the validity', () => {
    const facts = [sale('p1', '2026-03-10T02:00:00Z', 5000n), sale('p2', '2026-06-10T02:00:00Z', 15000n)];
    expect(stands(fold(facts, '2026-07-01T00:00:00Z'))).toEqual([
      'GOLD',
      'ACTIVE',
      '2026-06-10T02:00:00.000Z',
      '2027-06-30T16:00:00.000Z',
    ]);
  });

  it('spend and growth of one sale are one step, in either order', () => {
    const both = ladder({
      tiers: DRAFT.tiers.map((tier) =>
        tier.code === 'SILVER'
          ? {
              ...tier,
              upgrade: {
                match: 'ALL',
                conditions: [
                  { metric: 'SPEND', required: '100.00', window: 'LIFETIME', months: null },
                  { metric: 'GROWTH', required: '50', window: 'LIFETIME', months: null },
                ],
              },
            }
          : tier,
      ),
    });
    const money = sale('p1', '2026-03-10T02:00:00Z', 100n);
    const growth = { ...sale('p1', '2026-03-10T02:00:00Z', 0n, 50n), id: 'g1' };
    const expected = told(fold([money, growth], JOINED, [both]));
    expect(expected).toHaveLength(2);
    expect(told(fold([growth, money], JOINED, [both]))).toEqual(expected);
    expect(told(fold([money], JOINED, [both]))).toHaveLength(1);
  });

  it('two sales in one instant are one change', () => {
    const at = '2026-03-10T02:00:00Z';
    expect(told(fold([sale('b', at, 15000n), sale('a', at, 5000n)], at))).toEqual([
      joined,
      '2026-03-10T02:00:00.000Z QUALIFIED MEMBER>GOLD b until 2027-03-31T16:00:00.000Z',
    ]);
  });

  it('ANY needs one condition; another currency counts for nothing', () => {
    const any = ladder({
      tiers: DRAFT.tiers.map((tier) =>
        tier.code === 'SILVER'
          ? {
              ...tier,
              upgrade: {
                match: 'ANY',
                conditions: [...spend('9', 'LIFETIME').conditions, ...spend('8', 'CALENDAR_YEAR').conditions],
              },
            }
          : tier,
      ),
    });
    expect(fold([sale('p', '2026-02-01T00:00:00Z', 8n)], JOINED, [any]).standing?.tier.code).toBe('SILVER');
    const hongKong = { ...sale('p', '2026-02-01T00:00:00Z', 8n), currency: 'HKD' };
    expect(fold([hongKong], JOINED, [any]).standing?.tier.code).toBe('MEMBER');
  });

  it('a calendar year begins at the day cut of New Year', () => {
    const yearly = ladder({
      tiers: DRAFT.tiers.map((t) => (t.rank === 1 ? { ...t, upgrade: spend('10', 'CALENDAR_YEAR') } : t)),
    });
    const night = [sale('a', '2026-12-31T10:00:00Z', 6n), sale('b', '2026-12-31T19:59:00Z', 4n)]; // 03:59 in Shanghai
    const morning = [sale('a', '2026-12-31T10:00:00Z', 6n), sale('b', '2026-12-31T20:00:00Z', 4n)]; // 04:00
    expect(fold(night, JOINED, [yearly]).standing?.tier.code).toBe('SILVER');
    expect(fold(morning, JOINED, [yearly]).standing?.tier.code).toBe('MEMBER');
  });

  it('sales before joining count, and no JOINED follows a tier that was reached before', () => {
    expect(told(fold([sale('p1', '2025-12-01T02:00:00Z', 5000n)], '2026-03-01T00:00:00Z'))).toEqual([
      '2025-12-01T02:00:00.000Z QUALIFIED MEMBER>SILVER p1 until 2026-12-31T16:00:00.000Z',
    ]);
    expect(told(fold([sale('p1', '2025-12-01T02:00:00Z', 1n)], '2026-03-01T00:00:00Z'))).toEqual([joined]);
    expect(told(fold([], '2026-03-01T00:00:00Z', [ladder()], null))).toEqual([]);
  });
});

describe('one instant', () => {
  const at = '2026-03-10T02:00:00Z';
  const p = sale('p', at, 5000n);
  const silver = '2026-03-10T02:00:00.000Z QUALIFIED MEMBER>SILVER p until 2027-03-31T16:00:00.000Z';

  it('has the rules first, then the sales, then joining', () => {
    expect(told(fold([p], at, [ladder({ effectiveFrom: new Date(at) })]))).toEqual([silver]);
    expect(told(fold([p], at, [ladder()], at))).toEqual([silver]);
  });

  it('at the end of a validity belongs to what comes after it', () => {
    const end = sale('q', '2027-03-31T16:00:00Z', 4000n);
    const back = refund(p, '2026-05-01T02:00:00Z', 5000n);
    // Too late for the validity, early enough for the grace: renewed at once, and it counts for the next validity.
    const renewed = fold([p, back, end], '2027-03-31T16:00:00Z');
    expect(stands(renewed)?.slice(1)).toEqual(['ACTIVE', '2026-03-10T02:00:00.000Z', '2028-03-31T16:00:00.000Z']);
    expect(stands(fold([p, back, end], '2028-03-31T16:00:00Z'))?.[3]).toBe('2029-03-31T16:00:00.000Z');
  });
});

describe('a refund', () => {
  const p1 = sale('p1', '2026-03-10T02:00:00Z', 5000n);

  it('within 15 days undoes the upgrade at its own instant', () => {
    const undone = fold([p1, refund(p1, '2026-03-25T01:59:59Z', 1n)], '2026-04-01T00:00:00Z');
    expect(told(undone)).toEqual([
      joined,
      '2026-03-10T02:00:00.000Z QUALIFIED MEMBER>SILVER p1 until 2027-03-31T16:00:00.000Z',
      '2026-03-25T01:59:59.000Z REFUND_REVERTED SILVER>MEMBER p1 until -',
    ]);
    expect(stands(undone)).toEqual(['MEMBER', 'ACTIVE', '2026-01-01T04:00:00.000Z', undefined]);
  });

  it('after 15 days waits for the end of the validity', () => {
    const kept = fold([p1, refund(p1, '2026-03-25T02:00:00Z', 5000n)], '2026-04-01T00:00:00Z');
    expect(kept.standing?.tier.code).toBe('SILVER');
  });

  it('that leaves enough undoes nothing, even after New Year', () => {
    const more = sale('p0', '2026-03-01T02:00:00Z', 10n);
    expect(fold([more, p1, refund(p1, '2026-03-12T02:00:00Z', 10n)], JOINED).standing?.tier.code).toBe('SILVER');
    const yearly = ladder({
      tiers: DRAFT.tiers.map((t) => (t.rank === 1 ? { ...t, upgrade: spend('5000', 'CALENDAR_YEAR') } : t)),
    });
    const december = [sale('p1', '2026-12-28T02:00:00Z', 5000n), sale('p2', '2026-12-29T02:00:00Z', 100n)];
    const small = refund(december[1] as Fact, '2027-01-05T02:00:00Z', 100n);
    expect(fold([...december, small], JOINED, [yearly]).standing?.tier.code).toBe('SILVER');
    const whole = refund(december[0] as Fact, '2027-01-05T02:00:00Z', 5000n);
    expect(fold([...december, whole], JOINED, [yearly]).standing?.tier.code).toBe('MEMBER');
  });

  it('goes back over several upgrades, and stops at what the rest still carries', () => {
    const p2 = sale('p2', '2026-03-12T02:00:00Z', 15000n);
    const goldGone = fold([p1, p2, refund(p2, '2026-03-20T02:00:00Z', 15000n)], JOINED);
    expect(stands(goldGone)).toEqual(['SILVER', 'ACTIVE', '2026-03-10T02:00:00.000Z', '2027-03-31T16:00:00.000Z']);
    const both = [p1, p2, refund(p2, '2026-03-20T02:00:00Z', 15000n), refund(p1, '2026-03-20T02:00:00Z', 5000n)];
    expect(told(fold(both, JOINED)).slice(2)).toEqual([
      '2026-03-12T02:00:00.000Z QUALIFIED SILVER>GOLD p2 until 2027-03-31T16:00:00.000Z',
      '2026-03-20T02:00:00.000Z REFUND_REVERTED GOLD>MEMBER p1 until -',
    ]);
    const skipped = sale('p3', '2026-03-12T02:00:00Z', 20000n);
    expect(told(fold([skipped, refund(skipped, '2026-03-20T02:00:00Z', 14000n)], JOINED)).at(-1)).toBe(
      '2026-03-20T02:00:00.000Z REFUND_REVERTED GOLD>SILVER p3 until 2027-03-31T16:00:00.000Z',
    );
  });

  it('is not known before its own instant', () => {
    const known = fold([p1, refund(p1, '2026-03-11T02:00:00Z', 5000n)], JOINED);
    expect(told(known)[1]).toContain('2026-03-10T02:00:00.000Z QUALIFIED');
  });

  it('of the tier below whose validity ended meanwhile lets the clock catch up at the refund', () => {
    // Silver from 2026-03-10 ends 2027-04-01 unkept and is in grace; gold comes on 2027-04-25, and goes back after the grace.
    const back = refund(p1, '2026-05-01T02:00:00Z', 1500n);
    const p2 = sale('p2', '2027-04-25T02:00:00Z', 20000n);
    const all = [p1, back, p2, refund(p2, '2027-05-05T02:00:00Z', 20000n)];
    expect(told(fold(all, JOINED)).slice(2)).toEqual([
      '2027-04-25T02:00:00.000Z QUALIFIED SILVER>GOLD p2 until 2028-04-30T16:00:00.000Z',
      '2027-05-05T02:00:00.000Z REFUND_REVERTED GOLD>MEMBER p2 until -',
    ]);
  });
});

describe('the calendar', () => {
  it('29 February: twelve months on is the end of February', () => {
    const leap = fold([sale('p', '2028-02-29T02:00:00Z', 5000n)], JOINED);
    expect(leap.standing?.validUntil?.toISOString()).toBe('2029-02-28T16:00:00.000Z');
  });

  it('summer time: validity and grace end at local midnight, whatever the offset', () => {
    const sydney = ladder({}, { ...SHANGHAI, zone: 'Australia/Sydney' });
    const p = sale('p', '2026-03-10T02:00:00Z', 5000n);
    const facts = [p, refund(p, '2026-05-01T02:00:00Z', 5000n)];
    // 2027-04-01 00:00 is +11, 2027-05-01 00:00 is +10: the clock goes back on 4 April.
    expect(fold(facts, JOINED, [sydney]).standing?.validUntil?.toISOString()).toBe('2027-03-31T13:00:00.000Z');
    expect(told(fold(facts, '2027-06-01T00:00:00Z', [sydney])).at(-1)).toBe(
      '2027-04-30T14:00:00.000Z VALIDITY_ENDED SILVER>MEMBER - until -',
    );
  });

  it('gold falls by one step and holds that for twelve months', () => {
    const p = sale('p', '2026-03-10T02:00:00Z', 20000n);
    const facts = [p, refund(p, '2026-05-01T02:00:00Z', 20000n)];
    expect(told(fold(facts, '2029-01-01T00:00:00Z')).slice(2)).toEqual([
      '2027-04-30T16:00:00.000Z VALIDITY_ENDED GOLD>SILVER - until 2028-04-30T16:00:00.000Z',
      '2028-05-30T16:00:00.000Z VALIDITY_ENDED SILVER>MEMBER - until -',
    ]);
  });

  it('a tier without end has no validity; no grace means no grace', () => {
    const forever = ladder({ validityMonths: null });
    expect(
      fold([sale('p', '2026-03-10T02:00:00Z', 5000n)], '2046-01-01T00:00:00Z', [forever]).standing?.tier.code,
    ).toBe('SILVER');
    const p = sale('p', '2026-03-10T02:00:00Z', 5000n);
    const strict = fold([p, refund(p, '2026-05-01T02:00:00Z', 5000n)], '2027-03-31T16:00:00Z', [
      ladder({ graceDays: 0 }),
    ]);
    expect(told(strict).at(-1)).toContain('2027-03-31T16:00:00.000Z VALIDITY_ENDED SILVER>MEMBER');
  });
});

describe('versions of the ladder', () => {
  const old = ladder();
  const facts = [sale('p1', '2026-03-10T02:00:00Z', 3000n), sale('p2', '2026-04-10T02:00:00Z', 10n)];

  it('easier rules raise members when they come into force, not before', () => {
    const easier = ladder({
      effectiveFrom: new Date('2026-04-01T00:00:00Z'),
      tiers: DRAFT.tiers.map((t) => (t.rank === 1 ? { ...t, upgrade: spend('3000', 'ROLLING_MONTHS', 12) } : t)),
    });
    expect(fold(facts, '2026-03-31T00:00:00Z', [old]).nextCheckAt).toBeNull();
    expect(fold(facts.slice(0, 1), '2026-03-31T00:00:00Z', [old, easier]).nextCheckAt?.toISOString()).toBe(
      '2026-04-01T00:00:00.000Z',
    );
    expect(told(fold(facts, JOINED, [old, easier])).slice(1)).toEqual([
      '2026-04-01T00:00:00.000Z QUALIFIED MEMBER>SILVER - until 2027-04-30T16:00:00.000Z',
    ]);
  });

  it('a tier that is gone becomes the nearest below it', () => {
    const without = ladder({
      effectiveFrom: new Date('2026-04-01T00:00:00Z'),
      tiers: DRAFT.tiers.filter(({ code }) => code !== 'SILVER'),
    });
    const silver = [sale('p1', '2026-03-10T02:00:00Z', 5000n)];
    expect(told(fold(silver, '2026-05-01T00:00:00Z', [old, without])).at(-1)).toBe(
      '2026-04-01T00:00:00.000Z LADDER_CHANGED SILVER>MEMBER - until -',
    );
  });

  it('without a ladder there is nothing; the first one finds what was there before', () => {
    expect(fold(facts, JOINED, []).standing).toBeNull();
    const late = ladder({ effectiveFrom: new Date('2026-05-01T00:00:00Z') });
    expect(told(fold([sale('p', '2026-03-10T02:00:00Z', 5000n)], '2026-06-01T00:00:00Z', [late]))).toEqual([
      '2026-05-01T00:00:00.000Z QUALIFIED MEMBER>SILVER - until 2027-05-31T16:00:00.000Z',
    ]);
    expect(told(fold([], '2026-06-01T00:00:00Z', [late]))).toEqual([
      '2026-05-01T00:00:00.000Z JOINED >MEMBER - until -',
    ]);
  });
});
