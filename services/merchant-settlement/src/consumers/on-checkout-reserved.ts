import { durableName, CheckoutReservedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { hearCheckouts } from '../use-cases/hear-checkouts';

export const onCheckoutReserved = consumer({
  name: durableName('merchant-settlement', CheckoutReservedSchema),
  event: CheckoutReservedSchema,
  handle: hearCheckouts,
});
