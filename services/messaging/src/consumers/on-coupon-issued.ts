import { durableName, CouponIssuedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { tellOfCoupons } from '../use-cases/tell-of-coupons';

export const onCouponIssued = consumer({
  name: durableName('messaging', CouponIssuedSchema),
  event: CouponIssuedSchema,
  handle: tellOfCoupons,
});
