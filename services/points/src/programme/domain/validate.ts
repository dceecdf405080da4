// Whether a rule makes sense: every fault at once, each with its place in the input.
import { compare, isCurrencyCode, isLocalDate, parseRational, ZERO } from '@atrium/kernel';
import type { RuleDraft } from './draft';
import type { Fault, FaultCode } from './faults';
import type {
  CampaignTerms,
  ConversionTerms,
  EarnTerms,
  EarningTerms,
  ExpiryTerms,
  InteractionTerms,
  ProgrammeTerms,
  SaleConditions,
  SpendTerms,
} from './terms';

/** Far beyond any programme, far below the end of 64 bits. */
const POINTS_MAX = 1_000_000_000_000n;
/** A day. */
const MINUTES_MAX = 1440;
/** Ten years. */
const DAYS_MAX = 3660;
const RATE_MAX = '1000000';
const MULTIPLIER_MAX = '1000';
const TEXT_MAX = 100;
const LIST_MAX = 500;
const CODE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const LOCALES = ['zh-CN', 'en'];

/** Says what is wrong at a place of the input. */
interface Check {
  at(...names: (string | number)[]): Check;
  unless(holds: boolean, reason: FaultCode, args?: Record<string, string>): boolean;
  within(value: number | bigint, min: number | bigint, max: number | bigint): void;
  /** A cap; null is none. */
  limit(value: bigint | number | null): void;
  points(value: bigint): void;
  rate(decimal: string | null): void;
  multiplier(decimal: string): void;
  text(text: string | null): void;
  texts(texts: readonly string[]): void;
  distinct(values: readonly unknown[], ...field: string[]): void;
}

function checkAt(faults: Fault[], path: readonly string[]): Check {
  const at = (...names: (string | number)[]) => checkAt(faults, [...path, ...names.map(String)]);
  const unless: Check['unless'] = (holds, reason, args) => {
    if (!holds) faults.push({ path, reason, ...(args ? { args } : {}) });
    return holds;
  };
  const within: Check['within'] = (value, min, max) =>
    void unless(value >= min && value <= max, 'RANGE', { min: String(min), max: String(max) });
  const distinct: Check['distinct'] = (values, ...field) =>
    values.forEach((value, i) => at(i, ...field).unless(values.indexOf(value) === i, 'TWICE'));
  return {
    at,
    unless,
    within,
    distinct,
    limit(value) {
      if (value !== null && unless(value > 0, 'NOT_POSITIVE')) within(value, 1, POINTS_MAX);
    },
    points(value) {
      if (unless(value >= 0n, 'NEGATIVE')) within(value, 0n, POINTS_MAX);
    },
    rate(decimal) {
      if (decimal === null || !unless(!isBelow(decimal, '0'), 'NEGATIVE')) return;
      unless(!isBelow(RATE_MAX, decimal), 'RANGE', { min: '0', max: RATE_MAX });
    },
    multiplier(decimal) {
      if (!unless(!isBelow(decimal, '1'), 'MULTIPLIER')) return;
      unless(!isBelow(MULTIPLIER_MAX, decimal), 'RANGE', { min: '1', max: MULTIPLIER_MAX });
    },
    text(text) {
      unless(text === null || (text.trim() !== '' && text.length <= TEXT_MAX), 'TEXT', { max: String(TEXT_MAX) });
    },
    texts(texts) {
      within(texts.length, 0, LIST_MAX);
      texts.forEach((text, i) => at(i).text(text));
      distinct(texts);
    },
  };
}

/** 32 bytes as base64url: the last of 43 characters carries four bits. */
const PUBLIC_KEY = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

const isBelow = (a: string, b: string): boolean => compare(parseRational(a) ?? ZERO, parseRational(b) ?? ZERO) < 0;

export function faultsOf(draft: RuleDraft): Fault[] {
  const faults: Fault[] = [];
  const check = checkAt(faults, []);
  check.at('code').unless(CODE.test(draft.code), 'CODE');
  const ends = draft.effectiveTo;
  check.at('effectiveTo').unless(ends === null || ends > draft.effectiveFrom, 'INTERVAL');
  switch (draft.kind) {
    case 'PROGRAMME':
      programme(check.at('programme'), draft.terms);
      break;
    case 'EARN':
      earn(check.at('earn'), draft.terms);
      break;
    case 'CAMPAIGN':
      campaign(check.at('campaign'), draft.terms);
      break;
    case 'INTERACTION':
      interaction(check.at('interaction'), draft.terms);
      break;
  }
  return faults;
}

