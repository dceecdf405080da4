import { DateTimeScalar, DecimalScalar, make, MoneyType, PointsAmountScalar, toMoneyType } from '@atrium/platform';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ExpiryTerms } from '../domain/terms';
import type { RuleView } from '../use-cases/rules.query';

export enum PointsRuleKind {
  PROGRAMME = 'PROGRAMME',
  EARN = 'EARN',
  CAMPAIGN = 'CAMPAIGN',
  INTERACTION = 'INTERACTION',
}
registerEnumType(PointsRuleKind, { name: 'PointsRuleKind', description: 'What a rule of the programme is about.' });

export enum PointsRuleStatus {
  DRAFT = 'DRAFT',
  APPROVED = 'APPROVED',
  ACTIVE = 'ACTIVE',
  RETIRED = 'RETIRED',
}
registerEnumType(PointsRuleStatus, { name: 'PointsRuleStatus', description: 'Where a version of a rule stands.' });

export enum PointsExpiryPolicy {
  END_OF_NEXT_YEAR = 'END_OF_NEXT_YEAR',
  MONTHS_TO_MONTH_END = 'MONTHS_TO_MONTH_END',
  NEVER = 'NEVER',
}
registerEnumType(PointsExpiryPolicy, {
  name: 'PointsExpiryPolicy',
  description: "Until when points live, counted from the sale in the mall's time zone.",
});

export enum PointsDebtPolicy {
  ALLOW_NEGATIVE = 'ALLOW_NEGATIVE',
}
registerEnumType(PointsDebtPolicy, {
  name: 'PointsDebtPolicy',
  description: 'What happens when a refund takes back points that were spent.',
});

@ObjectType({ description: 'What points are worth as payment.' })
export class PointsConversion {
  @Field(() => PointsAmountScalar, { description: 'So many points …' })
  points: bigint;

  @Field(() => MoneyType, { description: '… are worth this much.' })
  value: MoneyType;
}

@ObjectType({ description: 'The terms of the programme as a whole.' })
export class PointsProgrammeTerms {
  @Field(() => PointsExpiryPolicy, { description: 'Until when points live.' })
  expiry: PointsExpiryPolicy;

  @Field(() => Int, { nullable: true, description: 'For MONTHS_TO_MONTH_END; null otherwise.' })
  expiryMonths: number | null;

  @Field(() => [PointsConversion], { description: 'One for each currency in which points pay.' })
  conversions: PointsConversion[];

  @Field(() => PointsAmountScalar, { description: 'Fewer points than this are not taken as payment.' })
  minPoints: bigint;

  @Field(() => PointsAmountScalar, { description: 'Points are taken in multiples of this.' })
  stepPoints: bigint;

  @Field(() => DecimalScalar, { description: 'Share of what is left to pay that points may cover, 0 to 100.' })
  maxPercentOfEligible: string;

  @Field(() => Int, { description: 'How long points stay set aside for a checkout at the most.' })
  holdMinutes: number;

  @Field(() => PointsAmountScalar, { description: 'Larger adjustments need a second person.' })
  adjustApprovalAbove: bigint;

  @Field(() => PointsDebtPolicy, { description: 'What happens when a refund takes back points that were spent.' })
  debtPolicy: PointsDebtPolicy;

  @Field(() => DecimalScalar, { description: 'Growth value for a major unit of currency.' })
  growthPerUnit: string;

  @Field(() => Int, {
    description: 'Points credited late, or returned after their expiry, live at least this many days.',
  })
  graceDays: number;
}

@ObjectType({ description: 'How many points and how much growth a unit of currency earns, and where.' })
export class EarnRuleTerms {
  @Field(() => ID, { nullable: true, description: 'Null: at every merchant.' })
  merchantId: string | null;

  @Field(() => String, { nullable: true, description: 'Null: for every category.' })
  category: string | null;

  @Field(() => DecimalScalar, { description: 'Points for a major unit of currency.' })
  rate: string;

  @Field(() => DecimalScalar, { nullable: true, description: "Null: the programme's own." })
  growthRate: string | null;
}

