import { durableName, CouponReturnedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postReturnedCoupons } from '../use-cases/post-coupons';

export const onCouponReturned = consumer({
  name: durableName('merchant-settlement', CouponReturnedSchema),
  event: CouponReturnedSchema,
  handle: postReturnedCoupons,
});
