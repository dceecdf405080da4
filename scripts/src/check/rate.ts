// What sales earn by their stored inputs and the rules as they were published. Naive on purpose: exact fractions, no cache.
import {
  add,
  businessDate,
  ceil,
  compare,
  floor,
  halfUp,
  minorDigits,
  multiply,
  ONE,
  type Rational,
  rational,
  subtract,
  ZERO,
} from '@atrium/kernel';
import type { Databases } from './databases';

/** A row of purchase_earn. What is as usual is not stored. */
export interface Earned {
  purchase_id: string;
  member_id: string;
  group_id: string;
  merchant_id: string;
  store_id: string;
  currency: string;
  zone: string;
  occurred_at: Date;
  inputs: {
    programmeId: string | null;
    earnRuleIds: string[];
    campaignIds?: string[];
    channel?: string;
    payments?: { method: string; amountMinor: string }[];
    late?: string;
    grants?: Record<string, string>;
  };
  lines: { lineNo: number; category: string; eligibleMinor: string }[];
  earned: bigint;
  reversed: bigint;
  growth_earned: bigint;
  growth_reversed: bigint;
  debt: bigint;
  waived: bigint;
  covered: bigint;
  deducted_minor: bigint;
}

export interface Tier {
  code: string;
  multiplier: string | null;
}

type Group = 'TIER' | 'CAMPAIGN' | 'MEMBER' | 'PAYMENT';
interface Conditions {
  merchantId: string | null;
  storeId: string | null;
  category: string | null;
  channel: string | null;
  paymentMethod: string | null;
}
interface Programme {
  earning: {
    basis: string;
    withinGroup: Record<Group, string>;
    acrossGroups: string;
    maxMultiplier: string | null;
    rounding: Rounding;
    maxPointsPerTransaction: bigint | null;
    maxPointsPerDay: bigint | null;
    maxPointsPerMerchantDay: bigint | null;
  };
  growth: { perUnit: string; multiplied: boolean; rounding: Rounding };
  dayCutHour: number;
}
interface EarnRule extends Conditions {
  rate: string;
  growthRate: string | null;
}
interface Campaign {
  id: string;
  ruleId: string;
  code: string;
  group: Group;
  multiplier: string;
  priority: number;
  conditions: Conditions;
  tiers: string[];
  thresholds: { fromMinor: bigint; currency: string; points: bigint }[];
  budget: { points: bigint } | null;
}
type Rounding = 'FLOOR' | 'HALF_UP' | 'CEIL';
const ROUND = { FLOOR: floor, HALF_UP: halfUp, CEIL: ceil };

export interface Published {
  programme(id: string): Programme;
  earn(id: string): EarnRule;
  campaign(id: string): Campaign;
  /** The rule that a version belongs to. */
  ruleOf(id: string): string;
  from(id: string): Date;
  code(id: string): string;
}

