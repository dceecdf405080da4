import fc from 'fast-check';
import { bookOf, campaign, earnRule, lineOf, programme, saleOf, type SomeRules, tierOf } from '../../../test/rules';
import type { AcrossGroups, EarningTerms } from '../../programme/domain/terms';
import { type Purse, rateSale } from './earn';
import { explainRating } from './explain';
import { type AboutMember, inputsFor, type SaleToRate } from './inputs';

const silver = tierOf('SILVER', '1.2');
const double = campaign('DOUBLE', { multiplier: '2' });
const nobody: AboutMember = { tier: null, birthday: null };

function points(rules: SomeRules, sale: SaleToRate, about: Partial<AboutMember> = {}, purse?: Purse) {
  const book = bookOf(rules);
  const inputs = inputsFor(book, sale, { ...nobody, ...about });
  const rating = rateSale(book, inputs, purse);
  return { ...rating, inputs, book, steps: explainRating(book, inputs, rating) };
}
const codes = ({ steps }: ReturnType<typeof points>) => steps.map(({ code }) => code);

describe('points of a sale', () => {
  it.each<[string, SomeRules, SaleToRate, Partial<AboutMember>, bigint, bigint[]]>([
    // 100.00 x 1 = 100
    ['base rate', {}, saleOf([10_000n]), {}, 100n, [100n]],
    // 100.00 x 1 x 1.2 = 120, not 120.00000000000001
    ['silver', {}, saleOf([10_000n]), { tier: silver }, 120n, [120n]],
    // 9.99 + 9.99 + 9.99 = 29.97 -> 29; 9 each, the two left over to the equal largest fractions, lower lines first
    ['rounded once, not per line', {}, saleOf([999n, 999n, 999n]), {}, 29n, [10n, 10n, 9n]],
    // 10.00 x 0.5 + 20.00 x 0 + 3.50 x 2 = 5 + 0 + 7 = 12
    [
      'a rate for each line',
      {
        earn: [
          earnRule('A', '0.5', { category: 'A' }),
          earnRule('B', '0', { category: 'B' }),
          earnRule('C', '2', { category: 'C' }),
        ],
      },
      saleOf([lineOf(1_000n, { category: 'A' }), lineOf(2_000n, { category: 'B' }), lineOf(350n, { category: 'C' })]),
      {},
      12n,
      [5n, 0n, 7n],
    ],
    // yen have no minor digits: 980 x 0.01 = 9.8 -> 9
    ['yen', { earn: [earnRule('BASE', '0.01')] }, saleOf([980n], { currency: 'JPY' }), {}, 9n, [9n]],
    ['nothing paid in money', {}, saleOf([0n]), { tier: silver }, 0n, [0n]],
    ['no lines', {}, saleOf([]), {}, 0n, []],
    ['no rule', { earn: [] }, saleOf([10_000n]), {}, 0n, [0n]],
    ['no programme', { programme: null }, saleOf([10_000n]), {}, 0n, [0n]],
  ])('%s', (_, rules, sale, about, total, lines) => {
    const rating = points(rules, sale, about);
    expect([rating.points, rating.linePoints]).toEqual([total, lines]);
  });

  // 100.00, silver 1.2, double week 2
  it.each<[AcrossGroups, bigint]>([
    ['ADDITIVE', 220n], // 1 + 0.2 + 1
    ['MULTIPLICATIVE', 240n], // 1.2 x 2
    ['BEST_OF', 200n],
  ])('tier and campaign together, %s: %d', (acrossGroups, expected) => {
    const rules = { programme: programme({ acrossGroups }), campaigns: [double] };
    expect(points(rules, saleOf([10_000n]), { tier: silver }).points).toBe(expected);
  });

  // Campaigns of 1.5 (priority 9) and 2 (priority 1) in one group.
  it.each<[EarningTerms['withinGroup']['CAMPAIGN'], bigint]>([
    ['BEST_OF', 200n],
    ['SUM', 250n], // 1 + 0.5 + 1
    ['PRIORITY', 150n],
  ])('two campaigns of one group, %s: %d', (mode, expected) => {
    const withinGroup = { TIER: mode, CAMPAIGN: mode, MEMBER: mode, PAYMENT: mode };
    const rules = {
      programme: programme({ withinGroup }),
      campaigns: [campaign('A', { multiplier: '1.5', priority: 9 }), campaign('B', { multiplier: '2', priority: 1 })],
    };
    expect(points(rules, saleOf([10_000n])).points).toBe(expected);
  });

  it('caps the multiplier', () => {
    const rating = points({ programme: programme({ maxMultiplier: '1.75' }), campaigns: [double] }, saleOf([10_000n]));
    expect(rating.points).toBe(175n);
    expect(codes(rating)).toContain('MULTIPLIER_CAPPED');
  });

  // 10.50 + 10.05 = 20.55
  it.each([
    ['FLOOR', 20n, [10n, 10n]],
    ['HALF_UP', 21n, [11n, 10n]],
    ['CEIL', 21n, [11n, 10n]],
  ] as const)('%s', (rounding, total, lines) => {
    const rating = points({ programme: programme({ rounding }) }, saleOf([1_050n, 1_005n]));
    expect([rating.points, rating.linePoints]).toEqual([total, lines]);
  });

  // 100.00, of which 20.00 a coupon and 10.00 points
  it.each([
    ['GROSS', 100n],
    ['NET_OF_COUPONS', 80n],
    ['NET_OF_COUPONS_AND_POINTS', 70n],
  ] as const)('counts %s', (basis, total) => {
    const line = { category: 'FOOD', grossMinor: 10_000n, pointsValueMinor: 1_000n, paidMinor: 7_000n };
    expect(points({ programme: programme({ basis }) }, saleOf([line])).points).toBe(total);
  });

  it('gives growth at its own rate, multiplied or not, rounded its own way', () => {
    const rules = (multiplied: boolean) => ({
      programme: programme({}, { growth: { perUnit: '1.5', multiplied, rounding: 'CEIL' as const } }),
      campaigns: [double],
    });
    expect(points(rules(false), saleOf([10_001n])).growth).toBe(151n); // 150.015
    expect(points(rules(true), saleOf([10_001n])).growth).toBe(301n); // 300.03
    const own = { earn: [earnRule('BASE', '1', { growthRate: '3' })] };
    expect(points(own, saleOf([10_000n])).growth).toBe(300n);
  });

  it('explains itself, with the rule versions used', () => {
    const rating = points({ campaigns: [double] }, saleOf([10_000n]), { tier: silver });
    expect(rating.steps).toEqual([
      { code: 'ELIGIBLE', value: '100.00', args: { currency: 'CNY' } },
      { code: 'RATE', value: '1', ruleVersionId: 'BASE-1' },
      { code: 'TIER', value: '1.2', ruleVersionId: 'ladder', args: { tier: 'SILVER' } },
      { code: 'CAMPAIGN', value: '2', ruleVersionId: 'DOUBLE-1', args: { campaign: 'DOUBLE' } },
      { code: 'MULTIPLIER', value: '2.2' },
      { code: 'EXACT', value: '220' },
      { code: 'ROUNDED_DOWN', value: '220' },
      { code: 'GROWTH', value: '100', ruleVersionId: 'PROGRAMME-1' },
    ]);
    expect(points({ programme: null }, saleOf([1n])).steps).toEqual([{ code: 'NO_PROGRAMME' }]);
  });

  it('lines always sum to the sale, and splitting a line changes nothing', () => {
    const line = fc.tuple(fc.bigInt(0n, 10_000_000n), fc.constantFrom('A', 'B', 'C'));
    const rules = {
      earn: [earnRule('B', '0.3', { category: 'B' }), earnRule('C', '1.75', { category: 'C' }), earnRule('X', '1')],
      campaigns: [campaign('C', { multiplier: '1.1', conditions: { ...double.terms.conditions, category: 'A' } })],
    };
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom(null, silver), (lines, tier) => {
        const of = (some: readonly (readonly [bigint, string])[]) =>
          points(rules, saleOf(some.map(([minor, category]) => lineOf(minor, { category }))), { tier });
        const rating = of(lines);
        expect(rating.linePoints.reduce((a, b) => a + b, 0n)).toBe(rating.points);
        expect(rating.lineGrowth.reduce((a, b) => a + b, 0n)).toBe(rating.growth);
        const halves = lines.flatMap(([minor, category]) => [
          [minor - minor / 2n, category] as const,
          [minor / 2n, category] as const,
        ]);
        expect(of(halves).points).toBe(rating.points);
      }),
    );
  });

  it('refuses what does not fit 64 bits', () => {
    expect(() => points({ earn: [earnRule('BASE', '101')] }, saleOf([2n ** 63n - 1n]))).toThrow(/64-bit/);
    expect(points({ earn: [earnRule('BASE', '100')] }, saleOf([2n ** 63n - 1n])).points).toBe(2n ** 63n - 1n);
  });
});

