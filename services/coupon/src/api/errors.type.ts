import { UserError } from '@atrium/platform';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { CheckoutQuote } from './checkout.type';

@ObjectType({ implements: UserError, description: 'Nothing is left of this coupon.' })
export class CouponSoldOutError extends UserError {}

@ObjectType({ implements: UserError, description: 'The member has claimed as many as one member may.' })
export class ClaimLimitReachedError extends UserError {
  @Field(() => Int)
  limit: number;
}

@ObjectType({ implements: UserError, description: 'A coupon that was asked for cannot be used on this basket.' })
export class CouponNotUsableError extends UserError {
  @Field(() => ID)
  couponId: string;

  @Field(() => String, {
    description:
      'NOT_FOUND, NOT_YET_VALID, EXPIRED, LOCKED, REDEEMED, VOIDED, OUT_OF_SCOPE, OTHER_CURRENCY, THRESHOLD, NO_EFFECT, NOT_COMBINABLE or TOO_MANY.',
  })
  reason: string;
}

@ObjectType({ implements: UserError, description: 'The sum is not what the till showed; nothing was reserved.' })
export class QuoteChangedError extends UserError {
  @Field(() => CheckoutQuote)
  quote: CheckoutQuote;
}

@ObjectType({ implements: UserError, description: 'The basket was paid: it can no longer be given up.' })
export class CheckoutCommittedError extends UserError {}
