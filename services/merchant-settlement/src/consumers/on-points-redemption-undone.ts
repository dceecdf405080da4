import { durableName, PointsRedemptionUndoneSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postUndoneRedemptions } from '../use-cases/post-other-points';

export const onPointsRedemptionUndone = consumer({
  name: durableName('merchant-settlement', PointsRedemptionUndoneSchema),
  event: PointsRedemptionUndoneSchema,
  handle: postUndoneRedemptions,
});
