// What a ladder must be before it may be published.
import { compare, err, ok, parseMoney, parseRational, parseWhole, rational, type Result } from '@atrium/kernel';
import type { Benefit, Condition, LadderTerms, LadderTier, Metric, Names, Rule, WindowKind } from './ladder';

export interface ConditionDraft {
  metric: Metric;
  /** Decimal: major units for SPEND. */
  required: string;
  window: WindowKind;
  months: number | null;
}
export interface RuleDraft {
  match: 'ALL' | 'ANY';
  conditions: readonly ConditionDraft[];
}
export interface TextDraft {
  locale: string;
  name: string;
}
export interface BenefitDraft {
  code: string;
  names: readonly TextDraft[];
  descriptions: readonly TextDraft[];
}
export interface TierDraft {
  code: string;
  rank: number;
  names: readonly TextDraft[];
  earnMultiplier: string;
  discountBps: number;
  benefits: readonly BenefitDraft[];
  upgrade: RuleDraft | null;
  retain: RuleDraft | null;
}
export interface LadderDraft {
  effectiveFrom: Date;
  tiers: readonly TierDraft[];
  validityMonths: number | null;
  graceDays: number;
  downgrade: 'ONE_DOWN';
  revertWithinDays: number;
}

export type DraftFault =
  | 'BASE_TIER_MISSING'
  | 'BASE_TIER_HAS_CONDITIONS'
  | 'UPGRADE_RULE_MISSING'
  | 'VALUE_TWICE'
  | 'CODE_INVALID'
  | 'TEXT_INVALID'
  | 'CONDITION_INVALID'
  | 'OUT_OF_RANGE'
  | 'EFFECTIVE_TOO_EARLY';

export interface DraftRefusal {
  code: 'INVALID_LADDER';
  fault: DraftFault;
  path: string[];
}

/** Where the group is: its own zone, currency and day cut apply to the whole ladder. */
export interface GroupPlace {
  zone: string;
  currency: string;
  dayCutMinutes: number;
}

const CODE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;
const LOCALE = /^[a-z]{2}(-[A-Za-z]{2,4})?$/;
const MAX = { tiers: 20, benefits: 50, conditions: 10, text: 200, rank: 1000, months: 120, days: 366, bps: 10_000 };
const MAX_MULTIPLIER = rational('100');

/** Faults found so far; checking goes on, the first one is the answer. */
type Faults = { fault: DraftFault; path: string[] }[];

/** Checks a draft and gives it its exact form; the first fault found is the answer. */
export function ladderTerms(draft: LadderDraft, group: GroupPlace): Result<LadderTerms, DraftRefusal> {
  const faults: Faults = [];
  const { validityMonths } = draft;
  const terms: LadderTerms = {
    ...group,
    validityMonths: validityMonths === null ? null : whole(faults, validityMonths, 1, MAX.months, ['validityMonths']),
    graceDays: whole(faults, draft.graceDays, 0, MAX.days, ['graceDays']),
    downgrade: draft.downgrade,
    revertWithinDays: whole(faults, draft.revertWithinDays, 0, MAX.days, ['revertWithinDays']),
    tiers: tiersOf(faults, draft.tiers, group.currency),
  };
  const [first] = faults;
  return first ? err({ code: 'INVALID_LADDER', ...first }) : ok(terms);
}

/**
 * When a version may begin: rules never rewrite history, so only the first version may begin in the past, and versions
 * follow each other.
 */
export function effectiveFrom(
  wanted: Date,
  now: Date,
  latest: { effectiveFrom: Date } | null,
  skewMs = 300_000,
): Result<Date, DraftRefusal> {
  const allowed = latest === null || (wanted.getTime() >= now.getTime() - skewMs && wanted > latest.effectiveFrom);
  return allowed ? ok(wanted) : err({ code: 'INVALID_LADDER', fault: 'EFFECTIVE_TOO_EARLY', path: ['effectiveFrom'] });
}

function tiersOf(faults: Faults, drafts: readonly TierDraft[], currency: string): LadderTier[] {
  const path = ['tiers'];
  if (drafts.length > MAX.tiers) note(faults, 'OUT_OF_RANGE', path);
  if (drafts.filter(({ rank }) => rank === 0).length !== 1) note(faults, 'BASE_TIER_MISSING', path);
  requireUnique(
    faults,
    drafts.map(({ code }) => code),
    path,
    'code',
  );
  requireUnique(
    faults,
    drafts.map(({ rank }) => String(rank)),
    path,
    'rank',
  );
  return drafts
    .map((draft, i) => tierOf(faults, draft, [...path, String(i)], currency))
    .sort((a, b) => a.rank - b.rank);
}

