import { durableName, PurchaseRefundedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { recordRefunds } from '../use-cases/record-spend';

export const onPurchaseRefunded = consumer({
  name: durableName('tier', PurchaseRefundedSchema),
  event: PurchaseRefundedSchema,
  handle: (tx, events) =>
    recordRefunds(
      tx,
      events.map(({ message }) => ({
        memberId: message.memberId,
        purchaseId: message.purchaseId,
        refundId: message.refundId,
        occurredAt: new Date(message.occurredAt),
        currency: message.currency,
        spendMinor: message.cashMinor,
      })),
    ),
});
