import fc from 'fast-check';
import { inputsFor, type RatingInputs, rateSale } from './earn';
import type { Rules, RuleVersion } from '../../programme/domain/rules';
import {
  ANY_SALE,
  type CampaignTerms,
  DEFAULT_PROGRAMME,
  type EarnTerms,
  PLAIN_CAMPAIGN,
} from '../../programme/domain/terms';

const AT = new Date('2026-03-10T04:00:00Z');
const silver = { code: 'SILVER', multiplier: '1.2', ladderVersionId: 'ladder' };
const doubleWeek = { code: 'DOUBLE', multiplier: '2', ruleVersionId: 'campaign' };

function inputs(lines: [eligibleMinor: bigint, rate: string, growthRate?: string][], rest: Partial<RatingInputs> = {}) {
  return {
    currency: 'CNY',
    programmeId: 'programme',
    tier: null,
    campaign: null,
    lines: lines.map(([eligibleMinor, rate, growthRate = '1'], i) => ({
      lineNo: i + 1,
      eligibleMinor,
      rate,
      rateRuleId: 'rate',
      growthRate,
      growthRuleId: 'programme',
    })),
    ...rest,
  } satisfies RatingInputs;
}

describe('points of a sale', () => {
  it.each([
    // 100.00 x 1 = 100
    ['base rate', inputs([[10_000n, '1']]), 100n, [100n]],
    // 100.00 x 1 x 1.2 = 120, not 120.00000000000001
    ['silver', inputs([[10_000n, '1']], { tier: silver }), 120n, [120n]],
    // additive: 100.00 x (1 + 0.2 + 1) = 220; multiplicative would be 240, best-of 200
    ['silver in double week', inputs([[10_000n, '1']], { tier: silver, campaign: doubleWeek }), 220n, [220n]],
    // 9.99 + 9.99 + 9.99 = 29.97 -> 29; 9 each, the two left over to the equal largest fractions, lower lines first
    [
      'rounded once, not per line',
      inputs([
        [999n, '1'],
        [999n, '1'],
        [999n, '1'],
      ]),
      29n,
      [10n, 10n, 9n],
    ],
    // 10.00 x 0.5 + 20.00 x 0 + 3.50 x 2 = 5 + 0 + 7 = 12
    [
      'a rate for each line',
      inputs([
        [1_000n, '0.5'],
        [2_000n, '0'],
        [350n, '2'],
      ]),
      12n,
      [5n, 0n, 7n],
    ],
    // yen have no minor digits: 980 x 0.01 = 9.8 -> 9
    ['yen', { ...inputs([[980n, '0.01']]), currency: 'JPY' }, 9n, [9n]],
    ['nothing paid in money', inputs([[0n, '1']], { tier: silver }), 0n, [0n]],
    ['no lines', inputs([]), 0n, []],
  ])('%s', (_, given, points, linePoints) => {
    const rating = rateSale(given);
    expect(rating.points).toBe(points);
    expect(rating.linePoints).toEqual(linePoints);
  });

  it('gives growth at its own rate, without multipliers', () => {
    // 100.00 x 1.5 = 150 whatever the tier and the campaign
    const rating = rateSale(inputs([[10_000n, '1', '1.5']], { tier: silver, campaign: doubleWeek }));
    expect([rating.points, rating.growth]).toEqual([220n, 150n]);
  });

  it('explains itself, with the rule versions used', () => {
    const rating = rateSale(inputs([[10_000n, '1']], { tier: silver, campaign: doubleWeek }));
    expect(rating.steps).toEqual([
      { code: 'ELIGIBLE', value: '100.00', args: { currency: 'CNY' } },
      { code: 'RATE', value: '1', ruleVersionId: 'rate' },
      { code: 'TIER', value: '1.2', ruleVersionId: 'ladder', args: { tier: 'SILVER' } },
      { code: 'CAMPAIGN', value: '2', ruleVersionId: 'campaign', args: { campaign: 'DOUBLE' } },
      { code: 'MULTIPLIER', value: '2.2' },
      { code: 'EXACT', value: '220' },
      { code: 'ROUNDED_DOWN', value: '220' },
      { code: 'GROWTH', value: '100', ruleVersionId: 'programme' },
    ]);
  });

  it('without a programme says so and earns nothing', () => {
    const rating = rateSale(inputs([[10_000n, '1']], { programmeId: null }));
    expect(rating).toMatchObject({ points: 0n, growth: 0n, linePoints: [0n], steps: [{ code: 'NO_PROGRAMME' }] });
  });

  it('lines always sum to the sale, and splitting a line changes nothing', () => {
    const line = fc.tuple(fc.bigInt(0n, 10_000_000n), fc.constantFrom('0', '0.3', '1', '1.75', '7'));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom(null, silver), (lines, tier) => {
        const rating = rateSale(inputs(lines, { tier }));
        expect(rating.linePoints.reduce((a, b) => a + b, 0n)).toBe(rating.points);
        expect(rating.lineGrowth.reduce((a, b) => a + b, 0n)).toBe(rating.growth);
        const halves = lines.flatMap(([minor, rate]): [bigint, string][] => [
          [minor - minor / 2n, rate],
          [minor / 2n, rate],
        ]);
        expect(rateSale(inputs(halves, { tier })).points).toBe(rating.points);
      }),
    );
  });
});

