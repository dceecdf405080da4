// What a sale earns: exact per line, rounded once for the sale, given back to the lines by largest remainder.
import {
  add,
  allocateRational,
  assertInt64,
  compare,
  floor,
  formatMinor,
  minorDigits,
  multiply,
  ONE,
  type Points,
  type Rational,
  rational,
  subtract,
  toDecimal,
  ZERO,
} from '@atrium/kernel';
import type { Step } from '../../ledger/domain/explanation';
import { earnRuleFor, inForce, programmeAt, type Rules } from '../../programme/domain/rules';
import type { TierInForce } from './tier-timeline';

/** A line with the rates that applied to it when the sale was first rated; they stay for ever. */
export interface RatedLine {
  readonly lineNo: number;
  readonly eligibleMinor: bigint;
  readonly rate: string;
  readonly rateRuleId: string | null;
  readonly growthRate: string;
  readonly growthRuleId: string | null;
}

/** Everything that the points of a sale follow from. Only the tier can still change, when a tier change arrives late. */
export interface RatingInputs {
  readonly currency: string;
  readonly programmeId: string | null;
  readonly lines: readonly RatedLine[];
  readonly tier: TierInForce | null;
  readonly campaign: { readonly code: string; readonly multiplier: string; readonly ruleVersionId: string } | null;
}

export interface Rating {
  readonly points: Points;
  readonly growth: Points;
  readonly linePoints: readonly Points[];
  readonly lineGrowth: readonly Points[];
  readonly steps: readonly Step[];
}

export interface LineToRate {
  readonly lineNo: number;
  readonly category: string;
  readonly eligibleMinor: bigint;
}

/** Picks the rules in force at the time of the sale. */
export function inputsFor(
  rules: Rules,
  sale: {
    readonly occurredAt: Date;
    readonly merchantId: string;
    readonly currency: string;
    readonly lines: readonly LineToRate[];
  },
  tier: TierInForce | null,
): RatingInputs {
  const programme = programmeAt(rules, sale.occurredAt);
  const earnRules = programme ? inForce(rules.earn, sale.occurredAt) : [];
  let campaign: RatingInputs['campaign'] = null;
  for (const { id, code, terms } of programme ? inForce(rules.campaigns, sale.occurredAt) : []) {
    const order = campaign ? compare(rational(terms.multiplier), rational(campaign.multiplier)) : 1;
    if (campaign === null || order > 0 || (order === 0 && code < campaign.code)) {
      campaign = { code, multiplier: terms.multiplier, ruleVersionId: id };
    }
  }
  return {
    currency: sale.currency,
    programmeId: programme?.id ?? null,
    campaign,
    tier,
    lines: sale.lines.map(({ lineNo, category, eligibleMinor }) => {
      const rule = earnRuleFor(earnRules, sale.merchantId, category);
      const ownGrowth = rule?.terms.growthRate ?? null;
      return {
        lineNo,
        eligibleMinor,
        rate: rule?.terms.rate ?? '0',
        rateRuleId: rule?.id ?? null,
        growthRate: ownGrowth ?? programme?.terms.growth.perUnit ?? '0',
        growthRuleId: ownGrowth === null ? (programme?.id ?? null) : (rule?.id ?? null),
      };
    }),
  };
}

/** 1 + the sum of what each group adds; never below 0. */
export function combinedMultiplier(multipliers: readonly string[]): Rational {
  const sum = multipliers.reduce((m, text) => add(m, subtract(rational(text), ONE)), ONE);
  return compare(sum, ZERO) < 0 ? ZERO : sum;
}

export function rateSale(inputs: RatingInputs): Rating {
  const none = inputs.lines.map(() => 0n);
  if (inputs.programmeId === null) {
    return { points: 0n, growth: 0n, linePoints: none, lineGrowth: none, steps: [{ code: 'NO_PROGRAMME' }] };
  }
  const unit = 10n ** BigInt(minorDigits(inputs.currency));
  const multiplier = combinedMultiplier(
    [inputs.tier?.multiplier, inputs.campaign?.multiplier].filter((m) => m !== undefined),
  );
  const eligible = inputs.lines.map((line) => rational(line.eligibleMinor, unit));
  const exact = inputs.lines.map((line, i) => multiply(multiply(eligible[i] ?? ZERO, rational(line.rate)), multiplier));
  const exactGrowth = inputs.lines.map((line, i) => multiply(eligible[i] ?? ZERO, rational(line.growthRate)));
  const points = assertInt64(floor(exact.reduce(add, ZERO)));
  const growth = assertInt64(floor(exactGrowth.reduce(add, ZERO)));
  return {
    points,
    growth,
    linePoints: allocateRational(points, exact),
    lineGrowth: allocateRational(growth, exactGrowth),
    steps: explain(inputs, multiplier, exact.reduce(add, ZERO), points, growth),
  };
}

function explain(inputs: RatingInputs, multiplier: Rational, exact: Rational, points: Points, growth: Points): Step[] {
  const { currency, tier, campaign } = inputs;
  const steps: Step[] = [];
  // One step for each rate: a ticket of forty lines under one rule is explained in one line.
  const byRule = new Map<string | null, { rate: string; eligibleMinor: bigint }>();
  for (const { rateRuleId, rate, eligibleMinor } of inputs.lines) {
    const sum = byRule.get(rateRuleId)?.eligibleMinor ?? 0n;
    byRule.set(rateRuleId, { rate, eligibleMinor: sum + eligibleMinor });
  }
  for (const [ruleVersionId, { rate, eligibleMinor }] of byRule) {
    steps.push({ code: 'ELIGIBLE', value: formatMinor(eligibleMinor, currency), args: { currency } });
    steps.push(ruleVersionId === null ? { code: 'NO_RATE', value: '0' } : { code: 'RATE', value: rate, ruleVersionId });
  }
  if (tier) {
    steps.push({
      code: 'TIER',
      value: tier.multiplier,
      ruleVersionId: tier.ladderVersionId,
      args: { tier: tier.code },
    });
  }
  if (campaign) {
    steps.push({
      code: 'CAMPAIGN',
      value: campaign.multiplier,
      ruleVersionId: campaign.ruleVersionId,
      args: { campaign: campaign.code },
    });
  }
  steps.push({ code: 'MULTIPLIER', value: toDecimal(multiplier, 6) });
  steps.push({ code: 'EXACT', value: toDecimal(exact, 6) });
  steps.push({ code: 'ROUNDED_DOWN', value: points.toString() });
  const growthRules = new Set(inputs.lines.map(({ growthRuleId }) => growthRuleId));
  const [onlyRule] = growthRules.size === 1 ? growthRules : [null];
  steps.push({ code: 'GROWTH', value: growth.toString(), ...(onlyRule ? { ruleVersionId: onlyRule } : {}) });
  return steps;
}