describe('the most specific rate', () => {
  const rules = {
    earn: [
      earnRule('any', '1'),
      earnRule('payment', '2', { paymentMethod: 'CARD' }),
      earnRule('channel', '3', { channel: 'APP' }),
      earnRule('category', '4', { category: 'FOOD' }),
      earnRule('merchant', '5', { merchantId: 'M' }),
      earnRule('store', '6', { storeId: 'S' }),
      earnRule('two', '7', { category: 'TOYS', paymentMethod: 'CARD' }),
      earnRule('merchant-food', '8', { merchantId: 'M2', category: 'FOOD' }),
    ],
  };
  const card = [{ method: 'CARD', amountMinor: 100n }];
  it.each<[string, Partial<SaleToRate>, string, string]>([
    ['nothing named', { merchantId: 'X', storeId: 'X' }, 'X', 'any'],
    ['payment', { merchantId: 'X', storeId: 'X', payments: card }, 'X', 'payment'],
    ['channel before payment', { merchantId: 'X', storeId: 'X', payments: card, channel: 'APP' }, 'X', 'channel'],
    ['category before channel', { merchantId: 'X', storeId: 'X', channel: 'APP' }, 'FOOD', 'category'],
    ['merchant before category', { storeId: 'X' }, 'FOOD', 'merchant'],
    ['store before merchant', {}, 'FOOD', 'store'],
    ['two conditions before any single one', { payments: card }, 'TOYS', 'two'],
    ['merchant and category before category', { merchantId: 'M2', storeId: 'X' }, 'FOOD', 'merchant-food'],
  ])('%s', (_, sale, category, code) => {
    const rating = points(rules, saleOf([lineOf(100n, { category })], sale));
    expect(rating.parts.map(({ rule }) => rule?.code)).toEqual([code]);
  });

  it('a payment condition holds for the part that was paid so', () => {
    const payments = [
      { method: 'CARD', amountMinor: 2_500n },
      { method: 'CASH', amountMinor: 7_500n },
    ];
    const conditions = { ...double.terms.conditions, paymentMethod: 'CARD' };
    const some = { campaigns: [campaign('CARD', { group: 'PAYMENT', multiplier: '3', conditions })] };
    // a quarter of each line three times, the rest once: 60 x 1.5 + 40 x 1.5
    const rating = points(some, saleOf([6_000n, 4_000n], { payments }));
    expect([rating.points, rating.linePoints]).toEqual([150n, [90n, 60n]]);
  });
});

