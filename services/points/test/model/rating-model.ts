// What a sale earns, told the plain way: everything is worked out anew from the sale and the rules, with fractions.
import { type Fraction, fraction, isAbove, minus, plus, rounded, shares, times } from './fraction';

export interface ModelRule {
  readonly merchant: string | null;
  readonly category: string | null;
  readonly channel: string | null;
  readonly payment: string | null;
  readonly rate: string;
  readonly growthRate: string | null;
}

export type Group = 'TIER' | 'CAMPAIGN' | 'MEMBER' | 'PAYMENT';

export interface ModelCampaign {
  /** Campaigns are asked in the order of their ids. */
  readonly id: string;
  readonly code: string;
  readonly from: number;
  readonly to: number;
  readonly group: Group;
  readonly multiplier: string;
  readonly priority: number;
  readonly category: string | null;
  readonly payment: string | null;
  readonly tiers: readonly string[];
  readonly weekdays: readonly number[] | null;
  readonly thresholds: readonly { readonly fromMinor: bigint; readonly points: bigint }[];
  /** What it may give in all; null: no end. */
  readonly budget: { readonly points: bigint; readonly onExhaustion: 'PARTIAL' | 'NONE' } | null;
}

/** What a campaign's budget gives of what a sale would take from it. */
export type Ask = (campaign: ModelCampaign, wanted: bigint) => bigint;

export interface ModelProgramme {
  readonly basis: 'GROSS' | 'NET_OF_COUPONS' | 'NET_OF_COUPONS_AND_POINTS';
  readonly within: Readonly<Record<Group, 'BEST_OF' | 'SUM' | 'PRIORITY'>>;
  readonly across: 'ADDITIVE' | 'MULTIPLICATIVE' | 'BEST_OF';
  readonly maxMultiplier: string | null;
  readonly rounding: 'FLOOR' | 'HALF_UP' | 'CEIL';
  readonly perTransaction: bigint | null;
  readonly perDay: bigint | null;
  readonly perMerchantDay: bigint | null;
  readonly growth: { readonly perUnit: string; readonly multiplied: boolean };
}

export interface ModelLine {
  readonly category: string;
  readonly gross: bigint;
  readonly coupon: bigint;
  /** Worth of the points that paid. */
  readonly points: bigint;
  readonly paid: bigint;
}

export interface ModelSale {
  readonly id: string;
  readonly member: string;
  readonly merchant: string;
  readonly channel: string | null;
  readonly payments: readonly { readonly method: string; readonly minor: bigint }[];
  readonly at: number;
  readonly zone: string;
  readonly day: string;
  readonly lines: readonly ModelLine[];
}

export interface Rated {
  readonly linePoints: readonly bigint[];
  readonly lineGrowth: readonly bigint[];
  /** What each campaign's thresholds gave, after the caps. */
  readonly bonuses: readonly { readonly campaign: ModelCampaign; readonly points: bigint }[];
  readonly total: bigint;
}

export interface Rules {
  readonly programme: ModelProgramme;
  readonly earn: readonly ModelRule[];
  readonly campaigns: readonly ModelCampaign[];
}

export interface ModelTier {
  readonly code: string;
  readonly multiplier: string;
}

const ONE: Fraction = [1n, 1n];
const NIL: Fraction = [0n, 1n];
const total = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n);
const least = (a: bigint, b: bigint) => (a < b ? a : b);
const most = (a: bigint, b: bigint) => (a > b ? a : b);
const fits = <T>(wanted: T | null, is: T) => wanted === null || wanted === is;

export function eligibleOf(programme: ModelProgramme, line: ModelLine): bigint {
  if (programme.basis === 'GROSS') return line.gross;
  return programme.basis === 'NET_OF_COUPONS' ? line.paid + line.points : line.paid;
}

/** What a refund can give back of a line, counted as the basis counts. */
export const refundableOf = (programme: ModelProgramme, line: ModelLine): bigint =>
  programme.basis === 'NET_OF_COUPONS_AND_POINTS' ? line.paid : line.paid + line.points;

/**
 * `room`: what the caps of the day leave, or null. Campaigns without a budget count first; then each with one adds what the sale
 * comes to with it, as far as caps and its budget go. One that gives only a part counts by those points, not as a multiplier.
 */
