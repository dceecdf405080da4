// What a sale earns: exact per line, rounded once for the sale, given back to the lines by largest remainder.
import {
  add,
  allocateRational,
  assertInt64,
  ceil,
  floor,
  halfUp,
  minorDigits,
  multiply,
  type Points,
  type Rational,
  rational,
  ZERO,
} from '@atrium/kernel';
import type { RuleBook } from '../../programme/domain/rule-book';
import { earnRuleFor, matches, type RuleVersion } from '../../programme/domain/rules';
import type { CampaignTerms, EarnTerms, GrowthTerms, ProgrammeTerms } from '../../programme/domain/terms';
import { partOf, type RatingInputs } from './inputs';
import { campaignFactor, combine, type Multiplier, tierFactor } from './multiplier';

type Campaign = RuleVersion<CampaignTerms>;

/** What counts under one earn rule and the same campaigns: a line, or what was paid of it in one way. */
export interface RatedPart {
  readonly line: number;
  readonly paymentMethod: string | null;
  /** Exact minor units. */
  readonly eligible: Rational;
  readonly rule: RuleVersion<EarnTerms> | null;
  /** That apply to it, with their tiers; those with a budget as well. */
  readonly campaigns: readonly Campaign[];
}

/** Fixed points of a campaign, with what they depend on: a refund can bring the sale below a step again. */
export interface Bonus {
  readonly ruleVersionId: string;
  readonly points: Points;
  /** Lowest first. */
  readonly steps: readonly { readonly fromMinor: bigint; readonly points: Points }[];
  /** The lines that count, with the share of each as a fraction of it. */
  readonly lines: readonly { readonly lineNo: number; readonly num: bigint; readonly den: bigint }[];
}

export type Cut = 'TRANSACTION' | 'DAY' | 'MERCHANT_DAY';

/** A campaign that was asked for points of its budget. */
export interface BudgetAnswer {
  readonly campaign: Campaign;
  readonly wanted: Points;
  readonly granted: Points;
}

export interface Rating {
  readonly points: Points;
  readonly growth: Points;
  readonly linePoints: readonly Points[];
  readonly lineGrowth: readonly Points[];
  readonly bonuses: readonly Bonus[];
  readonly budgets: readonly BudgetAnswer[];
  /** How it came about, for the explanation. */
  readonly parts: readonly RatedPart[];
  readonly multiplierOf: (part: RatedPart) => Multiplier;
  readonly exact: Rational;
  readonly rounded: Points;
  /** Why it is not more. */
  readonly cut: Cut | null;
  readonly uncut: Points;
}

/** Gives points of a campaign's budget: at most what is wanted, and takes them from it. */
export type Purse = (campaign: Campaign, wanted: Points) => Points;

/** For estimates: as if budgets had no end. */
export const openPurse: Purse = (_, wanted) => wanted;

const ROUNDINGS = { FLOOR: floor, HALF_UP: halfUp, CEIL: ceil } as const;

/** Rates a sale. Budgets are asked through `purse` the first time; a sale that has its grants keeps them, and gets no more. */
export function rateSale(book: RuleBook, inputs: RatingInputs, purse: Purse = openPurse): Rating {
  if (inputs.programmeId === null || inputs.late === 'NEEDS_APPROVAL' || inputs.late === 'TOO_LATE') {
    return nothing(inputs);
  }
  const programme = book.programme(inputs.programmeId);
  const { earning, growth } = programme.terms;
  const parts = partsOf(book, inputs);
  const measure = measureFor(book, inputs, programme, parts);
  const ceiling = ceilingOf(inputs, earning.maxPointsPerTransaction);

  const [free, budgeted] = [new Set<Campaign>(), new Set<Campaign>()];
  for (const part of parts) {
    for (const campaign of part.campaigns) (campaign.terms.budget === null ? free : budgeted).add(campaign);
  }
  const round = ROUNDINGS[earning.rounding];
  // With whatever has no budget first; then each campaign with one adds what it makes of it, as far as it may.
  const included = new Set(free);
  const weighing = new Set(free);
  let exact = measure.lines(included);
  let rounded = round(sumOf(exact));
  const bonuses = inOrder(free).flatMap((campaign) => bonusOf(campaign, inputs, parts) ?? []);
  const budgets: BudgetAnswer[] = [];
  for (const campaign of inOrder(budgeted)) {
    const gain = round(sumOf(measure.lines(new Set([...included, campaign])))) - rounded;
    const more = greater(gain, 0n);
    const bonus = bonusOf(campaign, inputs, parts);
    const whole = more + (bonus?.points ?? 0n);
    const wanted = least(whole, roomUnder(ceiling.points, rounded + sum(bonuses)));
    const granted = grant(inputs, campaign, wanted, purse);
    budgets.push({ campaign, wanted, granted });
    const multiplied = least(granted, more);
    rounded += multiplied;
    // One that would make less of the sale counts for nothing; one that could give only a part counts for no other campaign.
    if (multiplied === gain) included.add(campaign);
    if (multiplied === gain || multiplied > 0n) weighing.add(campaign);
    if (bonus && granted > multiplied) bonuses.push({ ...bonus, points: least(bonus.points, granted - multiplied) });
  }
  if (budgeted.size > 0) exact = measure.lines(weighing);
  const uncut = rounded + sum(bonuses);
  const points = assertInt64(ceiling.points === null ? uncut : least(uncut, ceiling.points));
  // A cap takes from the fixed bonuses first: they came on top.
  const kept = keepWithin(bonuses, greater(points - rounded, 0n));
  const onLines = points - sum(kept);
  const exactGrowth = measure.growth(growth.multiplied ? included : null);
  const growthPoints = assertInt64(ROUNDINGS[growth.rounding](sumOf(exactGrowth)));
  return {
    points,
    growth: growthPoints,
    linePoints: share(onLines, exact),
    lineGrowth: share(growthPoints, exactGrowth),
    bonuses: kept,
    budgets,
    parts,
    multiplierOf: (part) => measure.multiplier(part, weighing),
    exact: sumOf(exact),
    rounded,
    cut: points < uncut ? ceiling.cut : null,
    uncut,
  };
}

