// Which versions of the programme's rules are in force at an instant.
import { type Points } from '@atrium/kernel';

export type ExpiryPolicy = 'END_OF_NEXT_YEAR' | 'MONTHS_TO_MONTH_END' | 'NEVER';

export interface ProgrammeTerms {
  readonly expiry: ExpiryPolicy;
  /** For MONTHS_TO_MONTH_END. */
  readonly expiryMonths: number;
  /** What `points` are worth as payment, one for each currency. */
  readonly conversions: readonly { readonly points: Points; readonly valueMinor: bigint; readonly currency: string }[];
  readonly minPoints: Points;
  readonly stepPoints: Points;
  /** Exact decimal, "50" is half of what is left to pay. */
  readonly maxPercentOfEligible: string;
  readonly holdMinutes: number;
  /** Adjustments of more points than this need a second person. */
  readonly adjustApprovalAbove: Points;
  readonly debtPolicy: 'ALLOW_NEGATIVE';
  /** Growth for a major unit of currency where the earn rule has no rate of its own. */
  readonly growthPerUnit: string;
  /** Points credited late, or given back after their expiry, live at least this long. */
  readonly graceDays: number;
}

export interface EarnTerms {
  readonly merchantId: string | null;
  readonly category: string | null;
  /** Points for a major unit of currency. */
  readonly rate: string;
  readonly growthRate: string | null;
}

export interface CampaignTerms {
  readonly multiplier: string;
  readonly names: Readonly<Record<string, string>>;
}

export interface RuleVersion<Terms> {
  readonly id: string;
  readonly ruleId: string;
  readonly code: string;
  readonly version: bigint;
  readonly effectiveFrom: Date;
  readonly effectiveTo: Date | null;
  readonly status: 'DRAFT' | 'APPROVED' | 'ACTIVE' | 'RETIRED';
  readonly terms: Terms;
}

export interface Rules {
  readonly programmes: readonly RuleVersion<ProgrammeTerms>[];
  readonly earn: readonly RuleVersion<EarnTerms>[];
  readonly campaigns: readonly RuleVersion<CampaignTerms>[];
}

/** Of each rule the newest version whose time covers `at`: a later version does not reach outside its own interval. */
export function inForce<T>(versions: readonly RuleVersion<T>[], at: Date): RuleVersion<T>[] {
  const newest = new Map<string, RuleVersion<T>>();
  for (const rule of versions) {
    if (rule.status !== 'ACTIVE' || rule.effectiveFrom > at || (rule.effectiveTo && rule.effectiveTo <= at)) continue;
    const other = newest.get(rule.code);
    if (!other || other.version < rule.version) newest.set(rule.code, rule);
  }
  return [...newest.values()];
}

export function programmeAt(rules: Rules, at: Date): RuleVersion<ProgrammeTerms> | null {
  return inForce(rules.programmes, at)[0] ?? null;
}

/** The most specific rule for a line: merchant and category, then merchant, then category, then the base rule. */
export function earnRuleFor(
  candidates: readonly RuleVersion<EarnTerms>[],
  merchantId: string,
  category: string,
): RuleVersion<EarnTerms> | null {
  let best: RuleVersion<EarnTerms> | null = null;
  for (const rule of candidates) {
    if (rule.terms.merchantId !== null && rule.terms.merchantId !== merchantId) continue;
    if (rule.terms.category !== null && rule.terms.category !== category) continue;
    if (best === null || outranks(rule, best)) best = rule;
  }
  return best;
}

const specificity = ({ terms }: RuleVersion<EarnTerms>): number =>
  (terms.merchantId === null ? 0 : 2) + (terms.category === null ? 0 : 1);

/** Between equals the one that began later, then the smaller code: never the order of rows. */
function outranks(a: RuleVersion<EarnTerms>, b: RuleVersion<EarnTerms>): boolean {
  if (specificity(a) !== specificity(b)) return specificity(a) > specificity(b);
  const [from, to] = [a.effectiveFrom.getTime(), b.effectiveFrom.getTime()];
  return from === to ? a.code < b.code : from > to;
}
