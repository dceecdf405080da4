import {
  IdempotencyConflictError,
  InProgressError,
  InsufficientPointsError,
  InvalidInputError,
  type Locale,
  make,
  NotFoundError,
  requireTenant,
} from '@atrium/platform';
import {
  Arg,
  createUnionType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { BasketRefusal } from '../use-cases/price-basket';
import type { ReserveRefusal } from '../use-cases/reserve-checkout';
import { CancelCheckoutInput, QuoteCheckoutInput, ReserveCheckoutInput } from './checkout.input';
import { CheckoutObject, CheckoutQuote, CheckoutStep, toCheckout, toQuote } from './checkout.type';
import type { CouponContext } from './context';
import { CouponObject, toCoupon } from './coupon.type';
import { CheckoutCommittedError, CouponNotUsableError, QuoteChangedError } from './errors.type';
import { obstacleText, refuse } from './texts';

const QuoteCheckoutResult = createUnionType({
  name: 'QuoteCheckoutResult',
  types: () => [CheckoutQuote, CouponNotUsableError, InvalidInputError, NotFoundError] as const,
});

@ObjectType()
class ReserveCheckoutSuccess {
  @Field(() => CheckoutObject)
  checkout: CheckoutObject;
}

const ReserveCheckoutResult = createUnionType({
  name: 'ReserveCheckoutResult',
  types: () =>
    [
      ReserveCheckoutSuccess,
      QuoteChangedError,
      CouponNotUsableError,
      InsufficientPointsError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@ObjectType()
class CancelCheckoutSuccess {
  @Field(() => CheckoutObject)
  checkout: CheckoutObject;
}

const CancelCheckoutResult = createUnionType({
  name: 'CancelCheckoutResult',
  types: () => [CancelCheckoutSuccess, CheckoutCommittedError, NotFoundError] as const,
});

const RETRY_AFTER_MS = 500;

function refuseBasket(refusal: BasketRefusal, locale: Locale, ...under: string[]) {
  switch (refusal.code) {
    case 'NOT_FOUND':
      return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    case 'INVALID_INPUT': {
      const { path, reason } = refusal.problem;
      return refuse(InvalidInputError, 'INVALID_INPUT', locale, { path: [...under, ...path] }, { reason });
    }
    case 'COUPON_NOT_USABLE': {
      const { couponId, reason } = refusal;
      const text = obstacleText(reason, locale);
      return refuse(CouponNotUsableError, 'COUPON_NOT_USABLE', locale, { couponId, reason }, { reason: text });
    }
  }
}

function refuseReservation(refusal: ReserveRefusal, locale: Locale) {
  switch (refusal.code) {
    case 'QUOTE_CHANGED':
      return refuse(QuoteChangedError, 'QUOTE_CHANGED', locale, {
        quote: toQuote(refusal.quote, refusal.memberId, locale),
      });
    case 'INSUFFICIENT_POINTS': {
      const { available, requested } = refusal;
      return refuse(
        InsufficientPointsError,
        'INSUFFICIENT_POINTS',
        locale,
        { available, requested },
        { available, requested },
      );
    }
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
    case 'IN_PROGRESS':
      return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: RETRY_AFTER_MS });
    case 'INVALID_INPUT':
      return refusal.problem.path[0] === 'expectedToPay'
        ? refuseBasket(refusal, locale)
        : refuseBasket(refusal, locale, 'basket');
    default:
      return refuseBasket(refusal, locale);
  }
}

@Resolver(() => CheckoutObject)
export class CheckoutResolver {
  @Query(() => QuoteCheckoutResult, {
    description:
      "What this basket would cost this member, with the best legal set of coupons, the tier's discount and points. Changes nothing.",
  })
  async quoteCheckout(
    @Arg('input', () => QuoteCheckoutInput) input: QuoteCheckoutInput,
    @Ctx() { app, caller, locale }: CouponContext,
  ): Promise<typeof QuoteCheckoutResult> {
    requireTenant(caller);
    const result = await app.quoteCheckout(caller, input);
    if (!result.ok) return refuseBasket(result.error, locale);
    return toQuote(result.value.quote, result.value.basket.memberId, locale);
  }

  @Query(() => CheckoutObject, { nullable: true, description: 'For its member, and for its store.' })
  async checkout(
    @Arg('id', () => ID) id: string,
    @Ctx() { load, locale }: CouponContext,
  ): Promise<CheckoutObject | null> {
    const checkout = await load.checkout.load(id);
    return checkout && toCheckout(checkout, locale, load.now());
  }

  @Mutation(() => ReserveCheckoutResult, {
    description:
      'All or nothing: locks the coupons and holds the points, or changes nothing and says why. Fails closed when a participant is away.',
  })
  async reserveCheckout(
    @Arg('input', () => ReserveCheckoutInput) input: ReserveCheckoutInput,
    @Ctx() { app, caller, load, locale }: CouponContext,
  ): Promise<typeof ReserveCheckoutResult> {
    requireTenant(caller);
    const { idempotencyKey: key, basket, expectedToPay } = input;
    const result = await app.reserveCheckout(caller, { key, basket, expectedToPay });
    if (!result.ok) return refuseReservation(result.error, locale);
    return make(ReserveCheckoutSuccess, { checkout: toCheckout(result.value, locale, load.now()) });
  }

  @Mutation(() => CancelCheckoutResult, {
    description: 'Gives everything back. Safe to repeat, at any time before the purchase is recorded.',
  })
  async cancelCheckout(
    @Arg('input', () => CancelCheckoutInput) input: CancelCheckoutInput,
    @Ctx() { app, caller, load, locale }: CouponContext,
  ): Promise<typeof CancelCheckoutResult> {
    requireTenant(caller);
    const result = await app.cancelCheckout(caller, input.checkoutId);
    if (result.ok) return make(CancelCheckoutSuccess, { checkout: toCheckout(result.value, locale, load.now()) });
    switch (result.error.code) {
      case 'NOT_FOUND':
        return refuse(NotFoundError, 'NOT_FOUND', locale, {});
      case 'CHECKOUT_COMMITTED':
        return refuse(CheckoutCommittedError, 'CHECKOUT_COMMITTED', locale, {});
    }
  }
}

@Resolver(() => CheckoutStep)
export class CheckoutStepResolver {
  @FieldResolver(() => CouponObject, { nullable: true })
  async coupon(@Root() step: CheckoutStep, @Ctx() { load }: CouponContext): Promise<CouponObject | null> {
    if (step.couponId === null) return null;
    const coupon = await load.coupon.load({ memberId: step.memberId, id: step.couponId });
    return coupon && toCoupon(coupon, load.now());
  }
}
