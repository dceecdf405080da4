import { durableName, TierLadderPublishedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { keepTierNames } from '../use-cases/keep-references';

export const onTierLadderPublished = consumer({
  name: durableName('messaging', TierLadderPublishedSchema),
  event: TierLadderPublishedSchema,
  handle: keepTierNames,
});
