import { durableName, CheckoutReleasedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { hearReleases } from '../use-cases/hear-checkouts';

export const onCheckoutReleased = consumer({
  name: durableName('merchant-settlement', CheckoutReleasedSchema),
  event: CheckoutReleasedSchema,
  handle: hearReleases,
});