function tierOf(faults: Faults, draft: TierDraft, path: string[], currency: string): LadderTier {
  const rank = whole(faults, draft.rank, 0, MAX.rank, [...path, 'rank']);
  const multiplier = parseRational(draft.earnMultiplier);
  if (!multiplier || multiplier.num <= 0n || compare(multiplier, MAX_MULTIPLIER) > 0)
    note(faults, 'OUT_OF_RANGE', [...path, 'earnMultiplier']);
  if (rank === 0 && draft.upgrade) note(faults, 'BASE_TIER_HAS_CONDITIONS', [...path, 'upgrade']);
  if (rank === 0 && draft.retain) note(faults, 'BASE_TIER_HAS_CONDITIONS', [...path, 'retain']);
  if (rank > 0 && !draft.upgrade) note(faults, 'UPGRADE_RULE_MISSING', [...path, 'upgrade']);
  if (draft.benefits.length > MAX.benefits) note(faults, 'OUT_OF_RANGE', [...path, 'benefits']);
  requireUnique(
    faults,
    draft.benefits.map(({ code }) => code),
    [...path, 'benefits'],
    'code',
  );
  return {
    code: codeOf(faults, draft.code, path),
    rank,
    names: namesOf(faults, draft.names, [...path, 'names'], true),
    earnMultiplier: draft.earnMultiplier,
    discountBps: whole(faults, draft.discountBps, 0, MAX.bps, [...path, 'discountBps']),
    benefits: draft.benefits.map((benefit, i) => benefitOf(faults, benefit, [...path, 'benefits', String(i)])),
    upgrade: draft.upgrade && ruleOf(faults, draft.upgrade, [...path, 'upgrade'], currency, false),
    retain: draft.retain && ruleOf(faults, draft.retain, [...path, 'retain'], currency, true),
  };
}

function benefitOf(faults: Faults, draft: BenefitDraft, path: string[]): Benefit {
  return {
    code: codeOf(faults, draft.code, path),
    names: namesOf(faults, draft.names, [...path, 'names'], true),
    descriptions: namesOf(faults, draft.descriptions, [...path, 'descriptions'], false),
  };
}

function ruleOf(faults: Faults, draft: RuleDraft, path: string[], currency: string, retaining: boolean): Rule {
  const count = draft.conditions.length;
  if (count < 1 || count > MAX.conditions) note(faults, 'CONDITION_INVALID', [...path, 'conditions']);
  return {
    match: draft.match,
    conditions: draft.conditions.map((condition, i) =>
      conditionOf(faults, condition, [...path, 'conditions', String(i)], currency, retaining),
    ),
  };
}

function conditionOf(
  faults: Faults,
  draft: ConditionDraft,
  path: string[],
  currency: string,
  retaining: boolean,
): Condition {
  const required = requiredOf(draft, currency);
  if (required <= 0n) note(faults, 'CONDITION_INVALID', [...path, 'required']);
  if (draft.window === 'VALIDITY' && !retaining) note(faults, 'CONDITION_INVALID', [...path, 'window']);
  if (draft.window !== 'ROLLING_MONTHS' && draft.months !== null)
    note(faults, 'CONDITION_INVALID', [...path, 'months']);
  return {
    metric: draft.metric,
    required,
    window: draft.window,
    months:
      draft.window === 'ROLLING_MONTHS' ? whole(faults, draft.months ?? 0, 1, MAX.months, [...path, 'months']) : null,
  };
}

/** 0 for a text that is no such amount. */
function requiredOf({ metric, required }: ConditionDraft, currency: string): bigint {
  if (metric === 'GROWTH') return parseWhole(required) ?? 0n;
  const parsed = parseMoney(required, currency);
  return parsed.ok ? parsed.value.amountMinor : 0n;
}

function namesOf(faults: Faults, texts: readonly TextDraft[], path: string[], needed: boolean): Names {
  if (needed && texts.length === 0) note(faults, 'TEXT_INVALID', path);
  requireUnique(
    faults,
    texts.map(({ locale }) => locale),
    path,
    'locale',
  );
  texts.forEach(({ locale, name }, i) => {
    if (!LOCALE.test(locale)) note(faults, 'TEXT_INVALID', [...path, String(i), 'locale']);
    if (name.trim() === '' || name.length > MAX.text) note(faults, 'TEXT_INVALID', [...path, String(i), 'name']);
  });
  return Object.fromEntries(texts.map(({ locale, name }) => [locale, name]));
}

function codeOf(faults: Faults, code: string, path: string[]): string {
  if (!CODE.test(code)) note(faults, 'CODE_INVALID', [...path, 'code']);
  return code;
}

function whole(faults: Faults, value: number, least: number, most: number, path: string[]): number {
  if (!Number.isInteger(value) || value < least || value > most) note(faults, 'OUT_OF_RANGE', path);
  return value;
}

function requireUnique(faults: Faults, values: readonly string[], path: string[], field: string): void {
  const twice = values.findIndex((value, i) => values.indexOf(value) !== i);
  if (twice >= 0) note(faults, 'VALUE_TWICE', [...path, String(twice), field]);
}

function note(faults: Faults, fault: DraftFault, path: string[]): void {
  faults.push({ fault, path });
}
