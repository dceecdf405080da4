import type { Result } from '@atrium/kernel';
import {
  IdempotencyConflictError,
  type IdempotencyRefusal,
  InProgressError,
  InvalidInputError,
  type Locale,
  make,
  NotFoundError,
} from '@atrium/platform';
import { createUnionType, Field, ObjectType } from 'type-graphql';
import type { RuleRefusal } from '../use-cases/refusals';
import type { RuleView } from '../use-cases/rules.query';
import { OwnDraftError, PointsRuleOutdatedError, PointsRuleStateError } from './points-rule.errors';
import { PointsRule, PointsRuleStatus, toRule } from './points-rule.type';
import { refuse, refuseFaults, refuseInput } from './texts';

@ObjectType({ description: 'The draft as it is kept.' })
export class DraftPointsRuleSuccess {
  @Field(() => PointsRule, { description: 'As it stands now.' })
  rule: PointsRule;
}

@ObjectType({ description: 'The version that is published.' })
export class PublishPointsRuleSuccess {
  @Field(() => PointsRule, { description: 'As it holds from now on.' })
  rule: PointsRule;
}

@ObjectType({ description: 'The version that was approved.' })
export class ApprovePointsRuleSuccess {
  @Field(() => PointsRule, { description: 'As it stands now.' })
  rule: PointsRule;
}

@ObjectType({ description: 'The version that holds within its time.' })
export class ActivatePointsRuleSuccess {
  @Field(() => PointsRule, { description: 'As it stands now.' })
  rule: PointsRule;
}

@ObjectType({ description: 'The version that was given an end.' })
export class RetirePointsRuleSuccess {
  @Field(() => PointsRule, { description: 'As it stands now.' })
  rule: PointsRule;
}

@ObjectType({ description: 'The version that is put away.' })
export class DiscardPointsRuleSuccess {
  @Field(() => PointsRule, { description: 'As it stands now.' })
  rule: PointsRule;
}

const ALWAYS = [NotFoundError, InvalidInputError, IdempotencyConflictError, InProgressError] as const;

export const DraftPointsRuleResult = createUnionType({
  name: 'DraftPointsRuleResult',
  description: 'The draft, or why there is none.',
  types: () => [DraftPointsRuleSuccess, ...ALWAYS] as const,
});
export const PublishPointsRuleResult = createUnionType({
  name: 'PublishPointsRuleResult',
  description: 'The published version, or why it was not published.',
  types: () => [PublishPointsRuleSuccess, ...ALWAYS] as const,
});
export const ApprovePointsRuleResult = createUnionType({
  name: 'ApprovePointsRuleResult',
  description: 'The approved version, or why it was not approved.',
  types: () => [ApprovePointsRuleSuccess, PointsRuleStateError, OwnDraftError, ...ALWAYS] as const,
});
export const ActivatePointsRuleResult = createUnionType({
  name: 'ActivatePointsRuleResult',
  description: 'The version in force, or why it was not activated.',
  types: () => [ActivatePointsRuleSuccess, PointsRuleStateError, PointsRuleOutdatedError, ...ALWAYS] as const,
});
export const RetirePointsRuleResult = createUnionType({
  name: 'RetirePointsRuleResult',
  description: 'The version with its end, or why it was not retired.',
  types: () => [RetirePointsRuleSuccess, PointsRuleStateError, ...ALWAYS] as const,
});
export const DiscardPointsRuleResult = createUnionType({
  name: 'DiscardPointsRuleResult',
  description: 'The discarded version, or why it was not discarded.',
  types: () => [DiscardPointsRuleSuccess, PointsRuleStateError, ...ALWAYS] as const,
});

/** A verb's outcome as its result type; which refusals a verb can have is known by its use-case. */
export function toResult<T extends { rule: PointsRule }>(
  Success: new () => T,
  result: Result<RuleView, RuleRefusal | IdempotencyRefusal>,
  locale: Locale,
): never {
  return (result.ok ? make(Success, { rule: toRule(result.value) } as T) : toRefusal(result.error, locale)) as never;
}

function toRefusal(error: RuleRefusal | IdempotencyRefusal, locale: Locale) {
  switch (error.code) {
    case 'NOT_FOUND':
      return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    case 'FAULTS':
      return refuseFaults(error.faults, locale);
    case 'INVALID_INPUT':
      return refuseInput(error.path, error.reason, locale);
    case 'POINTS_RULE_STATE':
      return refuse(
        PointsRuleStateError,
        error.code,
        locale,
        { status: PointsRuleStatus[error.status] },
        { status: error.status },
      );
    case 'POINTS_RULE_OUTDATED':
      return refuse(
        PointsRuleOutdatedError,
        error.code,
        locale,
        { newerVersion: Number(error.newerVersion) },
        { version: error.newerVersion },
      );
    case 'OWN_DRAFT':
      return refuse(OwnDraftError, error.code, locale, {});
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
    case 'IN_PROGRESS':
      return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
  }
}
