import { durableName, PointsReinstatedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postReinstatedPoints } from '../use-cases/post-points';

export const onPointsReinstated = consumer({
  name: durableName('merchant-settlement', PointsReinstatedSchema),
  event: PointsReinstatedSchema,
  handle: postReinstatedPoints,
});
