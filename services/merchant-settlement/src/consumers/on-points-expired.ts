import { durableName, PointsExpiredSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postExpiredPoints } from '../use-cases/post-points';

export const onPointsExpired = consumer({
  name: durableName('merchant-settlement', PointsExpiredSchema),
  event: PointsExpiredSchema,
  handle: postExpiredPoints,
});
