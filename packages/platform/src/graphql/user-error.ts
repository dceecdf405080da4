import { Directive, Field, InterfaceType, Int, ObjectType } from 'type-graphql';
import { PointsAmountScalar } from './scalars';

@InterfaceType({
  autoRegisterImplementations: false,
  description:
    "A refusal that a person can act on. `code` is stable, `message` and `remedy` follow the request's Accept-Language (zh-CN, en).",
})
export abstract class UserError {
  @Field(() => String)
  code: string;

  @Field(() => String)
  message: string;

  @Field(() => String, { nullable: true })
  remedy: string | null;
}

@ObjectType({ implements: UserError, description: 'The idempotency key was used before, with another input.' })
@Directive('@shareable')
export class IdempotencyConflictError extends UserError {}

@ObjectType({
  implements: UserError,
  description: 'The same submission is being worked on right now: ask again after a moment.',
})
@Directive('@shareable')
export class InProgressError extends UserError {
  @Field(() => Int)
  retryAfterMs: number;
}

@ObjectType({ implements: UserError, description: 'The input breaks a rule. `path` points into the input.' })
@Directive('@shareable')
export class InvalidInputError extends UserError {
  @Field(() => [String])
  path: string[];
}

@ObjectType({ implements: UserError, description: 'Nothing with this id is there for the caller.' })
@Directive('@shareable')
export class NotFoundError extends UserError {}

@ObjectType({ implements: UserError, description: 'The member has fewer points than were asked for.' })
@Directive('@shareable')
export class InsufficientPointsError extends UserError {
  @Field(() => PointsAmountScalar)
  available: bigint;

  @Field(() => PointsAmountScalar)
  requested: bigint;
}

@ObjectType({ implements: UserError, description: 'This is not open to this member, or not now.' })
@Directive('@shareable')
export class NotEligibleError extends UserError {}
