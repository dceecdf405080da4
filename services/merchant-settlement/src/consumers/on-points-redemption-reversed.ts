import { durableName, PointsRedemptionReversedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postReturnedPoints } from '../use-cases/post-points';

export const onPointsRedemptionReversed = consumer({
  name: durableName('merchant-settlement', PointsRedemptionReversedSchema),
  event: PointsRedemptionReversedSchema,
  handle: postReturnedPoints,
});