describe('the rules that apply', () => {
  const version = <T>(code: string, terms: T, from = '2026-01-01', rest: Partial<RuleVersion<T>> = {}) => ({
    id: `${code}-${rest.version ?? 1n}`,
    ruleId: code,
    code,
    version: 1n,
    effectiveFrom: new Date(from),
    effectiveTo: null,
    status: 'ACTIVE' as const,
    terms,
    ...rest,
  });
  const programme = version('PROGRAMME', DEFAULT_PROGRAMME);
  const earn = (code: string, merchantId: string | null, category: string | null, rate: string) =>
    version<EarnTerms>(code, { ...ANY_SALE, merchantId, category, rate, growthRate: null });
  const campaign = (code: string, multiplier: string, from: string, to: string) =>
    version<CampaignTerms>(code, { ...PLAIN_CAMPAIGN, multiplier }, from, { effectiveTo: new Date(to) });
  const sale = (merchantId: string, category: string, occurredAt = AT) => ({
    occurredAt,
    merchantId,
    currency: 'CNY',
    lines: [{ lineNo: 1, category, eligibleMinor: 100n }],
  });
  const rules: Rules = {
    programmes: [programme],
    earn: [
      earn('a', 'M', 'FOOD', '4'),
      earn('b', 'M', null, '3'),
      earn('c', null, 'FOOD', '2'),
      earn('d', null, null, '1'),
    ],
    campaigns: [
      campaign('small', '1.5', '2026-03-01', '2026-04-01'),
      campaign('big', '2', '2026-03-10', '2026-03-11'),
      campaign('over', '9', '2026-02-01', '2026-03-10T04:00:00Z'),
    ],
    interactions: [],
  };

  it.each([
    ['M', 'FOOD', '4'],
    ['M', 'SHOES', '3'],
    ['N', 'FOOD', '2'],
    ['N', 'SHOES', '1'],
  ])('merchant %s, category %s: rate %s', (merchantId, category, rate) => {
    expect(inputsFor(rules, sale(merchantId, category), null).lines[0]?.rate).toBe(rate);
  });

  it('takes the one best campaign whose half-open time covers the sale', () => {
    expect(inputsFor(rules, sale('M', 'FOOD'), null).campaign?.code).toBe('big');
    expect(inputsFor(rules, sale('M', 'FOOD', new Date('2026-03-11')), null).campaign?.code).toBe('small');
    expect(inputsFor(rules, sale('M', 'FOOD', new Date('2026-04-01')), null).campaign).toBeNull();
  });

  it('takes the newest version that covers the sale, and no drafts', () => {
    const base = earn('d', null, null, '1');
    const dearer = {
      ...base,
      id: 'd-2',
      version: 2n,
      effectiveFrom: new Date('2026-03-01'),
      terms: { ...base.terms, rate: '5' },
    };
    const draft = { ...dearer, id: 'd-3', version: 3n, status: 'DRAFT' as const };
    const versions = { ...rules, earn: [dearer, base, draft] };
    expect(inputsFor(versions, sale('N', 'X', new Date('2026-02-28')), null).lines[0]?.rateRuleId).toBe('d-1');
    expect(inputsFor(versions, sale('N', 'X'), null).lines[0]?.rateRuleId).toBe('d-2');
  });
});