export function rateModel(rules: Rules, sale: ModelSale, tier: ModelTier | null, room: bigint | null, ask: Ask): Rated {
  const { programme } = rules;
  const exactWith = (campaigns: readonly ModelCampaign[]) =>
    sale.lines.map((line) => pointsOf({ ...rules, campaigns }, sale, line, tier));
  const roundedWith = (campaigns: readonly ModelCampaign[]) =>
    rounded(exactWith(campaigns).reduce(plus, NIL), programme.rounding);
  const caps = [programme.perTransaction, room].filter((cap) => cap !== null);
  const applying = rules.campaigns
    .filter((c) => sale.lines.some((line) => waysOf(sale).some(({ method }) => applies(c, sale, line, method, tier))))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const bonuses: { campaign: ModelCampaign; points: bigint }[] = [];
  const bonusOf = (campaign: ModelCampaign) => stepOf(campaign, countingFor(rules, sale, campaign, tier));
  const given = () => total(bonuses.map(({ points }) => points));
  /** That multiply, and those of them that gave only some points. */
  const whole: ModelCampaign[] = [];
  const some: ModelCampaign[] = [];
  for (const campaign of applying.filter(({ budget }) => budget === null)) {
    whole.push(campaign);
    bonuses.push({ campaign, points: bonusOf(campaign) });
  }
  let multiplied = roundedWith(whole);
  for (const campaign of applying.filter(({ budget }) => budget !== null)) {
    const more = roundedWith([...whole, campaign]) - multiplied;
    const wanted = caps.map((cap) => cap - multiplied - given()).reduce(least, most(more, 0n) + bonusOf(campaign));
    const granted = wanted > 0n ? ask(campaign, wanted) : 0n;
    const part = least(granted, most(more, 0n));
    multiplied += part;
    if (part === more) whole.push(campaign);
    else if (part > 0n) some.push(campaign);
    bonuses.push({ campaign, points: least(bonusOf(campaign), granted - part) });
  }
  const exact = exactWith([...whole, ...some]);
  const points = caps.reduce(least, multiplied + given());
  // Fixed points came on top, so a cap takes from them first.
  let left = most(points - multiplied, 0n);
  const kept = bonuses.map(({ campaign, points: bonus }) => {
    const part = least(bonus, left);
    left -= part;
    return { campaign, points: part };
  });
  const onLines = points - total(kept.map((bonus) => bonus.points));
  const growth = sale.lines.map((line) => growthOf({ ...rules, campaigns: whole }, sale, line, tier));
  return {
    linePoints: shares(onLines, exact),
    lineGrowth: shares(rounded(growth.reduce(plus, NIL), 'FLOOR'), growth),
    bonuses: kept.filter((bonus) => bonus.points > 0n),
    total: points,
  };
}

/** A line in the parts that were paid in different ways, each with its share. */
function waysOf(sale: ModelSale): { method: string | null; share: Fraction }[] {
  const paid = total(sale.payments.map(({ minor }) => minor));
  if (paid === 0n) return [{ method: null, share: ONE }];
  return sale.payments.filter(({ minor }) => minor > 0n).map(({ method, minor }) => ({ method, share: [minor, paid] }));
}

function pointsOf(rules: Rules, sale: ModelSale, line: ModelLine, tier: ModelTier | null): Fraction {
  return waysOf(sale).reduce<Fraction>((sum, { method, share }) => {
    const rule = ruleFor(rules.earn, sale, line, method);
    const factor = times(fraction(rule?.rate ?? '0'), multiplierFor(rules, sale, line, method, tier));
    const eligible = times([eligibleOf(rules.programme, line), 100n], share);
    return plus(sum, times(eligible, factor));
  }, NIL);
}

function growthOf(rules: Rules, sale: ModelSale, line: ModelLine, tier: ModelTier | null): Fraction {
  return waysOf(sale).reduce<Fraction>((sum, { method, share }) => {
    const rule = ruleFor(rules.earn, sale, line, method);
    const plain = fraction(rule?.growthRate ?? rules.programme.growth.perUnit);
    const factor = rules.programme.growth.multiplied
      ? times(plain, multiplierFor(rules, sale, line, method, tier))
      : plain;
    return plus(sum, times(times([eligibleOf(rules.programme, line), 100n], share), factor));
  }, NIL);
}

/** The rule that names the most; of as many the one that names the merchant, then the category, the channel, the payment. */
function ruleFor(
  earn: readonly ModelRule[],
  sale: ModelSale,
  line: ModelLine,
  method: string | null,
): ModelRule | null {
  const named = (rule: ModelRule) =>
    [rule.merchant, rule.category, rule.channel, rule.payment].map((name) => name !== null);
  const weight = (rule: ModelRule) =>
    named(rule).filter(Boolean).length * 100 + Number.parseInt(named(rule).map(Number).join(''), 2);
  const applying = earn.filter(
    (rule) =>
      fits(rule.merchant, sale.merchant) &&
      fits(rule.category, line.category) &&
      fits(rule.channel, sale.channel) &&
      fits(rule.payment, method),
  );
  return applying.sort((a, b) => weight(b) - weight(a))[0] ?? null;
}

