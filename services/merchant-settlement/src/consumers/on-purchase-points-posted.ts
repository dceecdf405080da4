import { durableName, PurchasePointsPostedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { postEarnedPoints } from '../use-cases/post-points';

export const onPurchasePointsPosted = consumer({
  name: durableName('merchant-settlement', PurchasePointsPostedSchema),
  event: PurchasePointsPostedSchema,
  handle: postEarnedPoints,
});
