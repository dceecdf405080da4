// The tier ladder as data: one version of a mall group's tiers and of the rules between them.

export type Metric = 'SPEND' | 'GROWTH';

/** VALIDITY is the period for which a tier is held; only a rule for keeping a tier can look at it. */
export type WindowKind = 'LIFETIME' | 'CALENDAR_YEAR' | 'ROLLING_MONTHS' | 'VALIDITY';

export interface Condition {
  metric: Metric;
  /** Minor units of the ladder's currency for SPEND, whole growth value for GROWTH. */
  required: bigint;
  window: WindowKind;
  /** Length of ROLLING_MONTHS, else null. */
  months: number | null;
}

export interface Rule {
  match: 'ALL' | 'ANY';
  conditions: readonly Condition[];
}

/** Text by locale. */
export type Names = Readonly<Record<string, string>>;

export interface Benefit {
  code: string;
  names: Names;
  descriptions: Names;
}

export interface LadderTier {
  code: string;
  rank: number;
  names: Names;
  /** Exact decimal. */
  earnMultiplier: string;
  discountBps: number;
  benefits: readonly Benefit[];
  /** Null for the base tier alone. */
  upgrade: Rule | null;
  /** Null: the tier is renewed without a condition. */
  retain: Rule | null;
}

/** What a ladder says beside its place in time. */
export interface LadderTerms {
  /** Of the group when the version was published: a later move of the group does not rewrite history. */
  zone: string;
  currency: string;
  dayCutMinutes: number;
  /** Null: a tier is held without end. */
  validityMonths: number | null;
  graceDays: number;
  downgrade: 'ONE_DOWN';
  revertWithinDays: number;
  /** Lowest rank first. */
  tiers: readonly LadderTier[];
}

export type LadderStatus = 'DRAFT' | 'APPROVED' | 'ACTIVE' | 'RETIRED';

export interface Ladder extends LadderTerms {
  id: string;
  version: bigint;
  status: LadderStatus;
  effectiveFrom: Date;
  effectiveTo: Date | null;
}

/** The version in force at an instant. `ladders` come oldest first. */
export function ladderAt(ladders: readonly Ladder[], at: Date): Ladder | null {
  return ladders.findLast(({ effectiveFrom }) => effectiveFrom <= at) ?? null;
}

/** A tier of one version by its code, or of the newest version that has it. */
export function findTier(ladders: readonly Ladder[], ladderId: string, code: string): LadderTier | null {
  const own = ladders.find(({ id }) => id === ladderId)?.tiers.find((tier) => tier.code === code);
  if (own) return own;
  for (const { tiers } of ladders.toReversed()) {
    const tier = tiers.find((candidate) => candidate.code === code);
    if (tier) return tier;
  }
  return null;
}

/** The best text for a locale: the locale itself, its language, English, whatever there is. */
export function textIn(names: Names, locale: string): string | null {
  const language = locale.split('-')[0] ?? locale;
  const near = Object.keys(names).find((key) => key === language || key.startsWith(`${language}-`));
  return names[locale] ?? (near === undefined ? null : names[near]) ?? names['en'] ?? Object.values(names)[0] ?? null;
}