function programme(check: Check, terms: ProgrammeTerms): void {
  expiry(check.at('expiry'), terms.expiry);
  check.at('lateCreditDays').within(terms.lateCreditDays, 0, DAYS_MAX);
  const notices = check.at('noticeDays');
  notices.within(terms.noticeDays.length, 0, 10);
  terms.noticeDays.forEach((days, i) => notices.at(i).within(days, 1, 365));
  notices.distinct(terms.noticeDays);
  earning(check.at('earning'), terms.earning);
  check.at('growth', 'perUnit').rate(terms.growth.perUnit);
  spending(check.at('spending'), terms.spending);
  const { spentPoints, afterExpiry } = terms.refunds;
  if (spentPoints.mode === 'ALLOW_NEGATIVE' && spentPoints.limit !== null) {
    check.at('refunds', 'spentPoints', 'limit').points(spentPoints.limit);
  }
  if (afterExpiry.mode === 'GRACE_DAYS')
    check.at('refunds', 'afterExpiry', 'days').within(afterExpiry.days, 1, DAYS_MAX);
  check.at('desk', 'approvalAbove').points(terms.desk.approvalAbove);
  check.at('desk', 'writeOffAbove').points(terms.desk.writeOffAbove);
  check.at('desk', 'approvalDays').within(terms.desk.approvalDays, 1, 365);
  check.at('desk', 'exceptionDays').within(terms.desk.exceptionDays, 1, 365);
  check.at('desk', 'reasonCodes').within(terms.desk.reasonCodes.length, 1, 50);
  terms.desk.reasonCodes.forEach((code, i) => check.at('desk', 'reasonCodes', i).unless(CODE.test(code), 'CODE'));
  check.at('desk', 'reasonCodes').distinct(terms.desk.reasonCodes);
  const { maxPointsPerTransfer, maxPointsPerDay, maxTransfersPerDay } = terms.transfers;
  check.at('transfers', 'maxPointsPerTransfer').limit(maxPointsPerTransfer);
  check.at('transfers', 'maxPointsPerDay').limit(maxPointsPerDay);
  check.at('transfers', 'maxTransfersPerDay').limit(maxTransfersPerDay);
  check.at('dayCutHour').within(terms.dayCutHour, 0, 23);
}

function expiry(check: Check, terms: ExpiryTerms): void {
  switch (terms.mode) {
    case 'NEVER':
      return;
    case 'AFTER':
      return check.at('count').within(terms.count, 1, terms.unit === 'DAY' ? 18_300 : 600);
    case 'END_OF_PERIOD':
      return check.at('count').within(terms.count, 0, 200);
    case 'FIXED_DATE':
      return void check.at('date').unless(isLocalDate(terms.date), 'DATE');
    case 'SLIDING':
      return check.at('months').within(terms.months, 1, 600);
  }
}

function earning(check: Check, terms: EarningTerms): void {
  if (terms.maxMultiplier !== null) check.at('maxMultiplier').multiplier(terms.maxMultiplier);
  check.at('maxPointsPerTransaction').limit(terms.maxPointsPerTransaction);
  check.at('maxPointsPerDay').limit(terms.maxPointsPerDay);
  check.at('maxPointsPerMerchantDay').limit(terms.maxPointsPerMerchantDay);
  if (terms.pending.mode === 'DAYS') check.at('pending', 'days').within(terms.pending.days, 0, 365);
  const { approvalAfterDays, rejectAfterDays } = terms.backdated;
  const late = check.at('backdated');
  late.at('approvalAfterDays').within(approvalAfterDays ?? 0, 0, DAYS_MAX);
  late.at('rejectAfterDays').within(rejectAfterDays ?? 0, 0, DAYS_MAX);
  if (approvalAfterDays !== null && rejectAfterDays !== null) {
    late.at('rejectAfterDays').unless(approvalAfterDays <= rejectAfterDays, 'ASCENDING');
  }
}

function spending(check: Check, terms: SpendTerms): void {
  conversions(check.at('conversions'), terms.conversions);
  Object.entries(terms.tierConversions).forEach(([tierCode, of], i) => {
    check.at('tierConversions', i, 'tierCode').text(tierCode);
    conversions(check.at('tierConversions', i, 'conversions'), of);
  });
  check.at('minPoints').points(terms.minPoints);
  if (check.at('stepPoints').unless(terms.stepPoints > 0n, 'NOT_POSITIVE')) {
    check.at('stepPoints').within(terms.stepPoints, 1n, POINTS_MAX);
  }
  const percent = terms.maxPercentOfEligible;
  check.at('maxPercentOfEligible').unless(!isBelow(percent, '0') && !isBelow('100', percent), 'PERCENT');
  check.at('maxPointsPerOrder').limit(terms.maxPointsPerOrder);
  check.at('maxPointsPerDay').limit(terms.maxPointsPerDay);
  check.at('merchantIds').within(terms.merchantIds?.length ?? 0, 0, LIST_MAX);
  check.at('merchantIds').distinct(terms.merchantIds ?? []);
  check.at('excludedCategories').texts(terms.excludedCategories);
  check.at('holdMinutes').within(terms.holdMinutes, 1, MINUTES_MAX);
  check.at('parkingHoldMinutes').within(terms.parkingHoldMinutes, 1, MINUTES_MAX);
  check.at('onlinePaymentMinutes').within(terms.onlinePaymentMinutes, 1, MINUTES_MAX);
  check.at('onlineGraceMinutes').within(terms.onlineGraceMinutes, 0, MINUTES_MAX);
  check.at('priceLockMinutes').within(terms.priceLockMinutes, 0, MINUTES_MAX);
}

