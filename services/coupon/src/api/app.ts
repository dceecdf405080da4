import type { Result } from '@atrium/kernel';
import type { Caller, IdempotencyRefusal } from '@atrium/platform';
import type { CancelRefusal } from '../use-cases/cancel-checkout';
import type { ClaimCoupon, ClaimRefusal } from '../use-cases/claim-coupon';
import type { Checkout } from '../use-cases/coupons.query';
import type { Basket, BasketRefusal } from '../use-cases/price-basket';
import type { PublishPolicy, PublishPolicyRefusal } from '../use-cases/publish-policy';
import type { PublishTemplate, PublishTemplateRefusal } from '../use-cases/publish-template';
import type { Quoted, ReserveCheckout, ReserveRefusal } from '../use-cases/reserve-checkout';

type Published = { templateId: string; version: bigint };

/** The verbs as the API sees them. */
export interface CouponApp {
  claimCoupon(caller: Caller, command: ClaimCoupon): Promise<Result<{ couponId: string }, ClaimRefusal>>;
  quoteCheckout(caller: Caller, basket: Basket): Promise<Result<Quoted, BasketRefusal>>;
  reserveCheckout(caller: Caller, command: ReserveCheckout): Promise<Result<Checkout, ReserveRefusal>>;
  cancelCheckout(caller: Caller, id: string): Promise<Result<Checkout, CancelRefusal>>;
  publishTemplate(caller: Caller, command: PublishTemplate): Promise<Result<Published, PublishTemplateRefusal>>;
  pauseTemplate(
    caller: Caller,
    command: { key: string; templateId: string; paused: boolean },
  ): Promise<Result<Published, { code: 'NOT_FOUND' } | IdempotencyRefusal>>;
  publishPolicy(caller: Caller, command: PublishPolicy): Promise<Result<{ version: bigint }, PublishPolicyRefusal>>;
}
