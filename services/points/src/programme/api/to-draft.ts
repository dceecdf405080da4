// GraphQL -> a rule that somebody wants, with what cannot even be understood as a rule.
import { fromMoneyInput, type MoneyInput } from '@atrium/platform';
import { PROGRAMME_CODE, type RuleDraft, type RuleTerms } from '../domain/draft';
import type { Fault } from '../domain/faults';
import {
  type CampaignCalendar,
  type CampaignTerms,
  type ConversionTerms,
  DEFAULT_PROGRAMME,
  type EarningTerms,
  type ExpiryTerms,
  PLAIN_CAMPAIGN,
  type ProgrammeTerms,
  type RefundTerms,
  type SaleConditions,
  type SpendTerms,
} from '../domain/terms';
import type { PointsRuleVersionInput } from './points-rule.input';
import type {
  EarnRuleTerms,
  InteractionTermsType,
  PointsCalendar,
  PointsEarningTerms,
  PointsExpiry,
  PointsRefundTerms,
  PointsRuleName,
  PointsSaleConditions,
} from './terms.parts';
import type {
  CampaignTermsInput,
  PointsConversionInput,
  PointsProgrammeTermsInput,
  PointsSpendingTermsInput,
} from './terms.types';

type Path = readonly (string | number)[];

/** Collects faults; what is missing is replaced by something harmless, because a draft with faults goes nowhere. */
interface Notes {
  readonly faults: Fault[];
  fault(path: Path, reason: Fault['reason']): void;
  need<T>(value: T | null | undefined, path: Path, harmless: T): T;
}

function notes(): Notes {
  const faults: Fault[] = [];
  const fault: Notes['fault'] = (path, reason) => void faults.push({ path: path.map(String), reason });
  return {
    faults,
    fault,
    need(value, path, harmless) {
      if (value !== null && value !== undefined) return value;
      fault(path, 'REQUIRED');
      return harmless;
    },
  };
}

export function toDraft(input: PointsRuleVersionInput): { draft: RuleDraft; faults: readonly Fault[] } {
  const note = notes();
  const of = toTerms(input, note);
  if (of.kind === 'PROGRAMME' && (input.code ?? PROGRAMME_CODE) !== PROGRAMME_CODE) note.fault(['code'], 'NOT_HERE');
  const code = of.kind === 'PROGRAMME' ? PROGRAMME_CODE : note.need(input.code, ['code'], PROGRAMME_CODE);
  const { effectiveFrom, effectiveTo } = input;
  return { draft: { ...of, code, effectiveFrom, effectiveTo: effectiveTo ?? null }, faults: note.faults };
}

function toTerms({ programme, earn, campaign, interaction }: PointsRuleVersionInput, note: Notes): RuleTerms {
  if ([programme, earn, campaign, interaction].filter(Boolean).length !== 1) note.fault([], 'ONE_KIND');
  if (earn) return { kind: 'EARN', terms: toEarn(earn) };
  if (campaign) return { kind: 'CAMPAIGN', terms: toCampaign(campaign, note) };
  if (interaction) return { kind: 'INTERACTION', terms: toInteraction(interaction, note) };
  return { kind: 'PROGRAMME', terms: programme ? toProgramme(programme, note) : DEFAULT_PROGRAMME };
}

function toProgramme(input: PointsProgrammeTermsInput, note: Notes): ProgrammeTerms {
  const D = DEFAULT_PROGRAMME;
  const { lateCreditDays, noticeDays, dayCutHour, expiry, earning, growth, spending, refunds, desk, transfers } = input;
  return {
    lateCreditDays,
    noticeDays,
    dayCutHour,
    expiry: expiry ? toExpiry(expiry, note) : D.expiry,
    earning: earning ? toEarning(earning, note) : D.earning,
    growth: growth ? { perUnit: growth.perUnit, multiplied: growth.multiplied, rounding: growth.rounding } : D.growth,
    spending: spending ? toSpending(spending, note) : D.spending,
    refunds: refunds ? toRefunds(refunds, note) : D.refunds,
    desk: desk
      ? {
          approvalAbove: desk.approvalAbove,
          writeOffAbove: desk.writeOffAbove,
          approvalDays: desk.approvalDays,
          exceptionDays: desk.exceptionDays,
          reasonCodes: desk.reasonCodes,
        }
      : D.desk,
    transfers: transfers
      ? {
          enabled: transfers.enabled,
          maxPointsPerTransfer: transfers.maxPointsPerTransfer ?? null,
          maxPointsPerDay: transfers.maxPointsPerDay ?? null,
          maxTransfersPerDay: transfers.maxTransfersPerDay ?? null,
        }
      : D.transfers,
  };
}