const nothing = ({ lines }: RatingInputs): Rating => ({
  points: 0n,
  growth: 0n,
  linePoints: lines.map(() => 0n),
  lineGrowth: lines.map(() => 0n),
  bonuses: [],
  budgets: [],
  parts: [],
  multiplierOf: () => combine(NO_TERMS, []),
  exact: ZERO,
  rounded: 0n,
  cut: null,
  uncut: 0n,
});
const NO_TERMS = {
  withinGroup: { TIER: 'BEST_OF', CAMPAIGN: 'BEST_OF', MEMBER: 'BEST_OF', PAYMENT: 'BEST_OF' },
  acrossGroups: 'ADDITIVE',
  maxMultiplier: null,
} as const;

const NONE: readonly Campaign[] = [];

/** The sale in parts, each with its rule and its campaigns. */
export function partsOf(book: RuleBook, inputs: RatingInputs): RatedPart[] {
  const earn = inputs.earnRuleIds.map((id) => book.earn(id));
  const campaigns = inputs.campaignIds.map((id) => book.campaign(id)).filter(({ terms }) => isForTier(terms, inputs));
  const paid = inputs.payments.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  const ways = paid === 0n ? [{ method: null, amountMinor: 1n }] : inputs.payments;
  const whole = paid === 0n ? 1n : paid;
  const parts: RatedPart[] = [];
  for (const [line, { category, eligibleMinor }] of inputs.lines.entries()) {
    for (const { method, amountMinor } of ways) {
      const part = partOf(inputs, category, method);
      parts.push({
        line,
        paymentMethod: method,
        eligible: { num: eligibleMinor * amountMinor, den: whole },
        rule: earn.length === 0 ? null : earnRuleFor(earn, part),
        campaigns: campaigns.length === 0 ? NONE : campaigns.filter(({ terms }) => matches(terms.conditions, part)),
      });
    }
  }
  return parts;
}

const isForTier = ({ tiers }: CampaignTerms, { tier }: RatingInputs): boolean =>
  tiers.length === 0 || (tier !== null && tiers.includes(tier.code));

interface Measure {
  /** Exact points of each line when these campaigns count. */
  lines(included: ReadonlySet<Campaign>): Rational[];
  /** Exact growth of each line; null: not multiplied. */
  growth(included: ReadonlySet<Campaign> | null): Rational[];
  multiplier(part: RatedPart, included: ReadonlySet<Campaign>): Multiplier;
}

function measureFor(
  book: RuleBook,
  { currency, tier, lines }: RatingInputs,
  programme: RuleVersion<ProgrammeTerms>,
  parts: readonly RatedPart[],
): Measure {
  const unit = 10n ** BigInt(minorDigits(currency));
  const ownTier = tier?.multiplier ?? '';

  const keyOf = (part: RatedPart, included: ReadonlySet<Campaign>): string => {
    let key = `${programme.id} ${ownTier}`;
    for (const campaign of part.campaigns) if (included.has(campaign)) key += ` ${campaign.id}`;
    return key;
  };
  const multiplier = (part: RatedPart, included: ReadonlySet<Campaign>): Multiplier =>
    memo(book, `m ${keyOf(part, included)}`, () => {
      const factors = part.campaigns.filter((campaign) => included.has(campaign)).map(campaignFactor);
      return combine(programme.terms.earning, tier ? [tierFactor(tier.multiplier), ...factors] : factors);
    });
  /** Points for a minor unit. */
  const pointsFactor = (part: RatedPart, included: ReadonlySet<Campaign>): Rational =>
    part.rule === null
      ? ZERO
      : memo(book, `p ${part.rule.id} ${unit} ${keyOf(part, included)}`, () =>
          multiply(rational(part.rule?.terms.rate ?? '0', unit), multiplier(part, included).value),
        );
  const growthFactor = (part: RatedPart, included: ReadonlySet<Campaign> | null): Rational =>
    memo(book, `g ${part.rule?.id} ${unit} ${included ? keyOf(part, included) : programme.id}`, () => {
      const plain = rational(growthRate(part, programme.terms.growth), unit);
      return included ? multiply(plain, multiplier(part, included).value) : plain;
    });
  const byLine = (factorOf: (part: RatedPart) => Rational): Rational[] => {
    const exact: Rational[] = [];
    for (const part of parts) {
      const factor = factorOf(part);
      const value = { num: part.eligible.num * factor.num, den: part.eligible.den * factor.den };
      const before = exact[part.line];
      exact[part.line] = before === undefined ? value : add(before, value);
    }
    return lines.map((_, line) => exact[line] ?? ZERO);
  };
  return {
    lines: (included) => byLine((part) => pointsFactor(part, included)),
    growth: (included) => byLine((part) => growthFactor(part, included)),
    multiplier,
  };
}

