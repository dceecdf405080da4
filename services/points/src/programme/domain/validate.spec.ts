import type { RuleDraft } from './draft';
import { faultsOf, placesOf } from './validate';
import {
  ANY_SALE,
  type CampaignTerms,
  DEFAULT_PROGRAMME,
  type EarningTerms,
  type InteractionTerms,
  PLAIN_CAMPAIGN,
  type ProgrammeTerms,
  type SpendTerms,
} from './terms';

const FROM = new Date('2026-01-01T00:00:00Z');
const time = { code: 'RULE', effectiveFrom: FROM, effectiveTo: null };
const D = DEFAULT_PROGRAMME;
const programme = (terms: Partial<ProgrammeTerms>): RuleDraft => ({
  ...time,
  kind: 'PROGRAMME',
  terms: { ...D, ...terms },
});
const earning = (terms: Partial<EarningTerms>) => programme({ earning: { ...D.earning, ...terms } });
const spending = (terms: Partial<SpendTerms>) => programme({ spending: { ...D.spending, ...terms } });
const earn = (terms: object): RuleDraft => ({
  ...time,
  kind: 'EARN',
  terms: { ...ANY_SALE, rate: '1', growthRate: null, ...terms },
});
const campaign = (terms: Partial<CampaignTerms>): RuleDraft => ({
  ...time,
  kind: 'CAMPAIGN',
  terms: { ...PLAIN_CAMPAIGN, ...terms },
});
const interaction = (terms: Partial<InteractionTerms>): RuleDraft => ({
  ...time,
  kind: 'INTERACTION',
  terms: {
    ...{ names: {}, kind: 'SIGN_IN', points: 1n, growth: 0n, maxPerDay: 1, maxPerMember: null },
    ...{ proof: 'NONE', proofKey: null, streak: null },
    ...terms,
  },
});
const yuan = (points: bigint, valueMinor: bigint) => ({ points, valueMinor, currency: 'CNY' });
const step = (fromMinor: bigint, points: bigint, currency = 'CNY') => ({ fromMinor, points, currency });
const anywhere = { ...ANY_SALE, category: '' };

const at = (draft: RuleDraft) => faultsOf(draft).map(({ path, reason }) => `${path.join('.')} ${reason}`);

it.each<[string, RuleDraft]>([
  ['the default programme', programme({})],
  ['a plain earn rule', earn({})],
  ['a plain campaign', campaign({})],
  ['a sign-in', interaction({})],
  ['points that live for ever', programme({ expiry: { mode: 'NEVER' } })],
  ['sales that never earn too late', earning({ backdated: { approvalAfterDays: null, rejectAfterDays: null } })],
  [
    'steps that rise in each currency',
    campaign({ thresholds: [step(100n, 1n), step(50n, 1n, 'USD'), step(200n, 1n)] }),
  ],
])('%s is fine', (_, draft) => {
  expect(faultsOf(draft)).toEqual([]);
});