/** Fields that the mode does not know are a mistake, not decoration. */
function onlyOf(input: object, known: readonly string[], path: Path, note: Notes): void {
  for (const [field, value] of Object.entries(input)) {
    const given = value !== null && value !== undefined && field !== 'mode';
    if (given && !known.includes(field)) note.fault([...path, field], 'NOT_HERE');
  }
}

const EXPIRY_FIELDS: Readonly<Record<ExpiryTerms['mode'], readonly string[]>> = {
  NEVER: [],
  AFTER: ['count', 'unit', 'from', 'roundTo'],
  END_OF_PERIOD: ['count', 'period'],
  FIXED_DATE: ['date'],
  SLIDING: ['months'],
};

function toExpiry(input: PointsExpiry, note: Notes): ExpiryTerms {
  const { mode, count, unit, from, roundTo, period, date, months } = input;
  const at = (field: string) => ['programme', 'expiry', field];
  onlyOf(input, EXPIRY_FIELDS[mode], ['programme', 'expiry'], note);
  switch (mode) {
    case 'NEVER':
      return { mode };
    case 'AFTER':
      return {
        mode,
        count: note.need(count, at('count'), 1),
        unit: note.need(unit, at('unit'), 'MONTH'),
        from: from ?? 'EARNED',
        roundTo: roundTo ?? 'DAY',
      };
    case 'END_OF_PERIOD':
      return {
        mode,
        period: note.need(period, at('period'), 'YEAR'),
        count: note.need(count, at('count'), 1),
      };
    case 'FIXED_DATE':
      return { mode, date: note.need(date, at('date'), '2000-01-01') };
    case 'SLIDING':
      return { mode, months: note.need(months, at('months'), 1) };
  }
}

function toEarning(input: PointsEarningTerms, note: Notes): EarningTerms {
  const within = input.withinGroup;
  return {
    basis: input.basis,
    withinGroup: within
      ? { TIER: within.tier, CAMPAIGN: within.campaign, MEMBER: within.member, PAYMENT: within.payment }
      : DEFAULT_PROGRAMME.earning.withinGroup,
    acrossGroups: input.acrossGroups,
    maxMultiplier: input.maxMultiplier ?? null,
    rounding: input.rounding,
    maxPointsPerTransaction: input.maxPointsPerTransaction ?? null,
    maxPointsPerDay: input.maxPointsPerDay ?? null,
    maxPointsPerMerchantDay: input.maxPointsPerMerchantDay ?? null,
    pending: toPending(input, note),
    backdated: input.backdated
      ? {
          approvalAfterDays: input.backdated.approvalAfterDays ?? null,
          rejectAfterDays: input.backdated.rejectAfterDays ?? null,
        }
      : DEFAULT_PROGRAMME.earning.backdated,
  };
}

function toPending({ pending }: PointsEarningTerms, note: Notes): EarningTerms['pending'] {
  const path = ['programme', 'earning', 'pending'];
  if (!pending) return DEFAULT_PROGRAMME.earning.pending;
  onlyOf(pending, pending.mode === 'DAYS' ? ['days'] : [], path, note);
  if (pending.mode === 'ON_EVENT') return { mode: 'ON_EVENT' };
  return { mode: 'DAYS', days: note.need(pending.days, [...path, 'days'], 0) };
}

function toConversions(input: readonly PointsConversionInput[], path: Path, note: Notes): ConversionTerms[] {
  return input.map(({ points, value }, i) => {
    const { amountMinor, currency } = toMoney(value, [...path, i, 'value'], note);
    return { points, valueMinor: amountMinor, currency };
  });
}

function toMoney(input: MoneyInput, path: Path, note: Notes): { amountMinor: bigint; currency: string } {
  const money = fromMoneyInput(input);
  if (money.ok) return money.value;
  note.fault(path, 'MONEY');
  return { amountMinor: 1n, currency: input.currency };
}

function toSpending(input: PointsSpendingTermsInput, note: Notes): SpendTerms {
  const path = ['programme', 'spending'];
  const tiers = input.tierConversions.map(({ tierCode }) => tierCode);
  tiers.forEach((tierCode, i) => {
    if (tiers.indexOf(tierCode) !== i) note.fault([...path, 'tierConversions', i, 'tierCode'], 'TWICE');
  });
  return {
    conversions: toConversions(input.conversions, [...path, 'conversions'], note),
    tierConversions: Object.fromEntries(
      input.tierConversions.map(({ tierCode, conversions }, i) => [
        tierCode,
        toConversions(conversions, [...path, 'tierConversions', i, 'conversions'], note),
      ]),
    ),
    minPoints: input.minPoints,
    stepPoints: input.stepPoints,
    maxPercentOfEligible: input.maxPercentOfEligible,
    maxPointsPerOrder: input.maxPointsPerOrder ?? null,
    maxPointsPerDay: input.maxPointsPerDay ?? null,
    merchantIds: input.merchantIds?.map((id) => id.toLowerCase()) ?? null,
    excludedCategories: input.excludedCategories,
    holdMinutes: input.holdMinutes,
    parkingHoldMinutes: input.parkingHoldMinutes,
    onlinePaymentMinutes: input.onlinePaymentMinutes,
    onlineGraceMinutes: input.onlineGraceMinutes,
    priceLockMinutes: input.priceLockMinutes,
  };
}

