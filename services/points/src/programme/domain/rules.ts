// Which versions of the programme's rules are in force at an instant.
import type { CampaignTerms, EarnTerms, InteractionTerms, ProgrammeTerms, SaleConditions } from './terms';

/** DISCARDED: a draft that was never in force. RETIRED: in force until its end, and for sales of its time for ever. */
export type RuleStatus = 'DRAFT' | 'APPROVED' | 'ACTIVE' | 'RETIRED' | 'DISCARDED';

export interface RuleVersion<Terms> {
  readonly id: string;
  readonly ruleId: string;
  readonly code: string;
  readonly version: bigint;
  readonly effectiveFrom: Date;
  readonly effectiveTo: Date | null;
  readonly status: RuleStatus;
  readonly terms: Terms;
  /** When it was made known; a version may be published for a time that has begun already. */
  readonly publishedAt?: Date;
}

export interface Rules {
  readonly programmes: readonly RuleVersion<ProgrammeTerms>[];
  readonly earn: readonly RuleVersion<EarnTerms>[];
  readonly campaigns: readonly RuleVersion<CampaignTerms>[];
  readonly interactions: readonly RuleVersion<InteractionTerms>[];
}

/** Of each rule the newest version whose time covers `at`: a later version does not reach outside its own interval. */
export function inForce<T>(versions: readonly RuleVersion<T>[], at: Date): RuleVersion<T>[] {
  const newest = new Map<string, RuleVersion<T>>();
  for (const rule of versions) {
    if (rule.status !== 'ACTIVE' && rule.status !== 'RETIRED') continue;
    if (rule.effectiveFrom > at || (rule.effectiveTo && rule.effectiveTo <= at)) continue;
    const other = newest.get(rule.code);
    if (!other || other.version < rule.version) newest.set(rule.code, rule);
  }
  return [...newest.values()];
}

export function programmeAt(rules: Rules, at: Date): RuleVersion<ProgrammeTerms> | null {
  return inForce(rules.programmes, at)[0] ?? null;
}

const MINUTE_MS = 60_000;

/**
 * The programme that something is paid under: the one that the payer was quoted, as long as its price lock lasts, else
 * the one of now. A quote is never older than the end of its version, so no quote has to be kept.
 */
export function spendingProgrammeAt(
  rules: Rules,
  at: Date,
  quotedId: string | null,
): RuleVersion<ProgrammeTerms> | null {
  const current = programmeAt(rules, at);
  const quoted = rules.programmes.find(({ id }) => id === quotedId);
  if (!quoted || quoted === current || quoted.effectiveFrom > at) return current;
  if (quoted.status !== 'ACTIVE' && quoted.status !== 'RETIRED') return current;
  const ends = rules.programmes
    .filter(
      ({ status, version, effectiveFrom }) => status === 'ACTIVE' && version > quoted.version && effectiveFrom <= at,
    )
    .map(({ effectiveFrom, publishedAt = effectiveFrom }) => Math.max(effectiveFrom.getTime(), publishedAt.getTime()));
  if (quoted.effectiveTo) ends.push(quoted.effectiveTo.getTime());
  const lock = quoted.terms.spending.priceLockMinutes * MINUTE_MS;
  return Math.min(...ends) + lock > at.getTime() ? quoted : current;
}

/** What conditions look at: one line of a sale, or the part of it that was paid in one way. */
export interface Part {
  readonly merchantId: string;
  readonly storeId: string;
  readonly category: string;
  readonly channel: string | null;
  readonly paymentMethod: string | null;
}

export const matches = (c: SaleConditions, part: Part): boolean =>
  (c.merchantId === null || c.merchantId === part.merchantId) &&
  (c.storeId === null || c.storeId === part.storeId) &&
  (c.category === null || c.category === part.category) &&
  (c.channel === null || c.channel === part.channel) &&
  (c.paymentMethod === null || c.paymentMethod === part.paymentMethod);

/** The most specific rule for a part; the candidates are in order, see {@link bySpecificity}. */
export function earnRuleFor(candidates: readonly RuleVersion<EarnTerms>[], part: Part): RuleVersion<EarnTerms> | null {
  for (const rule of candidates) if (matches(rule.terms, part)) return rule;
  return null;
}

/** How much a rule's conditions say: how many of them there are, then which. */
function specificity({ storeId, merchantId, category, channel, paymentMethod }: SaleConditions): number {
  const named = [storeId, merchantId, category, channel, paymentMethod].map((condition) => condition !== null);
  return named.reduce((weight, is, i) => weight + (is ? 32 + (16 >> i) : 0), 0);
}

/**
 * The rule with more conditions first; of as many the one that names the store, then the merchant, the category, the
 * channel, the payment. Between equals the one that began later, then the smaller code: never the order of rows.
 */
export function bySpecificity(a: RuleVersion<EarnTerms>, b: RuleVersion<EarnTerms>): number {
  const more = specificity(b.terms) - specificity(a.terms);
  if (more !== 0) return more;
  const later = b.effectiveFrom.getTime() - a.effectiveFrom.getTime();
  if (later !== 0) return later;
  return a.code < b.code ? -1 : 1;
}
