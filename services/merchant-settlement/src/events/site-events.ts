// What a site has stated, as the hub states it.
import {
  type PurchaseRecorded,
  PurchaseRecordedSchema,
  type PurchaseRefunded,
  PurchaseRefundedSchema,
} from '@atrium/contracts';
import { type Delivered, event, type Fact, type FactAddress } from '@atrium/platform';
import type { Purchase } from '../domain/facts';

type Announcement = readonly [Fact, FactAddress];

/** Of the envelope a site may say which fact it is and when it happened; the rest follows from what was checked. */
export const saleOfSite = (
  { eventId, occurredAt, message }: Delivered<PurchaseRecorded>,
  site: string,
): Announcement => [
  event(PurchaseRecordedSchema, message),
  {
    eventId,
    aggregateId: message.purchaseId,
    ownerId: message.memberId || message.purchaseId,
    siteId: message.mallId,
    site,
    version: 1n,
    occurredAt,
  },
];

/** What was given back is the site's to say; whose sale it was, and where, is kept here. */
export const refundOfSite = (
  { eventId, occurredAt, message }: Delivered<PurchaseRefunded>,
  purchase: Purchase,
  site: string,
): Announcement => [
  event(PurchaseRefundedSchema, {
    ...message,
    storeId: purchase.storeId,
    merchantId: purchase.merchantId,
    mallId: purchase.siteId,
    memberId: purchase.memberId ?? '',
    checkoutId: purchase.checkoutId ?? '',
    purchaseOccurredAt: purchase.occurredAt.toISOString(),
    timeZone: purchase.timeZone,
    currency: purchase.currency,
  }),
  {
    eventId,
    aggregateId: purchase.id,
    ownerId: purchase.memberId ?? purchase.id,
    siteId: purchase.siteId,
    site,
    version: message.refundNo + 1n,
    occurredAt,
  },
];
