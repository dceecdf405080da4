import { DateTimeScalar, DecimalScalar, make, MoneyType, PointsAmountScalar, toMoneyType } from '@atrium/platform';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { RuleView } from '../use-cases/rules.query';

export enum PointsRuleKind {
  PROGRAMME = 'PROGRAMME',
  EARN = 'EARN',
  CAMPAIGN = 'CAMPAIGN',
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
  @Field(() => PointsAmountScalar)
  points: bigint;

  @Field(() => MoneyType)
  value: MoneyType;
}

@ObjectType({ description: 'The terms of the programme as a whole.' })
export class PointsProgrammeTerms {
  @Field(() => PointsExpiryPolicy)
  expiry: PointsExpiryPolicy;

  @Field(() => Int, { nullable: true })
  expiryMonths: number | null;

  @Field(() => [PointsConversion])
  conversions: PointsConversion[];

  @Field(() => PointsAmountScalar)
  minPoints: bigint;

  @Field(() => PointsAmountScalar)
  stepPoints: bigint;

  @Field(() => DecimalScalar)
  maxPercentOfEligible: string;

  @Field(() => Int)
  holdMinutes: number;

  @Field(() => PointsAmountScalar)
  adjustApprovalAbove: bigint;

  @Field(() => PointsDebtPolicy)
  debtPolicy: PointsDebtPolicy;

  @Field(() => DecimalScalar)
  growthPerUnit: string;

  @Field(() => Int)
  graceDays: number;
}

@ObjectType({ description: 'How many points and how much growth a unit of currency earns, and where.' })
export class EarnRuleTerms {
  @Field(() => ID, { nullable: true, description: 'Null: at every merchant.' })
  merchantId: string | null;

  @Field(() => String, { nullable: true, description: 'Null: for every category.' })
  category: string | null;

  @Field(() => DecimalScalar)
  rate: string;

  @Field(() => DecimalScalar, { nullable: true, description: "Null: the programme's own." })
  growthRate: string | null;
}

@ObjectType({ description: 'A name in one language.' })
export class CampaignName {
  @Field(() => String)
  locale: string;

  @Field(() => String)
  name: string;
}

@ObjectType('CampaignTerms', { description: 'A time in which points are multiplied; of several the best one counts.' })
export class CampaignTermsType {
  @Field(() => DecimalScalar)
  multiplier: string;

  @Field(() => [CampaignName])
  names: CampaignName[];
}

@ObjectType({ description: 'One version of a rule. Sales keep the versions that rated them.' })
export class PointsRule {
  @Field(() => ID, { description: "This version's id, as explanations name it." })
  id: string;

  @Field(() => ID, { description: 'The same for all versions of the rule.' })
  ruleId: string;

  @Field(() => PointsRuleKind)
  kind: PointsRuleKind;

  @Field(() => String)
  code: string;

  @Field(() => Int)
  version: number;

  @Field(() => DateTimeScalar)
  effectiveFrom: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant at which it no longer holds.' })
  effectiveTo: Date | null;

  @Field(() => PointsRuleStatus)
  status: PointsRuleStatus;

  @Field(() => PointsProgrammeTerms, { nullable: true })
  programme: PointsProgrammeTerms | null;

  @Field(() => EarnRuleTerms, { nullable: true })
  earn: EarnRuleTerms | null;

  @Field(() => CampaignTermsType, { nullable: true })
  campaign: CampaignTermsType | null;
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
        ...terms,
        expiry: PointsExpiryPolicy[terms.expiry],
        expiryMonths: terms.expiry === 'MONTHS_TO_MONTH_END' ? terms.expiryMonths : null,
        debtPolicy: PointsDebtPolicy[terms.debtPolicy],
        conversions: terms.conversions.map(({ points, valueMinor, currency }) =>
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
  }
}
