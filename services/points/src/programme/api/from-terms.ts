// A rule's terms -> GraphQL.
import { make, toMoneyType } from '@atrium/platform';
import type { CampaignTerms, ConversionTerms, EarnTerms, InteractionTerms, ProgrammeTerms } from '../domain/terms';
import {
  AfterExpiryTerms,
  CampaignBudget,
  EarnRuleTerms,
  InteractionStreak,
  InteractionTermsType,
  MultipliersWithinGroups,
  PointsBackdated,
  PointsCalendar,
  PointsDeskTerms,
  PointsEarningTerms,
  PointsExpiry,
  PointsGrowthTerms,
  PointsPending,
  PointsRefundTerms,
  PointsRuleName,
  PointsSaleConditions,
  PointsTransferTerms,
  SpentPointsTerms,
} from './terms.parts';
import {
  CampaignTermsType,
  CampaignThreshold,
  PointsConversion,
  PointsProgrammeTerms,
  PointsSpendingTerms,
  PointsTierConversions,
} from './terms.types';

export const fromProgramme = ({ expiry, earning, growth, spending, refunds, desk, ...terms }: ProgrammeTerms) =>
  make(PointsProgrammeTerms, {
    lateCreditDays: terms.lateCreditDays,
    noticeDays: [...terms.noticeDays],
    dayCutHour: terms.dayCutHour,
    expiry: make(PointsExpiry, { ...expiry }),
    earning: make(PointsEarningTerms, {
      ...earning,
      withinGroup: make(MultipliersWithinGroups, {
        tier: earning.withinGroup.TIER,
        campaign: earning.withinGroup.CAMPAIGN,
        member: earning.withinGroup.MEMBER,
        payment: earning.withinGroup.PAYMENT,
      }),
      pending: make(PointsPending, { ...earning.pending }),
      backdated: make(PointsBackdated, { ...earning.backdated }),
    }),
    growth: make(PointsGrowthTerms, { ...growth }),
    spending: make(PointsSpendingTerms, {
      ...spending,
      merchantIds: spending.merchantIds && [...spending.merchantIds],
      excludedCategories: [...spending.excludedCategories],
      conversions: spending.conversions.map(fromConversion),
      tierConversions: sorted(spending.tierConversions).map(([tierCode, of]) =>
        make(PointsTierConversions, { tierCode, conversions: of.map(fromConversion) }),
      ),
    }),
    refunds: make(PointsRefundTerms, {
      spentPoints: make(SpentPointsTerms, { ...refunds.spentPoints }),
      splitTender: refunds.splitTender,
      afterExpiry: make(AfterExpiryTerms, { ...refunds.afterExpiry }),
    }),
    desk: make(PointsDeskTerms, { ...desk, reasonCodes: [...desk.reasonCodes] }),
    transfers: make(PointsTransferTerms, { ...terms.transfers }),
  });

/** In an order of their own, not in that of the store. */
const sorted = <T>(of: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));

const fromConversion = ({ points, valueMinor, currency }: ConversionTerms) =>
  make(PointsConversion, { points, value: toMoneyType(valueMinor, currency) });

export const fromEarn = (terms: EarnTerms) => make(EarnRuleTerms, { ...terms });

const fromNames = (names: CampaignTerms['names']) =>
  sorted(names).map(([locale, name]) => make(PointsRuleName, { locale, name }));

export const fromCampaign = ({ names, conditions, calendar, thresholds, tiers, budget, ...terms }: CampaignTerms) =>
  make(CampaignTermsType, {
    ...terms,
    names: fromNames(names),
    conditions: make(PointsSaleConditions, { ...conditions }),
    calendar: make(PointsCalendar, {
      mode: calendar.mode,
      weekdays: calendar.mode === 'WEEKDAYS' ? [...calendar.weekdays] : null,
      monthDays: calendar.mode === 'MONTH_DAYS' ? [...calendar.days] : null,
    }),
    tiers: [...tiers],
    thresholds: thresholds.map(({ fromMinor, currency, points }) =>
      make(CampaignThreshold, { from: toMoneyType(fromMinor, currency), points }),
    ),
    budget: budget && make(CampaignBudget, { ...budget }),
  });

export const fromInteraction = ({ names, streak, ...terms }: InteractionTerms) =>
  make(InteractionTermsType, {
    ...terms,
    names: fromNames(names),
    streak: streak && make(InteractionStreak, { ...streak }),
  });