function multiplierFor(
  rules: Rules,
  sale: ModelSale,
  line: ModelLine,
  method: string | null,
  tier: ModelTier | null,
): Fraction {
  const applying = rules.campaigns.filter((campaign) => applies(campaign, sale, line, method, tier));
  const groups: Fraction[] = [];
  for (const group of ['TIER', 'CAMPAIGN', 'MEMBER', 'PAYMENT'] as const) {
    const own = applying.filter((campaign) => campaign.group === group);
    const factors = own.map(({ multiplier, priority, code }) => ({ value: fraction(multiplier), priority, code }));
    if (group === 'TIER' && tier) factors.push({ value: fraction(tier.multiplier), priority: 0, code: '' });
    if (factors.length === 0) continue;
    const mode = rules.programme.within[group];
    if (mode === 'SUM') groups.push(gains(factors.map(({ value }) => value)));
    else if (mode === 'BEST_OF') groups.push(largest(factors.map(({ value }) => value)));
    else {
      const top = Math.max(...factors.map(({ priority }) => priority));
      const first = factors.filter(({ priority }) => priority === top).sort((a, b) => (a.code < b.code ? -1 : 1))[0];
      if (first) groups.push(first.value);
    }
  }
  const { across, maxMultiplier } = rules.programme;
  const all =
    across === 'ADDITIVE' ? gains(groups) : across === 'MULTIPLICATIVE' ? groups.reduce(times, ONE) : largest(groups);
  return maxMultiplier !== null && isAbove(all, fraction(maxMultiplier)) ? fraction(maxMultiplier) : all;
}

const gains = (values: readonly Fraction[]): Fraction =>
  values.reduce<Fraction>((sum, v) => plus(sum, minus(v, ONE)), ONE);
const largest = (values: readonly Fraction[]): Fraction =>
  values.length === 0 ? ONE : values.reduce((best, value) => (isAbove(value, best) ? value : best));

function applies(
  c: ModelCampaign,
  sale: ModelSale,
  line: ModelLine,
  method: string | null,
  tier: ModelTier | null,
): boolean {
  const [year = 0, month = 0, day = 0] = sale.day.split('-').map(Number);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;
  return (
    c.from <= sale.at &&
    sale.at < c.to &&
    fits(c.category, line.category) &&
    fits(c.payment, method) &&
    (c.weekdays === null || c.weekdays.includes(weekday)) &&
    (c.tiers.length === 0 || (tier !== null && c.tiers.includes(tier.code)))
  );
}

/** Minor units that count under a campaign; `left` is what refunds left of each line, as a share. */
function countingFor(
  rules: Rules,
  sale: ModelSale,
  campaign: ModelCampaign,
  tier: ModelTier | null,
  left: (line: number) => Fraction = () => ONE,
): Fraction {
  return sale.lines.reduce<Fraction>((sum, line, i) => {
    const counting = waysOf(sale)
      .filter(({ method }) => applies(campaign, sale, line, method, tier))
      .reduce<Fraction>((part, { share }) => plus(part, share), NIL);
    return plus(sum, times(times([eligibleOf(rules.programme, line), 1n], counting), left(i)));
  }, NIL);
}

function stepOf({ thresholds }: ModelCampaign, amount: Fraction): bigint {
  let points = 0n;
  for (const step of [...thresholds].sort((a, b) => (a.fromMinor < b.fromMinor ? -1 : 1))) {
    if (!isAbove([step.fromMinor, 1n], amount)) points = step.points;
  }
  return points;
}

/** What refunds take of a sale's points and growth so far. `refunded`: of each line, as the basis counts it. */
export function reversedOf(
  rules: Rules,
  sale: ModelSale,
  tier: ModelTier | null,
  rated: Rated,
  refunded: readonly bigint[],
  all: boolean,
): { points: bigint; growth: bigint } {
  const part = (amount: bigint, i: number): bigint => {
    const whole = refundableOf(rules.programme, sale.lines[i] as ModelLine);
    if (all) return amount;
    return whole === 0n ? 0n : (amount * (refunded[i] ?? 0n)) / whole;
  };
  const left = (i: number): Fraction => {
    const whole = refundableOf(rules.programme, sale.lines[i] as ModelLine);
    return whole === 0n ? ONE : [whole - (refunded[i] ?? 0n), whole];
  };
  const bonuses = rated.bonuses.map(({ campaign, points }) => {
    const stays = all ? 0n : least(points, stepOf(campaign, countingFor(rules, sale, campaign, tier, left)));
    return points - stays;
  });
  return {
    points: total(rated.linePoints.map(part)) + total(bonuses),
    growth: total(rated.lineGrowth.map(part)),
  };
}