const FAULTS: [expected: string, draft: RuleDraft][] = [
  ['code CODE', { ...earn({}), code: 'not a code' }],
  ['code CODE', { ...earn({}), code: '' }],
  ['effectiveTo INTERVAL', { ...earn({}), effectiveTo: FROM }],
  [
    'programme.expiry.count RANGE',
    programme({ expiry: { mode: 'AFTER', count: 0, unit: 'MONTH', from: 'EARNED', roundTo: 'DAY' } }),
  ],
  [
    'programme.expiry.count RANGE',
    programme({ expiry: { mode: 'AFTER', count: 601, unit: 'MONTH', from: 'EARNED', roundTo: 'DAY' } }),
  ],
  ['programme.expiry.count RANGE', programme({ expiry: { mode: 'END_OF_PERIOD', period: 'YEAR', count: -1 } })],
  ['programme.expiry.date DATE', programme({ expiry: { mode: 'FIXED_DATE', date: '2026-02-30' } })],
  ['programme.expiry.months RANGE', programme({ expiry: { mode: 'SLIDING', months: 0 } })],
  ['programme.lateCreditDays RANGE', programme({ lateCreditDays: -1 })],
  ['programme.noticeDays.1 RANGE', programme({ noticeDays: [7, 0] })],
  ['programme.noticeDays.1 TWICE', programme({ noticeDays: [7, 7] })],
  ['programme.noticeDays RANGE', programme({ noticeDays: Array.from({ length: 11 }, (_, i) => i + 1) })],
  ['programme.dayCutHour RANGE', programme({ dayCutHour: 24 })],
  ['programme.dayCutHour RANGE', programme({ dayCutHour: -1 })],
  ['programme.earning.maxMultiplier MULTIPLIER', earning({ maxMultiplier: '0.5' })],
  ['programme.earning.maxPointsPerTransaction NOT_POSITIVE', earning({ maxPointsPerTransaction: 0n })],
  ['programme.earning.maxPointsPerDay NOT_POSITIVE', earning({ maxPointsPerDay: -1n })],
  ['programme.earning.maxPointsPerMerchantDay RANGE', earning({ maxPointsPerMerchantDay: 2n ** 62n })],
  ['programme.earning.pending.days RANGE', earning({ pending: { mode: 'DAYS', days: 366 } })],
  [
    'programme.earning.backdated.approvalAfterDays RANGE',
    earning({ backdated: { approvalAfterDays: -1, rejectAfterDays: null } }),
  ],
  [
    'programme.earning.backdated.rejectAfterDays ASCENDING',
    earning({ backdated: { approvalAfterDays: 8, rejectAfterDays: 7 } }),
  ],
  ['programme.growth.perUnit NEGATIVE', programme({ growth: { ...D.growth, perUnit: '-0.1' } })],
  ['programme.spending.conversions.0.points NOT_POSITIVE', spending({ conversions: [yuan(0n, 1n)] })],
  ['programme.spending.conversions.0.value MONEY', spending({ conversions: [yuan(1n, 0n)] })],
  ['programme.spending.conversions.1.value.currency TWICE', spending({ conversions: [yuan(1n, 1n), yuan(2n, 1n)] })],
  [
    'programme.spending.tierConversions.0.conversions.0.value MONEY',
    spending({ tierConversions: { GOLD: [yuan(1n, -1n)] } }),
  ],
  ['programme.spending.tierConversions.0.tierCode TEXT', spending({ tierConversions: { '': [yuan(1n, 1n)] } })],
  ['programme.spending.minPoints NEGATIVE', spending({ minPoints: -1n })],
  ['programme.spending.stepPoints NOT_POSITIVE', spending({ stepPoints: 0n })],
  ['programme.spending.maxPercentOfEligible PERCENT', spending({ maxPercentOfEligible: '100.01' })],
  ['programme.spending.maxPercentOfEligible PERCENT', spending({ maxPercentOfEligible: '-1' })],
  ['programme.spending.maxPointsPerOrder NOT_POSITIVE', spending({ maxPointsPerOrder: 0n })],
  ['programme.spending.maxPointsPerDay NOT_POSITIVE', spending({ maxPointsPerDay: 0n })],
  ['programme.spending.merchantIds.1 TWICE', spending({ merchantIds: ['a', 'a'] })],
  ['programme.spending.excludedCategories.0 TEXT', spending({ excludedCategories: [' '] })],
  ['programme.spending.holdMinutes RANGE', spending({ holdMinutes: 0 })],
  ['programme.spending.priceLockMinutes RANGE', spending({ priceLockMinutes: -1 })],
  [
    'programme.refunds.spentPoints.limit NEGATIVE',
    programme({ refunds: { ...D.refunds, spentPoints: { mode: 'ALLOW_NEGATIVE', limit: -1n } } }),
  ],
  [
    'programme.refunds.afterExpiry.days RANGE',
    programme({ refunds: { ...D.refunds, afterExpiry: { mode: 'GRACE_DAYS', days: 0 } } }),
  ],
  ['programme.desk.approvalAbove NEGATIVE', programme({ desk: { ...D.desk, approvalAbove: -1n } })],
  ['programme.desk.approvalDays RANGE', programme({ desk: { ...D.desk, approvalDays: 0 } })],
  ['programme.desk.reasonCodes RANGE', programme({ desk: { ...D.desk, reasonCodes: [] } })],
  ['programme.desk.reasonCodes.0 CODE', programme({ desk: { ...D.desk, reasonCodes: ['a b'] } })],
  [
    'programme.transfers.maxPointsPerDay NOT_POSITIVE',
    programme({ transfers: { ...D.transfers, maxPointsPerDay: 0n } }),
  ],
  [
    'programme.transfers.maxTransfersPerDay NOT_POSITIVE',
    programme({ transfers: { ...D.transfers, maxTransfersPerDay: 0 } }),
  ],
  ['earn.rate NEGATIVE', earn({ rate: '-0.01' })],
  ['earn.rate RANGE', earn({ rate: '1000001' })],
  ['earn.growthRate NEGATIVE', earn({ growthRate: '-1' })],
  ['earn.category TEXT', earn({ category: '' })],
  ['earn.channel TEXT', earn({ channel: 'x'.repeat(101) })],
  ['campaign.multiplier MULTIPLIER', campaign({ multiplier: '0.99' })],
  ['campaign.multiplier RANGE', campaign({ multiplier: '1001' })],
  ['campaign.priority RANGE', campaign({ priority: 1001 })],
  ['campaign.names.0.locale LOCALE', campaign({ names: { fr: 'Semaine double' } })],
  ['campaign.names.0.name TEXT', campaign({ names: { en: '' } })],
  ['campaign.conditions.category TEXT', campaign({ conditions: anywhere })],
  ['campaign.tiers.1 TWICE', campaign({ tiers: ['GOLD', 'GOLD'] })],
  ['campaign.calendar.weekdays.0 RANGE', campaign({ calendar: { mode: 'WEEKDAYS', weekdays: [0] } })],
  ['campaign.calendar.weekdays REQUIRED', campaign({ calendar: { mode: 'WEEKDAYS', weekdays: [] } })],
  ['campaign.calendar.monthDays.0 RANGE', campaign({ calendar: { mode: 'MONTH_DAYS', days: [32] } })],
  ['campaign.thresholds.0.from MONEY', campaign({ thresholds: [step(0n, 1n)] })],
  ['campaign.thresholds.1.from ASCENDING', campaign({ thresholds: [step(100n, 1n), step(100n, 2n)] })],
  ['campaign.thresholds.1.points ASCENDING', campaign({ thresholds: [step(100n, 2n), step(200n, 1n)] })],
  ['campaign.budget.points NOT_POSITIVE', campaign({ budget: { points: 0n, onExhaustion: 'PARTIAL' } })],
  ['interaction.points NEGATIVE', interaction({ points: -1n })],
  ['interaction.maxPerDay NOT_POSITIVE', interaction({ maxPerDay: 0 })],
  ['interaction.proofKey REQUIRED', interaction({ proof: 'SIGNED' })],
  ['interaction.proofKey NOT_HERE', interaction({ proofKey: 'A'.repeat(43) })],
  ['interaction.proofKey PUBLIC_KEY', interaction({ proof: 'SIGNED', proofKey: 'short' })],
  ['interaction.streak.days RANGE', interaction({ streak: { days: 1, points: 1n } })],
  ['interaction.streak.points NOT_POSITIVE', interaction({ streak: { days: 7, points: 0n } })],
];
it.each(FAULTS)('%s', (expected, draft) => {
  expect(at(draft)).toEqual([expected]);
});

it('tells all faults at once', () => {
  expect(at({ ...campaign({ multiplier: '0', priority: 5000 }), code: '-' })).toEqual([
    'code CODE',
    'campaign.multiplier MULTIPLIER',
    'campaign.priority RANGE',
  ]);
});

it('knows which places a rule names', () => {
  const here = { ...ANY_SALE, merchantId: 'm', storeId: 's' };
  const paths = (draft: RuleDraft) => placesOf(draft).map(({ path, kind }) => `${path.join('.')} ${kind}`);
  expect(paths(earn(here))).toEqual(['earn.merchantId MERCHANT', 'earn.storeId STORE']);
  expect(paths(campaign({ conditions: here }))).toEqual([
    'campaign.conditions.merchantId MERCHANT',
    'campaign.conditions.storeId STORE',
  ]);
  expect(paths(spending({ merchantIds: ['m'] }))).toEqual(['programme.spending.merchantIds.0 MERCHANT']);
  expect(paths(interaction({}))).toEqual([]);
});
