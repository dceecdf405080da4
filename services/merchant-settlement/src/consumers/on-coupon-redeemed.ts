import { durableName, CouponRedeemedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postRedeemedCoupons } from '../use-cases/post-coupons';

export const onCouponRedeemed = consumer({
  name: durableName('merchant-settlement', CouponRedeemedSchema),
  event: CouponRedeemedSchema,
  handle: postRedeemedCoupons,
});
