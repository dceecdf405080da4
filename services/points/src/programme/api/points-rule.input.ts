import { DateTimeScalar } from '@atrium/platform';
import { Field, ID, InputType } from 'type-graphql';
import { EarnRuleTerms, InteractionTermsType } from './terms.parts';
import { CampaignTermsInput, PointsProgrammeTermsInput } from './terms.types';

@InputType({ description: 'A version of a rule: its code, its time, and exactly one of the four kinds of terms.' })
export class PointsRuleVersionInput {
  @Field(() => String, {
    nullable: true,
    description: 'Names the rule; the same code again makes its next version. Left out for the programme.',
  })
  code?: string | null;

  @Field(() => DateTimeScalar, {
    description: 'First instant at which it holds; sales that were rated before stay as they are.',
  })
  effectiveFrom: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'First instant at which it no longer holds; absent: without end.',
  })
  effectiveTo?: Date | null;

  @Field(() => PointsProgrammeTermsInput, { nullable: true, description: 'The programme as a whole.' })
  programme?: PointsProgrammeTermsInput | null;

  @Field(() => EarnRuleTerms, {
    nullable: true,
    description: 'What sales earn. The rule with the most conditions wins.',
  })
  earn?: EarnRuleTerms | null;

  @Field(() => CampaignTermsInput, { nullable: true, description: 'A time of more points.' })
  campaign?: CampaignTermsInput | null;

  @Field(() => InteractionTermsType, { nullable: true, description: 'Points for something other than a sale.' })
  interaction?: InteractionTermsType | null;
}

@InputType({ description: 'A version of a rule that a second person looks at before it holds.' })
export class DraftPointsRuleInput extends PointsRuleVersionInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;
}

@InputType({ description: 'A version of a rule that holds at once.' })
export class PublishPointsRuleInput extends PointsRuleVersionInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;
}

@InputType()
abstract class RuleStepInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'The version (PointsRule.id).' })
  id: string;
}

@InputType({ description: 'The version that a second person agrees to.' })
export class ApprovePointsRuleInput extends RuleStepInput {}

@InputType({ description: 'The approved version that holds from now on, within its time.' })
export class ActivatePointsRuleInput extends RuleStepInput {}

@InputType({ description: 'The version that is not wanted after all.' })
export class DiscardPointsRuleInput extends RuleStepInput {}

@InputType({ description: 'The version that ends, and from when on.' })
export class RetirePointsRuleInput extends RuleStepInput {
  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'First instant at which it no longer holds, not in the past; absent: now. One that has not begun never begins.',
  })
  effectiveTo?: Date | null;
}
