// What a member is told when a coupon comes into her hands.
import type { CouponIssued } from '@atrium/contracts';
import { type Delivered, type Tx } from '@atrium/platform';
import { type News, writeMessages } from './write-messages';

export const tellOfCoupons = (tx: Tx, events: readonly Delivered<CouponIssued>[]): Promise<void> =>
  writeMessages(
    tx,
    events.map(({ message, siteId, occurredAt }): News => ({
      memberId: message.memberId,
      code: 'COUPON_ISSUED',
      businessKey: message.couponId,
      purchaseId: message.purchaseId || null,
      siteId,
      occurredAt,
      values: {
        coupon: { kind: 'names', names: message.names },
        validFrom: { kind: 'day', at: new Date(message.validFrom), zone: null },
        validUntil: { kind: 'lastDay', end: new Date(message.validUntil), zone: null },
      },
    })),
  );
