import { PurchaseRecordedSchema, type PurchaseRecorded } from '@atrium/contracts';
import { type Consumer, consumer } from '@atrium/platform';
import { earnPoints, type RecordedSale } from '../use-cases/earn-points';
import type { AskBirthdays } from '../use-cases/know-birthdays';

export const onPurchaseRecorded = (askBirthdays: AskBirthdays): Consumer =>
  consumer({
    name: 'points-on-purchase-recorded',
    event: PurchaseRecordedSchema,
    handle: (tx, events) =>
      earnPoints(
        tx,
        // A sale without a member earns nobody anything.
        events.filter(({ message }) => message.memberId !== '').map(({ message }) => toSale(message)),
        askBirthdays,
      ),
  });

function toSale(m: PurchaseRecorded): RecordedSale {
  return {
    purchaseId: m.purchaseId,
    memberId: m.memberId,
    mallId: m.mallId,
    merchantId: m.merchantId,
    storeId: m.storeId,
    currency: m.currency,
    occurredAt: new Date(m.occurredAt),
    zone: m.timeZone,
    receivedAt: m.receivedAt === '' ? null : new Date(m.receivedAt),
    channel: m.channel === '' ? null : m.channel,
    payments: m.payments,
    lines: m.lines,
    payment:
      m.checkoutId !== '' && m.pointsUsed > 0n
        ? {
            checkoutId: m.checkoutId,
            points: m.pointsUsed,
            valueMinor: m.pointsValueMinor,
            lineValues: m.lines.map(({ lineNo, pointsValueMinor: valueMinor }) => ({ lineNo, valueMinor })),
          }
        : null,
  };
}
