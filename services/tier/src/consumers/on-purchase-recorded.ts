import { durableName, PurchaseRecordedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { recordSales } from '../use-cases/record-spend';

export const onPurchaseRecorded = consumer({
  name: durableName('tier', PurchaseRecordedSchema),
  event: PurchaseRecordedSchema,
  handle: (tx, events) =>
    recordSales(
      tx,
      events.map(({ message }) => ({
        memberId: message.memberId,
        purchaseId: message.purchaseId,
        occurredAt: new Date(message.occurredAt),
        currency: message.currency,
        spendMinor: message.paidMinor,
      })),
    ),
});