describe('the rules that apply', () => {
  it('are those in force at the time: the newest version that covers it, no drafts, half-open', () => {
    const [from, to] = [new Date('2026-03-10'), new Date('2026-03-11')];
    const rules = {
      earn: [
        earnRule('BASE', '1'),
        { ...earnRule('BASE', '5'), id: 'BASE-2', version: 2n, effectiveFrom: from },
        { ...earnRule('BASE', '9'), id: 'BASE-3', version: 3n, effectiveFrom: from, status: 'DRAFT' as const },
      ],
      campaigns: [campaign('DAY', { multiplier: '2' }, { effectiveFrom: from, effectiveTo: to })],
    };
    const at = (occurredAt: Date) => points(rules, saleOf([10_000n], { occurredAt })).points;
    expect([at(new Date(from.getTime() - 1)), at(from), at(new Date(to.getTime() - 1)), at(to)]).toEqual([
      100n,
      1000n,
      1000n,
      500n,
    ]);
  });

  it('ask for tier, and line by line for category', () => {
    const toys = campaign('TOYS', {
      multiplier: '2',
      tiers: ['SILVER'],
      conditions: { ...double.terms.conditions, category: 'TOYS' },
    });
    const sale = saleOf([lineOf(10_000n, { category: 'TOYS' }), lineOf(10_000n)]);
    expect(points({ campaigns: [toys] }, sale).linePoints).toEqual([100n, 100n]);
    expect(points({ campaigns: [toys] }, sale, { tier: silver }).linePoints).toEqual([220n, 120n]);
  });
});

