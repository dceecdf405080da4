import { DateTimeScalar, make } from '@atrium/platform';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { RuleView } from '../use-cases/rules.query';
import { fromCampaign, fromEarn, fromInteraction, fromProgramme } from './from-terms';
import { EarnRuleTerms, InteractionTermsType } from './terms.parts';
import { CampaignTermsType, PointsProgrammeTerms } from './terms.types';

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
  DISCARDED = 'DISCARDED',
}
registerEnumType(PointsRuleStatus, {
  name: 'PointsRuleStatus',
  description: 'Where a version of a rule stands.',
  valuesConfig: {
    DRAFT: { description: 'Waits for a second person.' },
    APPROVED: { description: 'A second person has agreed; it does not hold yet.' },
    ACTIVE: { description: 'Holds within its time.' },
    RETIRED: { description: 'Was given an end; holds until then, and for sales of its time for ever.' },
    DISCARDED: { description: 'Never held and never will.' },
  },
});

@ObjectType({ description: 'One version of a rule. Sales keep the versions that rated them.' })
export class PointsRule {
  @Field(() => ID, { description: "This version's id, as explanations name it." })
  id: string;

  @Field(() => ID, { description: 'The same for all versions of the rule.' })
  ruleId: string;

  @Field(() => PointsRuleKind, { description: 'Says which of the four terms below is set.' })
  kind: PointsRuleKind;

  @Field(() => String, { description: 'The same for all versions of the rule.' })
  code: string;

  @Field(() => Int, { description: 'Rises from 1; of versions that hold at the same time the newest counts.' })
  version: number;

  @Field(() => DateTimeScalar, { description: 'First instant at which it holds.' })
  effectiveFrom: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant at which it no longer holds.' })
  effectiveTo: Date | null;

  @Field(() => PointsRuleStatus, { description: 'Only ACTIVE and RETIRED versions rate sales.' })
  status: PointsRuleStatus;

  @Field(() => String, { description: 'Who wrote it.' })
  draftedBy: string;

  @Field(() => DateTimeScalar, { description: 'When it was written.' })
  draftedAt: Date;

  @Field(() => String, { nullable: true, description: 'Who agreed to it.' })
  approvedBy: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was agreed to.' })
  approvedAt: Date | null;

  @Field(() => String, { nullable: true, description: 'Who put it into force.' })
  activatedBy: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was put into force.' })
  activatedAt: Date | null;

  @Field(() => String, { nullable: true, description: 'Who ended or discarded it.' })
  endedBy: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its end was said, or when it was discarded.' })
  endedAt: Date | null;

  @Field(() => PointsProgrammeTerms, { nullable: true, description: 'For PROGRAMME.' })
  programme: PointsProgrammeTerms | null;

  @Field(() => EarnRuleTerms, { nullable: true, description: 'For EARN.' })
  earn: EarnRuleTerms | null;

  @Field(() => CampaignTermsType, { nullable: true, description: 'For CAMPAIGN.' })
  campaign: CampaignTermsType | null;

  @Field(() => InteractionTermsType, { nullable: true, description: 'For INTERACTION.' })
  interaction: InteractionTermsType | null;
}

export function toRule(rule: RuleView): PointsRule {
  const { id, ruleId, code, effectiveFrom, effectiveTo } = rule;
  const { draftedBy, draftedAt, approvedBy, approvedAt, activatedBy, activatedAt, endedBy, endedAt } = rule;
  return make(PointsRule, {
    ...{ id, ruleId, code, effectiveFrom, effectiveTo },
    ...{ draftedBy, draftedAt, approvedBy, approvedAt, activatedBy, activatedAt, endedBy, endedAt },
    kind: PointsRuleKind[rule.kind],
    version: Number(rule.version),
    status: PointsRuleStatus[rule.status],
    programme: rule.kind === 'PROGRAMME' ? fromProgramme(rule.terms) : null,
    earn: rule.kind === 'EARN' ? fromEarn(rule.terms) : null,
    campaign: rule.kind === 'CAMPAIGN' ? fromCampaign(rule.terms) : null,
    interaction: rule.kind === 'INTERACTION' ? fromInteraction(rule.terms) : null,
  });
}
