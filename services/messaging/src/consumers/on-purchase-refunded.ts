import { durableName, PurchaseRefundedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { tellOfRefunds } from '../use-cases/tell-of-purchases';

export const onPurchaseRefunded = consumer({
  name: durableName('messaging', PurchaseRefundedSchema),
  event: PurchaseRefundedSchema,
  handle: tellOfRefunds,
});