describe('fixed bonuses, caps and budgets', () => {
  const steps = (...list: [bigint, bigint][]) =>
    list.map(([fromMinor, given]) => ({ fromMinor, currency: 'CNY', points: given }));
  const bonus = campaign('BONUS', { thresholds: steps([10_000n, 20n], [20_000n, 50n]) });

  it.each([
    [9_999n, 99n],
    [10_000n, 120n],
    [20_000n, 250n],
  ])('the highest step that %d reaches counts', (paid, total) => {
    expect(points({ campaigns: [bonus] }, saleOf([paid])).points).toBe(total);
  });

  it('a cap for one sale takes from the bonuses first, then from the lines in proportion', () => {
    const capped = (maxPointsPerTransaction: bigint) =>
      points({ programme: programme({ maxPointsPerTransaction }), campaigns: [bonus] }, saleOf([15_000n, 5_000n]));
    expect(capped(210n)).toMatchObject({ points: 210n, linePoints: [150n, 50n], bonuses: [{ points: 10n }] });
    expect(capped(100n)).toMatchObject({ points: 100n, linePoints: [75n, 25n], bonuses: [] });
    expect(codes(capped(100n))).toContain('CAPPED_SALE');
    expect(codes(capped(250n))).not.toContain('CAPPED_SALE');
  });

  it('a budget gives what the campaign adds, or a part, or nothing, and says so', () => {
    const limited = (onExhaustion: 'PARTIAL' | 'NONE') =>
      campaign('LIMITED', { multiplier: '2', thresholds: steps([0n, 7n]), budget: { points: 1_000n, onExhaustion } });
    const left =
      (points: bigint): Purse =>
      (_, wanted) =>
        wanted < points ? wanted : points;
    const rules = { campaigns: [limited('PARTIAL')] };
    expect(points(rules, saleOf([10_000n]), {}, left(500n))).toMatchObject({
      points: 207n,
      budgets: [{ wanted: 107n }],
    });
    const partly = points(rules, saleOf([10_000n]), {}, left(30n));
    expect(partly).toMatchObject({ points: 130n, linePoints: [130n], bonuses: [] });
    expect(codes(partly)).toContain('BUDGET_PARTIAL');
    const none = points(rules, saleOf([10_000n]), {}, left(0n));
    expect(none.points).toBe(100n);
    expect(codes(none)).toContain('BUDGET_EXHAUSTED');
  });

  it('a campaign with a budget that would make less of the sale counts for nothing, for growth neither', () => {
    const withinGroup = { TIER: 'BEST_OF', CAMPAIGN: 'PRIORITY', MEMBER: 'BEST_OF', PAYMENT: 'BEST_OF' } as const;
    const growth = { perUnit: '1', multiplied: true, rounding: 'FLOOR' } as const;
    const campaigns = [
      campaign('STRONG', { multiplier: '3', priority: 1 }),
      campaign('WEAK', { multiplier: '1.5', priority: 2, budget: { points: 1_000n, onExhaustion: 'PARTIAL' } }),
    ];
    const rating = points({ programme: programme({ withinGroup }, { growth }), campaigns }, saleOf([10_000n]));
    expect(rating).toMatchObject({ points: 300n, growth: 300n, budgets: [{ wanted: 0n }] });
  });

  it('what was granted stays: rated again, a campaign gives no more, and less when it adds less', () => {
    const limited = campaign('LIMITED', { multiplier: '2', budget: { points: 1_000n, onExhaustion: 'PARTIAL' } });
    const { book, inputs } = points({ campaigns: [limited] }, saleOf([10_000n]));
    const again = (granted: bigint, tier = inputs.tier) =>
      rateSale(book, { ...inputs, tier, grants: { [limited.id]: granted } }).points;
    expect([again(40n), again(40n, silver), again(500n), again(0n)]).toEqual([140n, 160n, 200n, 100n]);
  });
});

describe('a sale that was reported late', () => {
  const rules = { programme: programme({ backdated: { approvalAfterDays: 7, rejectAfterDays: 90 } }) };
  const reported = (receivedAt: string) => points(rules, saleOf([10_000n], { receivedAt: new Date(receivedAt) }));
  it.each([
    ['2026-03-17T04:00:00Z', 100n, null],
    ['2026-03-17T04:00:00.001Z', 0n, 'NEEDS_APPROVAL'],
    ['2026-06-08T04:00:00Z', 0n, 'NEEDS_APPROVAL'],
    ['2026-06-08T04:00:00.001Z', 0n, 'TOO_LATE'],
  ])('at %s earns %d', (receivedAt, total, late) => {
    const rating = reported(receivedAt);
    expect([rating.points, rating.inputs.late]).toEqual([total, late]);
    if (late) expect(codes(rating)).toEqual([late]);
  });
});
