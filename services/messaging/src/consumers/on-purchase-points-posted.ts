import { durableName, PurchasePointsPostedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { tellOfPoints } from '../use-cases/tell-of-purchases';

export const onPurchasePointsPosted = consumer({
  name: durableName('messaging', PurchasePointsPostedSchema),
  event: PurchasePointsPostedSchema,
  handle: tellOfPoints,
});
