import { durableName, PartnerPointsExchangedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postExchangedPoints } from '../use-cases/post-other-points';

export const onPartnerPointsExchanged = consumer({
  name: durableName('merchant-settlement', PartnerPointsExchangedSchema),
  event: PartnerPointsExchangedSchema,
  handle: postExchangedPoints,
});
