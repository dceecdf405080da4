import { durableName, PurchaseRecordedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { recordSales } from '../use-cases/record-sales';

export const onPurchaseRecorded = consumer({
  name: durableName('coupon', PurchaseRecordedSchema),
  event: PurchaseRecordedSchema,
  handle: (tx, events) =>
    recordSales(
      tx,
      events.map(({ message }) => ({
        id: message.purchaseId,
        mallId: message.mallId,
        merchantId: message.merchantId,
        storeId: message.storeId,
        memberId: message.memberId || null,
        checkoutId: message.checkoutId || null,
        occurredAt: new Date(message.occurredAt),
      })),
    ),
});