/** Whole numbers are stored as {"$n": "12"}. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  if ('$n' in value) return BigInt(String(value.$n));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

export async function allRules(db: Databases): Promise<Published> {
  const rows = await db.rows<{ id: string; rule_id: string; code: string; effective_from: Date; terms: object }>(
    'points',
    'select id, rule_id, code, effective_from, terms from points_rule',
  );
  const byId = new Map(rows.map((row) => [row.id, { ...row, terms: plain(row.terms) as object }]));
  const get = (id: string) => {
    const row = byId.get(id);
    if (!row) throw new Error(`points: rule version ${id} is not there`);
    return row;
  };
  return {
    programme: (id) => get(id).terms as Programme,
    earn: (id) => get(id).terms as EarnRule,
    campaign: (id) => ({ ...get(id).terms, id, ruleId: get(id).rule_id, code: get(id).code }) as Campaign,
    ruleOf: (id) => get(id).rule_id,
    from: (id) => get(id).effective_from,
    code: (id) => get(id).code,
  };
}

interface Rated {
  row: Earned;
  result: { points: bigint; growth: bigint };
}

/** All sales, each with what the earlier ones of its member's day left. */
export function rateAll(rows: readonly Earned[], rules: Published, tiers: ReadonlyMap<string, Tier>): Rated[] {
  const inOrder = [...rows].sort(
    (a, b) => a.occurred_at.getTime() - b.occurred_at.getTime() || (a.purchase_id < b.purchase_id ? -1 : 1),
  );
  const used = new Map<string, bigint>();
  return inOrder.map((row) => {
    const tier = tiers.get(row.purchase_id) ?? { code: '', multiplier: null };
    if (row.inputs.programmeId === null) return { row, result: { points: 0n, growth: 0n } };
    const programme = rules.programme(row.inputs.programmeId);
    const day = `${row.member_id} ${businessDate(row.occurred_at, row.zone, programme.dayCutHour * 60)}`;
    const atMerchant = `${day} ${row.merchant_id}`;
    const { maxPointsPerDay, maxPointsPerMerchantDay, maxPointsPerTransaction } = programme.earning;
    const caps = [
      maxPointsPerTransaction,
      maxPointsPerDay === null ? null : maxPointsPerDay - (used.get(day) ?? 0n),
      maxPointsPerMerchantDay === null ? null : maxPointsPerMerchantDay - (used.get(atMerchant) ?? 0n),
    ].filter((cap) => cap !== null);
    const cap = caps.length === 0 ? null : caps.reduce((low, one) => (one < low ? one : low));
    const result = rateOne(row, rules, programme, tier, cap !== null && cap < 0n ? 0n : cap);
    for (const key of [day, atMerchant]) used.set(key, (used.get(key) ?? 0n) + result.points);
    return { row, result };
  });
}

interface Part {
  eligible: Rational;
  rule: EarnRule | null;
  campaigns: Campaign[];
}

