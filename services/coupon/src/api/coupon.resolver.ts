import {
  type Connection,
  IdempotencyConflictError,
  InProgressError,
  InsufficientPointsError,
  make,
  NotEligibleError,
  NotFoundError,
  pageOf,
  requireMember,
  requireTenant,
  toConnection,
} from '@atrium/platform';
import {
  Arg,
  createUnionType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { CouponContext } from './context';
import {
  CouponObject,
  CouponOffer,
  CouponOfferConnection,
  CouponTemplate,
  toCoupon,
  toOffer,
  toTemplate,
} from './coupon.type';
import { ClaimLimitReachedError, CouponSoldOutError } from './errors.type';
import { refuse } from './texts';

@InputType()
class ClaimCouponInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => ID)
  templateId: string;
}

@ObjectType()
class ClaimCouponSuccess {
  @Field(() => CouponObject)
  coupon: CouponObject;
}

const ClaimCouponResult = createUnionType({
  name: 'ClaimCouponResult',
  types: () =>
    [
      ClaimCouponSuccess,
      CouponSoldOutError,
      ClaimLimitReachedError,
      NotEligibleError,
      InsufficientPointsError,
      NotFoundError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

const RETRY_AFTER_MS = 200;

@Resolver(() => CouponObject)
export class CouponResolver {
  @FieldResolver(() => CouponTemplate)
  async template(@Root() coupon: CouponObject, @Ctx() { load, locale }: CouponContext): Promise<CouponTemplate> {
    const { templateId, templateVersion: version } = coupon;
    const template = await load.template.load({ templateId, version });
    if (!template) throw new Error('a coupon without its template');
    return toTemplate(template, locale);
  }

  @Query(() => CouponOfferConnection, {
    description: 'Coupons that the caller could claim now, at one mall or at all.',
  })
  async couponOffers(
    @Arg('mallId', () => ID, { nullable: true }) mallId: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { caller, load, locale }: CouponContext,
  ): Promise<Connection<CouponOffer>> {
    requireTenant(caller);
    const page = pageOf(first ?? 20, after);
    const offers = await load.offers(mallId ?? null, page);
    const keyOf = ({ template }: (typeof offers)[number]) => ({ at: template.effectiveFrom, id: template.id });
    return toConnection(offers, page, keyOf, (offer) => toOffer(offer, locale));
  }

  @Mutation(() => ClaimCouponResult, { description: 'Takes a coupon from its stock. For the signed-in member.' })
  async claimCoupon(
    @Arg('input', () => ClaimCouponInput) { idempotencyKey: key, templateId }: ClaimCouponInput,
    @Ctx() { app, caller, load, locale }: CouponContext,
  ): Promise<typeof ClaimCouponResult> {
    const memberId = requireMember(caller);
    const result = await app.claimCoupon(caller, { key, actor: caller.id, memberId, templateId });
    if (result.ok) {
      const coupon = await load.coupon.load({ memberId, id: result.value.couponId });
      if (!coupon) throw new Error('a claimed coupon is not there');
      return make(ClaimCouponSuccess, { coupon: toCoupon(coupon, load.now()) });
    }
    switch (result.error.code) {
      case 'NOT_FOUND':
        return refuse(NotFoundError, 'NOT_FOUND', locale, {});
      case 'NOT_ELIGIBLE':
        return refuse(NotEligibleError, 'NOT_ELIGIBLE', locale, {});
      case 'COUPON_SOLD_OUT':
        return refuse(CouponSoldOutError, 'COUPON_SOLD_OUT', locale, {});
      case 'CLAIM_LIMIT_REACHED': {
        const { limit } = result.error;
        return refuse(ClaimLimitReachedError, 'CLAIM_LIMIT_REACHED', locale, { limit }, { limit: String(limit) });
      }
      case 'IDEMPOTENCY_CONFLICT':
        return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
      case 'IN_PROGRESS':
        return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: RETRY_AFTER_MS });
    }
  }
}
