import { durableName, PointsRedeemedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postRedeemedPoints } from '../use-cases/post-other-points';

export const onPointsRedeemed = consumer({
  name: durableName('merchant-settlement', PointsRedeemedSchema),
  event: PointsRedeemedSchema,
  handle: postRedeemedPoints,
});
