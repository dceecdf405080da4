import { durableName, TierChangedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { tellOfTiers } from '../use-cases/tell-of-tiers';

export const onTierChanged = consumer({
  name: durableName('messaging', TierChangedSchema),
  event: TierChangedSchema,
  handle: tellOfTiers,
});
