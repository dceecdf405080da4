import { durableName, PointsRulesPublishedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { hearProgramme } from '../use-cases/hear-programme';

export const onPointsRulesPublished = consumer({
  name: durableName('merchant-settlement', PointsRulesPublishedSchema),
  event: PointsRulesPublishedSchema,
  handle: hearProgramme,
});