function rateOne(row: Earned, rules: Published, programme: Programme, tier: Tier, cap: bigint | null) {
  if (row.inputs.late === 'TOO_LATE' || row.inputs.late === 'NEEDS_APPROVAL') return { points: 0n, growth: 0n };
  const parts = partsOf(row, rules, tier);
  const unit = 10n ** BigInt(minorDigits(row.currency));
  const all = [...new Map(parts.flatMap(({ campaigns }) => campaigns).map((c) => [c.id, c])).values()];
  const total = (ids: ReadonlySet<string>) =>
    ROUND[programme.earning.rounding](
      parts.reduce((sum, { eligible, rule, campaigns }) => {
        const m = multiplierOf(
          programme,
          tier,
          campaigns.filter(({ id }) => ids.has(id)),
        );
        return add(sum, multiply(multiply(eligible, rational(rule?.rate ?? '0', unit)), m));
      }, ZERO),
    );
  const bonus = (campaign: Campaign) => {
    const counts = parts.filter(({ campaigns }) => campaigns.some(({ id }) => id === campaign.id));
    const amount = counts.reduce((sum, { eligible }) => add(sum, eligible), ZERO);
    const reached = campaign.thresholds.filter(
      ({ currency, fromMinor }) => currency === row.currency && compare(amount, rational(fromMinor)) >= 0,
    );
    return reached.sort((a, b) => (a.fromMinor < b.fromMinor ? -1 : 1)).at(-1)?.points ?? 0n;
  };
  const included = new Set(all.filter(({ budget }) => budget === null).map(({ id }) => id));
  let multiplied = total(included);
  let fixed = all.filter(({ budget }) => budget === null).reduce((sum, campaign) => sum + bonus(campaign), 0n);
  for (const campaign of all.filter(({ budget }) => budget !== null).sort((a, b) => (a.ruleId < b.ruleId ? -1 : 1))) {
    const with_ = total(new Set([...included, campaign.id]));
    const more = with_ > multiplied ? with_ - multiplied : 0n;
    const whole = more + bonus(campaign);
    const given = least(whole, BigInt(row.inputs.grants?.[campaign.id] ?? 0));
    if (given >= more) included.add(campaign.id);
    multiplied += least(given, more);
    fixed += given > more ? given - more : 0n;
  }
  const growthRates = parts.reduce((sum, { eligible, rule, campaigns }) => {
    const m = programme.growth.multiplied
      ? multiplierOf(
          programme,
          tier,
          campaigns.filter(({ id }) => included.has(id)),
        )
      : ONE;
    return add(sum, multiply(multiply(eligible, rational(rule?.growthRate ?? programme.growth.perUnit, unit)), m));
  }, ZERO);
  const points = multiplied + fixed;
  return {
    points: cap === null ? points : least(points, cap),
    growth: ROUND[programme.growth.rounding](growthRates),
  };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function partsOf(row: Earned, rules: Published, tier: Tier): Part[] {
  const payments = row.inputs.payments ?? [];
  const paid = payments.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
  const ways =
    paid === 0n
      ? [{ method: null, share: ONE }]
      : payments.map((p) => ({ method: p.method, share: rational(BigInt(p.amountMinor), paid) }));
  return row.lines.flatMap((line) =>
    ways.map(({ method, share }) => {
      const holds = (c: Conditions) =>
        (c.merchantId ?? row.merchant_id) === row.merchant_id &&
        (c.storeId ?? row.store_id) === row.store_id &&
        (c.category ?? line.category) === line.category &&
        (c.channel === null || c.channel === row.inputs.channel) &&
        (c.paymentMethod === null || c.paymentMethod === method);
      const candidates = row.inputs.earnRuleIds.filter((id) => holds(rules.earn(id)));
      const best = candidates.sort((a, b) => moreSpecific(rules, a, b))[0];
      return {
        eligible: multiply(rational(BigInt(line.eligibleMinor)), share),
        rule: best === undefined ? null : rules.earn(best),
        campaigns: (row.inputs.campaignIds ?? [])
          .map((id) => rules.campaign(id))
          .filter((c) => holds(c.conditions) && (c.tiers.length === 0 || c.tiers.includes(tier.code))),
      };
    }),
  );
}

const ORDER = ['storeId', 'merchantId', 'category', 'channel', 'paymentMethod'] as const;

function moreSpecific(rules: Published, a: string, b: string): number {
  const named = (id: string) => ORDER.map((field) => (rules.earn(id)[field] === null ? '0' : '1')).join('');
  const count = (id: string) => named(id).replaceAll('0', '').length;
  if (count(a) !== count(b)) return count(b) - count(a);
  if (named(a) !== named(b)) return named(a) > named(b) ? -1 : 1;
  const later = rules.from(b).getTime() - rules.from(a).getTime();
  return later === 0 ? (rules.code(a) < rules.code(b) ? -1 : 1) : later;
}

function multiplierOf({ earning }: Programme, tier: Tier, campaigns: readonly Campaign[]): Rational {
  const factors = [
    ...(tier.multiplier === null
      ? []
      : [{ group: 'TIER' as Group, value: rational(tier.multiplier), priority: 0, code: '' }]),
    ...campaigns.map(({ group, multiplier, priority, code }) => ({
      group,
      value: rational(multiplier),
      priority,
      code,
    })),
  ];
  const groups = (['TIER', 'CAMPAIGN', 'MEMBER', 'PAYMENT'] as const)
    .map((group) => ({ mode: earning.withinGroup[group], own: factors.filter((factor) => factor.group === group) }))
    .filter(({ own }) => own.length > 0)
    .map(({ mode, own }) => {
      if (mode === 'SUM') return sumOfGains(own.map(({ value }) => value));
      if (mode === 'BEST_OF') return largest(own.map(({ value }) => value));
      return own.sort((a, b) => b.priority - a.priority || (a.code < b.code ? -1 : 1))[0]?.value ?? ONE;
    });
  let together = sumOfGains(groups);
  if (earning.acrossGroups === 'MULTIPLICATIVE') together = groups.reduce(multiply, ONE);
  if (earning.acrossGroups === 'BEST_OF') together = groups.length === 0 ? ONE : largest(groups);
  const cap = earning.maxMultiplier === null ? null : rational(earning.maxMultiplier);
  return cap !== null && compare(together, cap) > 0 ? cap : together;
}

function sumOfGains(values: readonly Rational[]): Rational {
  const sum = values.reduce((total, value) => add(total, subtract(value, ONE)), ONE);
  return compare(sum, ZERO) < 0 ? ZERO : sum;
}

const largest = (values: readonly Rational[]): Rational =>
  values.reduce((best, value) => (compare(value, best) > 0 ? value : best));
