import { durableName, PointsCapturedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postSpentPoints } from '../use-cases/post-points';

export const onPointsCaptured = consumer({
  name: durableName('merchant-settlement', PointsCapturedSchema),
  event: PointsCapturedSchema,
  handle: postSpentPoints,
});
