import { durableName, PurchaseRefundedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { returnCoupons } from '../use-cases/return-coupons';

export const onPurchaseRefunded = consumer({
  name: durableName('coupon', PurchaseRefundedSchema),
  event: PurchaseRefundedSchema,
  handle: (tx, events) =>
    returnCoupons(
      tx,
      events
        .filter(({ message }) => message.fullyRefunded && message.checkoutId !== '')
        .map(({ message }) => ({
          refundId: message.refundId,
          purchaseId: message.purchaseId,
          checkoutId: message.checkoutId,
          mallId: message.mallId,
          merchantId: message.merchantId,
          currency: message.currency,
          occurredAt: new Date(message.occurredAt),
        })),
    ),
});