function conversions(check: Check, terms: readonly ConversionTerms[]): void {
  terms.forEach(({ points, valueMinor, currency }, i) => {
    check.at(i, 'points').limit(points);
    check.at(i, 'value').unless(valueMinor > 0n && isCurrencyCode(currency), 'MONEY');
  });
  check.distinct(
    terms.map(({ currency }) => currency),
    'value',
    'currency',
  );
}

function conditions(check: Check, { category, channel, paymentMethod }: SaleConditions): void {
  check.at('category').text(category);
  check.at('channel').text(channel);
  check.at('paymentMethod').text(paymentMethod);
}

function earn(check: Check, terms: EarnTerms): void {
  conditions(check, terms);
  check.at('rate').rate(terms.rate);
  check.at('growthRate').rate(terms.growthRate);
}

function names(check: Check, of: Readonly<Record<string, string>>): void {
  Object.entries(of).forEach(([locale, name], i) => {
    check.at(i, 'locale').unless(LOCALES.includes(locale), 'LOCALE');
    check.at(i, 'name').text(name);
  });
}

function campaign(check: Check, terms: CampaignTerms): void {
  names(check.at('names'), terms.names);
  // The best one counts: a multiplier below one would never be chosen on purpose.
  check.at('multiplier').multiplier(terms.multiplier);
  check.at('priority').within(terms.priority, -1000, 1000);
  conditions(check.at('conditions'), terms.conditions);
  check.at('tiers').texts(terms.tiers);
  calendar(check.at('calendar'), terms.calendar);
  thresholds(check.at('thresholds'), terms.thresholds);
  if (terms.budget) check.at('budget', 'points').limit(terms.budget.points);
}

function calendar(check: Check, terms: CampaignTerms['calendar']): void {
  if (terms.mode === 'WEEKDAYS') days(check.at('weekdays'), terms.weekdays, 7);
  if (terms.mode === 'MONTH_DAYS') days(check.at('monthDays'), terms.days, 31);
}

function days(check: Check, of: readonly number[], max: number): void {
  check.unless(of.length > 0, 'REQUIRED');
  of.forEach((day, i) => check.at(i).within(day, 1, max));
  check.distinct(of);
}

/** Steps of one currency rise, in amount and in points. */
function thresholds(check: Check, steps: CampaignTerms['thresholds']): void {
  const before = new Map<string, { fromMinor: bigint; points: bigint }>();
  steps.forEach(({ fromMinor, currency, points }, i) => {
    check.at(i, 'from').unless(fromMinor > 0n && isCurrencyCode(currency), 'MONEY');
    check.at(i, 'points').limit(points);
    const last = before.get(currency);
    check.at(i, 'from').unless(!last || last.fromMinor < fromMinor, 'ASCENDING');
    check.at(i, 'points').unless(!last || last.points <= points, 'ASCENDING');
    before.set(currency, { fromMinor, points });
  });
}

function interaction(check: Check, terms: InteractionTerms): void {
  names(check.at('names'), terms.names);
  check.at('points').points(terms.points);
  check.at('growth').points(terms.growth);
  check.at('maxPerDay').limit(terms.maxPerDay);
  check.at('maxPerMember').limit(terms.maxPerMember);
  check
    .at('proofKey')
    .unless((terms.proof === 'SIGNED') === (terms.proofKey !== null), terms.proofKey ? 'NOT_HERE' : 'REQUIRED');
  check.at('proofKey').unless(terms.proofKey === null || PUBLIC_KEY.test(terms.proofKey), 'PUBLIC_KEY');
  if (!terms.streak) return;
  check.at('streak', 'days').within(terms.streak.days, 2, 365);
  check.at('streak', 'points').limit(terms.streak.points);
}

/** The merchants and stores that a rule names, and where. */
export function placesOf(draft: RuleDraft): { path: string[]; id: string; kind: 'MERCHANT' | 'STORE' }[] {
  const of = (path: string[], { merchantId, storeId }: SaleConditions) => [
    ...(merchantId === null ? [] : [{ path: [...path, 'merchantId'], id: merchantId, kind: 'MERCHANT' as const }]),
    ...(storeId === null ? [] : [{ path: [...path, 'storeId'], id: storeId, kind: 'STORE' as const }]),
  ];
  switch (draft.kind) {
    case 'PROGRAMME':
      return (draft.terms.spending.merchantIds ?? []).map((id, i) => ({
        path: ['programme', 'spending', 'merchantIds', String(i)],
        id,
        kind: 'MERCHANT' as const,
      }));
    case 'EARN':
      return of(['earn'], draft.terms);
    case 'CAMPAIGN':
      return of(['campaign', 'conditions'], draft.terms.conditions);
    case 'INTERACTION':
      return [];
  }
}
