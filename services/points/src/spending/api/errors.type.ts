import { PointsAmountScalar, UserError } from '@atrium/platform';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { PointsHold, PointsHoldStatus } from './order.type';

export enum PointsCutReason {
  FROZEN = 'FROZEN',
  DEBT = 'DEBT',
  NOT_CONVERTIBLE = 'NOT_CONVERTIBLE',
  MERCHANT = 'MERCHANT',
  CATEGORY = 'CATEGORY',
  BALANCE = 'BALANCE',
  CAP = 'CAP',
  ORDER_CAP = 'ORDER_CAP',
  DAY_CAP = 'DAY_CAP',
  STEP = 'STEP',
  MINIMUM = 'MINIMUM',
}
registerEnumType(PointsCutReason, {
  name: 'PointsCutReason',
  description: 'Why fewer points can be used than were asked for.',
});

@ObjectType({
  implements: UserError,
  description: 'Points are owed from a refund: nothing can be spent until they are paid.',
})
export class PointsInDebtError extends UserError {}

@ObjectType({ implements: UserError, description: 'The points account is frozen: nothing can be spent.' })
export class PointsFrozenError extends UserError {}

@ObjectType({ implements: UserError, description: "The programme's rules do not take so many points here." })
export class PointsNotAllowedError extends UserError {
  @Field(() => PointsCutReason, { description: 'Which rule.' })
  reason: PointsCutReason;

  @Field(() => PointsAmountScalar, { description: 'So many would be taken.' })
  allowed: bigint;
}

@ObjectType({ implements: UserError, description: 'Points are held for this order already.' })
export class PointsAlreadyHeldError extends UserError {
  @Field(() => PointsHold, { description: 'The open hold: capture or release it.' })
  hold: PointsHold;
}

@ObjectType({ implements: UserError, description: 'This order was paid with points before.' })
export class PointsAlreadyRedeemedError extends UserError {
  @Field(() => ID, { description: 'What was made of it then.' })
  redemptionId: string;
}

@ObjectType({ implements: UserError, description: 'More than what is held.' })
export class PointsHoldExceededError extends UserError {
  @Field(() => PointsAmountScalar, { description: 'So many are held.' })
  held: bigint;
}

@ObjectType({ implements: UserError, description: 'The hold has ended.' })
export class PointsHoldClosedError extends UserError {
  @Field(() => PointsHoldStatus, { description: 'How it ended.' })
  status: PointsHoldStatus;
}

@ObjectType({ implements: UserError, description: 'The hold was given more time once; that is all.' })
export class PointsHoldExtendedError extends UserError {}

@ObjectType({
  implements: UserError,
  description: 'The time of the hold is over and its points are no longer free: the till must undo the payment.',
})
export class PointsHoldExpiredError extends UserError {
  @Field(() => PointsAmountScalar, { description: 'So many are free now.' })
  available: bigint;

  @Field(() => PointsAmountScalar, { description: 'So many were to be captured.' })
  requested: bigint;
}

@ObjectType({ implements: UserError, description: 'More than what has not come back yet.' })
export class PointsRedemptionExceededError extends UserError {
  @Field(() => PointsAmountScalar, { description: 'So many can still be given back.' })
  left: bigint;
}
