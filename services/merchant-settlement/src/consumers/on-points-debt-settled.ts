import { durableName, PointsDebtSettledSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postSettledDebt } from '../use-cases/post-points';

export const onPointsDebtSettled = consumer({
  name: durableName('merchant-settlement', PointsDebtSettledSchema),
  event: PointsDebtSettledSchema,
  handle: postSettledDebt,
});