/** The rule's own rate, where it has one. */
export const growthRate = ({ rule }: RatedPart, growth: GrowthTerms): string =>
  rule?.terms.growthRate ?? growth.perUnit;

function memo<T>(book: RuleBook, key: string, make: () => T): T {
  const known = book.memo.get(key);
  if (known !== undefined) return known as T;
  const made = make();
  book.memo.set(key, made);
  return made;
}

/** Sales have few different denominators, mostly one. */
function sumOf(values: readonly Rational[]): Rational {
  const [first] = values;
  if (!first) return ZERO;
  if (values.every(({ den }) => den === first.den)) {
    return { num: values.reduce((total, { num }) => total + num, 0n), den: first.den };
  }
  return values.reduce(add, ZERO);
}

const share = (total: Points, exact: readonly Rational[]): Points[] =>
  exact.length === 1 ? [total] : allocateRational(total, exact);

/** The fixed points of a campaign for the amount that counts under it; null when it reaches no step. */
function bonusOf(campaign: Campaign, { lines, currency }: RatingInputs, parts: readonly RatedPart[]): Bonus | null {
  const steps = campaign.terms.thresholds
    .filter((step) => step.currency === currency)
    .map(({ fromMinor, points }) => ({ fromMinor, points }))
    .sort((a, b) => (a.fromMinor < b.fromMinor ? -1 : 1));
  if (steps.length === 0) return null;
  const counting = parts.filter(({ campaigns }) => campaigns.includes(campaign));
  const amount = counting.reduce((total, { eligible }) => add(total, eligible), ZERO);
  const reached = steps.filter(({ fromMinor }) => isAtLeast(amount, fromMinor));
  const points = stepOf(reached, amount);
  if (points === 0n) return null;
  const shares = counting.map(({ line, eligible }) => ({
    lineNo: lines[line]?.lineNo ?? 0,
    num: eligible.num,
    den: eligible.den,
  }));
  return { ruleVersionId: campaign.id, points, steps: reached, lines: shares };
}

/** The highest step that an amount reaches. */
export function stepOf(steps: Bonus['steps'], amount: Rational): Points {
  let points = 0n;
  for (const step of steps) if (isAtLeast(amount, step.fromMinor)) points = step.points;
  return points;
}

const isAtLeast = ({ num, den }: Rational, minor: bigint): boolean => num >= minor * den;

/** The smallest of the caps that hold for this sale, and which it is. */
function ceilingOf(
  { dayRoom, merchantDayRoom }: RatingInputs,
  perTransaction: Points | null,
): { points: Points | null; cut: Cut } {
  let lowest: { points: Points | null; cut: Cut } = { points: perTransaction, cut: 'TRANSACTION' };
  for (const [points, cut] of [
    [dayRoom, 'DAY'],
    [merchantDayRoom, 'MERCHANT_DAY'],
  ] as const) {
    if (points !== null && (lowest.points === null || points < lowest.points)) lowest = { points, cut };
  }
  return lowest;
}

/** What a budget gives: the first time as much as it can, later never more than it gave then. */
function grant({ grants }: RatingInputs, campaign: Campaign, wanted: Points, purse: Purse): Points {
  if (grants !== null) return least(wanted, grants[campaign.id] ?? 0n);
  return wanted > 0n ? purse(campaign, wanted) : 0n;
}

function keepWithin(bonuses: readonly Bonus[], total: Points): Bonus[] {
  let left = total;
  const kept: Bonus[] = [];
  for (const bonus of bonuses) {
    const points = least(bonus.points, left);
    left -= points;
    if (points > 0n) kept.push({ ...bonus, points });
  }
  return kept;
}

const inOrder = (campaigns: Iterable<Campaign>): Campaign[] =>
  [...campaigns].sort((a, b) => (a.ruleId < b.ruleId ? -1 : 1));
const roomUnder = (cap: Points | null, taken: Points): Points =>
  cap === null ? 2n ** 63n - 1n : greater(cap - taken, 0n);
const sum = (bonuses: readonly Bonus[]): Points => bonuses.reduce((total, { points }) => total + points, 0n);
const least = (a: Points, b: Points): Points => (a < b ? a : b);
const greater = (a: Points, b: Points): Points => (a > b ? a : b);
