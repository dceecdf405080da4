import {
  DateTimeScalar,
  DecimalScalar,
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  NotFoundError,
} from '@atrium/platform';
import { createUnionType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { TierDowngrade, TierLadderType } from './tier-ladder.type';
import { TierMetric, TierRuleMatch, TierWindow } from './tier.type';

@InputType({ description: 'A text in one language.' })
export class TierNameInput {
  @Field(() => String, { description: 'zh-CN, en.' })
  locale: string;

  @Field(() => String)
  name: string;
}

@InputType({ description: 'Something that members of the tier enjoy.' })
export class TierBenefitInput {
  @Field(() => String)
  code: string;

  @Field(() => [TierNameInput])
  names: TierNameInput[];

  @Field(() => [TierNameInput], { defaultValue: [] })
  descriptions: TierNameInput[];
}

@InputType({ description: 'One number that must be reached.' })
export class TierConditionInput {
  @Field(() => TierMetric)
  metric: TierMetric;

  @Field(() => DecimalScalar, { description: "SPEND: major units of the group's currency. GROWTH: a whole number." })
  required: string;

  @Field(() => TierWindow)
  window: TierWindow;

  @Field(() => Int, { nullable: true, description: 'For ROLLING_MONTHS alone.' })
  months?: number | null;
}

@InputType({ description: 'Conditions that must all hold, or any of them.' })
export class TierRuleInput {
  @Field(() => TierRuleMatch, { defaultValue: TierRuleMatch.ALL })
  match: TierRuleMatch;

  @Field(() => [TierConditionInput])
  conditions: TierConditionInput[];
}

@InputType({ description: 'A step of the ladder.' })
export class TierInput {
  @Field(() => String)
  code: string;

  @Field(() => Int, { description: 'Exactly one tier has rank 0: the base, without conditions.' })
  rank: number;

  @Field(() => [TierNameInput])
  names: TierNameInput[];

  @Field(() => DecimalScalar, { defaultValue: '1' })
  earnMultiplier: string;

  @Field(() => Int, { defaultValue: 0 })
  discountBps: number;

  @Field(() => [TierBenefitInput], { defaultValue: [] })
  benefits: TierBenefitInput[];

  @Field(() => TierRuleInput, { nullable: true, description: 'Needed above the base.' })
  upgrade?: TierRuleInput | null;

  @Field(() => TierRuleInput, { nullable: true, description: 'Looked at when the validity ends. Absent: always kept.' })
  retain?: TierRuleInput | null;
}

@InputType({ description: "A new version of the group's ladder." })
export class PublishTierLadderInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => DateTimeScalar, { description: 'Only the first version may begin in the past.' })
  effectiveFrom: Date;

  @Field(() => [TierInput])
  tiers: TierInput[];

  @Field(() => Int, {
    nullable: true,
    defaultValue: 12,
    description: 'How long a tier is held, extended to the end of the month. Null: without end.',
  })
  validityMonths?: number | null;

  @Field(() => Int, { defaultValue: 30 })
  graceDays: number;

  @Field(() => TierDowngrade, { defaultValue: TierDowngrade.ONE_DOWN })
  downgrade: TierDowngrade;

  @Field(() => Int, { defaultValue: 15, description: 'So long after an upgrade a refund can undo it.' })
  revertWithinDays: number;
}

@ObjectType({ description: 'The version as it was published.' })
export class PublishTierLadderSuccess {
  @Field(() => TierLadderType)
  ladder: TierLadderType;
}

export const PublishTierLadderResult = createUnionType({
  name: 'PublishTierLadderResult',
  types: () =>
    [PublishTierLadderSuccess, InvalidInputError, NotFoundError, IdempotencyConflictError, InProgressError] as const,
});
