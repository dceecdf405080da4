import { conversionFor, pointsFor, quoteBasket, worthOf } from './quote';
import { programmeAt, type Rules, type RuleVersion, spendingProgrammeAt } from '../../programme/domain/rules';
import { DEFAULT_PROGRAMME, type ProgrammeTerms, type SpendTerms } from '../../programme/domain/terms';

const terms: SpendTerms = {
  ...DEFAULT_PROGRAMME.spending,
  conversions: [{ points: 100n, valueMinor: 100n, currency: 'CNY' }],
  minPoints: 500n,
  stepPoints: 100n,
  maxPercentOfEligible: '50',
};
const payer = { available: 5000n, debt: 0n, frozen: false, tierCode: null, spentToday: 0n };
const basket = (toPay: bigint[], categories: string[] = []) => ({
  merchantId: 'm',
  currency: 'CNY',
  lines: toPay.map((toPayMinor, i) => ({ category: categories[i] ?? 'FOOD', toPayMinor })),
});

describe('points as payment', () => {
  it.each([
    // 1000 points are 10.00; half of 60.00 would allow 3000
    ['as asked', 1000n, 5000n, [6000n], 1000n, 1000n, ''],
    ['balance, down to a step', 1000n, 830n, [6000n], 800n, 800n, 'BALANCE'],
    // half of 15.99 is 7.99 = 799 points -> 700
    ['half of what is left', 1000n, 5000n, [1599n], 700n, 700n, 'CAP'],
    ['multiples of the step', 1050n, 5000n, [6000n], 1000n, 1000n, 'STEP'],
    ['below the minimum', 400n, 5000n, [6000n], 0n, 0n, 'MINIMUM'],
    // 4.50 is all that half of 9.00 allows: 450 -> 400, below 500
    ['the cap falls below the minimum', 1000n, 5000n, [900n], 0n, 0n, 'CAP'],
    ['none wanted', 0n, 5000n, [6000n], 0n, 0n, ''],
    ['nothing to pay', 1000n, 5000n, [0n], 0n, 0n, 'CAP'],
  ])('%s', (_, requested, available, toPayMinor, points, valueMinor, cutReason) => {
    const quote = quoteBasket(terms, { ...payer, available }, basket(toPayMinor), requested);
    expect(quote).toMatchObject({ points, valueMinor, cutReason });
  });

  it.each<[string, Partial<SpendTerms>, Partial<typeof payer>, bigint, string]>([
    ['the cap of an order', { maxPointsPerOrder: 750n }, {}, 700n, 'ORDER_CAP'],
    ['what is left of the day', { maxPointsPerDay: 1200n }, { spentToday: 500n }, 700n, 'DAY_CAP'],
    ['a day that is used up', { maxPointsPerDay: 1200n }, { spentToday: 1300n }, 0n, 'DAY_CAP'],
    ['a merchant that takes part', { merchantIds: ['m'] }, {}, 1000n, ''],
    ['a merchant that does not', { merchantIds: ['n'] }, {}, 0n, 'MERCHANT'],
    ['debt', {}, { debt: 1n, available: 0n }, 0n, 'DEBT'],
    ['a frozen account', {}, { frozen: true }, 0n, 'FROZEN'],
    ['no conversion', { conversions: [] }, {}, 0n, 'NOT_CONVERTIBLE'],
    ['nothing but excluded categories', { excludedCategories: ['FOOD'] }, {}, 0n, 'CATEGORY'],
    // 100 points are 0.30: under a fen for every 3 points
    [
      'points that are worth nothing',
      { stepPoints: 1n, minPoints: 0n, conversions: [{ points: 2000n, valueMinor: 1n, currency: 'CNY' }] },
      {},
      0n,
      'MINIMUM',
    ],
  ])('%s', (_, more, who, points, cutReason) => {
    const quote = quoteBasket({ ...terms, ...more }, { ...payer, ...who }, basket([6000n]), 1000n);
    expect(quote).toMatchObject({ points, cutReason });
  });

  it('spreads the value over the lines by largest remainder', () => {
    // 10.00 over 60.00 and 50.00: 545.45 and 454.54 fen; the second has the larger fraction
    expect(quoteBasket(terms, payer, basket([6000n, 5000n]), 1000n).lineValuesMinor).toEqual([545n, 455n]);
  });

  it('leaves excluded categories out of the cap and of the shares', () => {
    // half of 20.00 + 10.00 is 15.00; the 60.00 of gold do not count
    const mixed = basket([2000n, 6000n, 1000n], ['FOOD', 'GOLD', 'TOYS']);
    expect(quoteBasket({ ...terms, excludedCategories: ['GOLD'] }, payer, mixed, 3000n)).toEqual({
      points: 1500n,
      valueMinor: 1500n,
      lineValuesMinor: [1000n, 0n, 500n],
      cutReason: 'CAP',
    });
  });

  it('converts by tier, in each currency, and from money to the fewest points', () => {
    const gold = { points: 100n, valueMinor: 120n, currency: 'CNY' };
    const both: SpendTerms = {
      ...terms,
      conversions: [...terms.conversions, { points: 10n, valueMinor: 7n, currency: 'HKD' }],
      tierConversions: { GOLD: [gold] },
    };
    expect(quoteBasket(both, { ...payer, tierCode: 'GOLD' }, basket([6000n]), 1000n).valueMinor).toBe(1200n);
    expect(quoteBasket(both, { ...payer, tierCode: 'SILVER' }, basket([6000n]), 1000n).valueMinor).toBe(1000n);
    const hkd = conversionFor(both, 'HKD', 'GOLD');
    if (!hkd) throw new Error('every tier has the conversions that it does not replace');
    expect([worthOf(99n, hkd), pointsFor(69n, hkd), worthOf(98n, hkd)]).toEqual([69n, 99n, 68n]);
  });
});

