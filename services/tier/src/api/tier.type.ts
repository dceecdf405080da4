import { formatMinor } from '@atrium/kernel';
import { DecimalScalar, make } from '@atrium/platform';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { textIn, type Condition, type LadderTier, type Rule } from '../domain/ladder';

export enum TierMetric {
  SPEND = 'SPEND',
  GROWTH = 'GROWTH',
}
registerEnumType(TierMetric, {
  name: 'TierMetric',
  description: 'What a condition counts.',
  valuesConfig: {
    SPEND: { description: "Money paid, net of refunds, in major units of the group's currency." },
    GROWTH: { description: 'Growth value, net of what refunds took back.' },
  },
});

export enum TierWindow {
  LIFETIME = 'LIFETIME',
  CALENDAR_YEAR = 'CALENDAR_YEAR',
  ROLLING_MONTHS = 'ROLLING_MONTHS',
  VALIDITY = 'VALIDITY',
}
registerEnumType(TierWindow, {
  name: 'TierWindow',
  description: 'Which sales count. A refund counts in the window of its sale.',
  valuesConfig: {
    ROLLING_MONTHS: { description: 'The last months up to today; how many is in `months`.' },
    VALIDITY: { description: 'The period for which the tier is held, and its grace. Only for keeping a tier.' },
  },
});

export enum TierRuleMatch {
  ALL = 'ALL',
  ANY = 'ANY',
}
registerEnumType(TierRuleMatch, { name: 'TierRuleMatch', description: 'How many conditions of a rule must hold.' });

@ObjectType('TierBenefit', { description: 'Something that members of a tier enjoy.' })
export class TierBenefitType {
  @Field(() => String)
  code: string;

  @Field(() => String)
  name: string;

  @Field(() => String, { nullable: true })
  description: string | null;
}

@ObjectType('TierCondition', { description: 'One number that must be reached.' })
export class TierConditionType {
  @Field(() => TierMetric)
  metric: TierMetric;

  @Field(() => DecimalScalar)
  required: string;

  @Field(() => TierWindow)
  window: TierWindow;

  @Field(() => Int, { nullable: true })
  months: number | null;
}

@ObjectType('TierRule', { description: 'What must hold to reach a tier, or to keep it.' })
export class TierRuleType {
  @Field(() => TierRuleMatch)
  match: TierRuleMatch;

  @Field(() => [TierConditionType])
  conditions: TierConditionType[];
}

@ObjectType('Tier', { description: "A step of the mall group's ladder, as it stands in one version." })
export class TierType {
  @Field(() => String)
  code: string;

  @Field(() => String, { description: "In the request's language." })
  name: string;

  @Field(() => Int, { description: '0 is the base tier.' })
  rank: number;

  @Field(() => DecimalScalar, { description: 'What the points of a sale are multiplied by.' })
  earnMultiplier: string;

  @Field(() => Int, { description: 'Discount at the till in hundredths of a percent.' })
  discountBps: number;

  @Field(() => [TierBenefitType])
  benefits: TierBenefitType[];

  @Field(() => TierRuleType, { nullable: true, description: 'Null for the base tier.' })
  upgrade: TierRuleType | null;

  @Field(() => TierRuleType, { nullable: true, description: 'Null when the tier is kept without a condition.' })
  retain: TierRuleType | null;
}

export function toTier(tier: LadderTier, currency: string, locale: string): TierType {
  return make(TierType, {
    code: tier.code,
    name: textIn(tier.names, locale) ?? tier.code,
    rank: tier.rank,
    earnMultiplier: tier.earnMultiplier,
    discountBps: tier.discountBps,
    benefits: tier.benefits.map((benefit) =>
      make(TierBenefitType, {
        code: benefit.code,
        name: textIn(benefit.names, locale) ?? benefit.code,
        description: textIn(benefit.descriptions, locale),
      }),
    ),
    upgrade: tier.upgrade && toRule(tier.upgrade, currency),
    retain: tier.retain && toRule(tier.retain, currency),
  });
}

const toRule = ({ match, conditions }: Rule, currency: string): TierRuleType =>
  make(TierRuleType, {
    match: TierRuleMatch[match],
    conditions: conditions.map((condition) =>
      make(TierConditionType, {
        metric: TierMetric[condition.metric],
        required: metricText(condition, condition.required, currency),
        window: TierWindow[condition.window],
        months: condition.months,
      }),
    ),
  });

/** Spend in major units, growth as it is. */
export const metricText = ({ metric }: Pick<Condition, 'metric'>, value: bigint, currency: string): string =>
  metric === 'SPEND' ? formatMinor(value, currency) : value.toString();
