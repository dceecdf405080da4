import { durableName, PointsAdjustedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postAdjustedPoints } from '../use-cases/post-other-points';

export const onPointsAdjusted = consumer({
  name: durableName('merchant-settlement', PointsAdjustedSchema),
  event: PointsAdjustedSchema,
  handle: postAdjustedPoints,
});