function toRefunds({ spentPoints, splitTender, afterExpiry }: PointsRefundTerms, note: Notes): RefundTerms {
  const D = DEFAULT_PROGRAMME.refunds;
  const path = ['programme', 'refunds'];
  if (spentPoints) {
    onlyOf(spentPoints, spentPoints.mode === 'ALLOW_NEGATIVE' ? ['limit'] : [], [...path, 'spentPoints'], note);
  }
  if (afterExpiry) {
    onlyOf(afterExpiry, afterExpiry.mode === 'GRACE_DAYS' ? ['days'] : [], [...path, 'afterExpiry'], note);
  }
  return {
    spentPoints: !spentPoints
      ? D.spentPoints
      : spentPoints.mode === 'ALLOW_NEGATIVE'
        ? { mode: 'ALLOW_NEGATIVE', limit: spentPoints.limit ?? null }
        : { mode: spentPoints.mode },
    splitTender,
    afterExpiry: !afterExpiry
      ? D.afterExpiry
      : afterExpiry.mode === 'GRACE_DAYS'
        ? { mode: 'GRACE_DAYS', days: note.need(afterExpiry.days, [...path, 'afterExpiry', 'days'], 1) }
        : { mode: afterExpiry.mode },
  };
}

const toConditions = (input: PointsSaleConditions): SaleConditions => ({
  merchantId: input.merchantId?.toLowerCase() ?? null,
  storeId: input.storeId?.toLowerCase() ?? null,
  category: input.category ?? null,
  channel: input.channel ?? null,
  paymentMethod: input.paymentMethod ?? null,
});

const toEarn = (input: EarnRuleTerms) => ({
  ...toConditions(input),
  rate: input.rate,
  growthRate: input.growthRate ?? null,
});

function toNames(names: readonly PointsRuleName[], path: Path, note: Notes): Record<string, string> {
  const locales = names.map(({ locale }) => locale);
  locales.forEach((locale, i) => {
    if (locales.indexOf(locale) !== i) note.fault([...path, i, 'locale'], 'TWICE');
  });
  return Object.fromEntries(names.map(({ locale, name }) => [locale, name]));
}

function toCampaign(input: CampaignTermsInput, note: Notes): CampaignTerms {
  const { names, group, multiplier, priority, conditions, tiers, calendar, thresholds, budget } = input;
  return {
    names: toNames(names, ['campaign', 'names'], note),
    group,
    multiplier,
    priority,
    conditions: conditions ? toConditions(conditions) : PLAIN_CAMPAIGN.conditions,
    tiers,
    calendar: calendar ? toCalendar(calendar, note) : PLAIN_CAMPAIGN.calendar,
    thresholds: thresholds.map(({ from, points }, i) => {
      const { amountMinor, currency } = toMoney(from, ['campaign', 'thresholds', i, 'from'], note);
      return { fromMinor: amountMinor, currency, points };
    }),
    budget: budget ? { points: budget.points, onExhaustion: budget.onExhaustion } : null,
  };
}

function toCalendar(input: PointsCalendar, note: Notes): CampaignCalendar {
  const { mode, weekdays, monthDays } = input;
  const path = ['campaign', 'calendar'];
  onlyOf(input, mode === 'WEEKDAYS' ? ['weekdays'] : mode === 'MONTH_DAYS' ? ['monthDays'] : [], path, note);
  if (mode === 'WEEKDAYS') return { mode, weekdays: note.need(weekdays, [...path, 'weekdays'], [1]) };
  if (mode === 'MONTH_DAYS') return { mode, days: note.need(monthDays, [...path, 'monthDays'], [1]) };
  return { mode };
}

const toInteraction = (input: InteractionTermsType, note: Notes) => ({
  names: toNames(input.names, ['interaction', 'names'], note),
  kind: input.kind,
  points: input.points,
  growth: input.growth,
  maxPerDay: input.maxPerDay ?? null,
  maxPerMember: input.maxPerMember ?? null,
  proof: input.proof,
  proofKey: input.proofKey ?? null,
  streak: input.streak ? { days: input.streak.days, points: input.streak.points } : null,
});
