import { durableName, PointsCreditedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postCreditedPoints } from '../use-cases/post-other-points';

export const onPointsCredited = consumer({
  name: durableName('merchant-settlement', PointsCreditedSchema),
  event: PointsCreditedSchema,
  handle: postCreditedPoints,
});