@ObjectType({ description: 'A name in one language.' })
export class CampaignName {
  @Field(() => String, { description: 'zh-CN or en.' })
  locale: string;

  @Field(() => String, { description: 'As members read it.' })
  name: string;
}

@ObjectType('CampaignTerms', { description: 'A time in which points are multiplied; of several the best one counts.' })
export class CampaignTermsType {
  @Field(() => DecimalScalar, { description: 'At least 1.' })
  multiplier: string;

  @Field(() => [CampaignName], { description: 'By language.' })
  names: CampaignName[];
}

@ObjectType({ description: 'One version of a rule. Sales keep the versions that rated them.' })
export class PointsRule {
  @Field(() => ID, { description: "This version's id, as explanations name it." })
  id: string;

  @Field(() => ID, { description: 'The same for all versions of the rule.' })
  ruleId: string;

  @Field(() => PointsRuleKind, { description: 'Says which of the three terms below is set.' })
  kind: PointsRuleKind;

  @Field(() => String, { description: 'The same for all versions of the rule.' })
  code: string;

  @Field(() => Int, { description: 'Rises from 1.' })
  version: number;

  @Field(() => DateTimeScalar, { description: 'First instant at which it holds.' })
  effectiveFrom: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant at which it no longer holds.' })
  effectiveTo: Date | null;

  @Field(() => PointsRuleStatus, { description: 'Only ACTIVE versions rate sales.' })
  status: PointsRuleStatus;

  @Field(() => PointsProgrammeTerms, { nullable: true, description: 'For PROGRAMME.' })
  programme: PointsProgrammeTerms | null;

  @Field(() => EarnRuleTerms, { nullable: true, description: 'For EARN.' })
  earn: EarnRuleTerms | null;

  @Field(() => CampaignTermsType, { nullable: true, description: 'For CAMPAIGN.' })
  campaign: CampaignTermsType | null;
}

function toExpiryPolicy({ mode }: ExpiryTerms): PointsExpiryPolicy {
  if (mode === 'NEVER') return PointsExpiryPolicy.NEVER;
  return mode === 'AFTER' ? PointsExpiryPolicy.MONTHS_TO_MONTH_END : PointsExpiryPolicy.END_OF_NEXT_YEAR;
}

export function toRule(rule: RuleView): PointsRule {
  const common = {
    id: rule.id,
    ruleId: rule.ruleId,
    kind: PointsRuleKind[rule.kind],
    code: rule.code,
    version: Number(rule.version),
    effectiveFrom: rule.effectiveFrom,
    effectiveTo: rule.effectiveTo,
    status: PointsRuleStatus[rule.status],
    programme: null,
    earn: null,
    campaign: null,
  };
  switch (rule.kind) {
    case 'PROGRAMME': {
      const { terms } = rule;
      const programme = make(PointsProgrammeTerms, {
        expiry: toExpiryPolicy(terms.expiry),
        expiryMonths: terms.expiry.mode === 'AFTER' ? terms.expiry.count : null,
        debtPolicy: PointsDebtPolicy.ALLOW_NEGATIVE,
        minPoints: terms.spending.minPoints,
        stepPoints: terms.spending.stepPoints,
        maxPercentOfEligible: terms.spending.maxPercentOfEligible,
        holdMinutes: terms.spending.holdMinutes,
        adjustApprovalAbove: terms.desk.approvalAbove,
        growthPerUnit: terms.growth.perUnit,
        graceDays: terms.lateCreditDays,
        conversions: terms.spending.conversions.map(({ points, valueMinor, currency }) =>
          make(PointsConversion, { points, value: toMoneyType(valueMinor, currency) }),
        ),
      });
      return make(PointsRule, { ...common, programme });
    }
    case 'EARN':
      return make(PointsRule, { ...common, earn: make(EarnRuleTerms, { ...rule.terms }) });
    case 'CAMPAIGN': {
      const names = Object.entries(rule.terms.names).map(([locale, name]) => make(CampaignName, { locale, name }));
      const campaign = make(CampaignTermsType, { multiplier: rule.terms.multiplier, names });
      return make(PointsRule, { ...common, campaign });
    }
    case 'INTERACTION':
      return make(PointsRule, common);
  }
}
