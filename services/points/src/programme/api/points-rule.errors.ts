import { UserError } from '@atrium/platform';
import { Field, Int, ObjectType } from 'type-graphql';
import { PointsRuleStatus } from './points-rule.type';

@ObjectType({ implements: UserError, description: "The version's state does not allow this." })
export class PointsRuleStateError extends UserError {
  @Field(() => PointsRuleStatus, { description: 'Where it stands.' })
  status: PointsRuleStatus;
}

@ObjectType({ implements: UserError, description: 'A newer version of the rule came into force since it was written.' })
export class PointsRuleOutdatedError extends UserError {
  @Field(() => Int, { description: 'The version that did.' })
  newerVersion: number;
}

@ObjectType({ implements: UserError, description: 'A draft is approved by somebody else than who wrote it.' })
export class OwnDraftError extends UserError {}