describe('the rule a payment is made under', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 10, 4, minute));
  const rule = (version: bigint, from: Date, more: Partial<RuleVersion<ProgrammeTerms>> = {}) => ({
    id: `v${version}`,
    ruleId: 'r',
    code: 'PROGRAMME',
    version,
    effectiveFrom: from,
    effectiveTo: null,
    status: 'ACTIVE' as const,
    terms: DEFAULT_PROGRAMME,
    ...more,
  });
  const rules = (...programmes: RuleVersion<ProgrammeTerms>[]): Rules => ({
    programmes,
    earn: [],
    campaigns: [],
    interactions: [],
  });
  const paidUnder = (all: Rules, minute: number, quoted: string | null) =>
    spendingProgrammeAt(all, at(minute), quoted)?.id;

  it.each([
    ['quoted before the change, within the lock', 39, 'v1', 'v1'],
    ['quoted before the change, after the lock', 40, 'v1', 'v2'],
    ['not quoted', 31, null, 'v2'],
    ['quoted under the new one', 31, 'v2', 'v2'],
    ['quoted under one that nobody knows', 31, 'x', 'v2'],
    ['before the change', 29, 'v1', 'v1'],
    ['quoted under one that is still to come', 29, 'v2', 'v1'],
  ])('%s', (_, minute, quoted, expected) => {
    expect(paidUnder(rules(rule(1n, at(0)), rule(2n, at(30))), minute, quoted)).toBe(expected);
  });

  it('counts from when the newer one was made known, and from the end of the older one', () => {
    const backdated = rules(rule(1n, at(0)), rule(2n, at(1), { publishedAt: at(30) }));
    expect([paidUnder(backdated, 39, 'v1'), paidUnder(backdated, 40, 'v1')]).toEqual(['v1', 'v2']);
    const ended = rules(rule(1n, at(0), { effectiveTo: at(20) }));
    expect([paidUnder(ended, 29, 'v1'), paidUnder(ended, 30, 'v1')]).toEqual(['v1', undefined]);
    const draft = rules(rule(1n, at(0)), rule(2n, at(0), { status: 'DRAFT' }));
    expect([paidUnder(draft, 5, 'v2'), programmeAt(draft, at(5))?.id]).toEqual(['v1', 'v1']);
  });
});
