// The baskets that sales will be checked against, as the coupon context tells.
import type { CheckoutReleased, CheckoutReserved } from '@atrium/contracts';
import { parseInstant } from '@atrium/kernel';
import type { Delivered, Tx } from '@atrium/platform';
import { insertCheckouts, insertReleases } from '../storage/directory.repository';

export const hearCheckouts = (tx: Tx, events: readonly Delivered<CheckoutReserved>[]): Promise<void> =>
  insertCheckouts(
    tx,
    events.map(({ message, occurredAt }) => ({
      id: message.checkoutId,
      siteId: message.mallId,
      memberId: message.memberId,
      storeId: message.storeId,
      currency: message.currency,
      toPayMinor: message.toPayMinor,
      pointsUsed: message.pointsUsed,
      pointsValueMinor: message.pointsValueMinor,
      reservedUntil: parseInstant(message.reservedUntil) ?? occurredAt,
      lines: message.lines.map((line) => ({
        lineNo: line.lineNo,
        grossMinor: line.grossMinor,
        shopDiscountMinor: line.shopDiscountMinor,
        tierDiscountMinor: line.tierDiscountMinor,
        couponDiscountMinor: line.couponDiscountMinor,
        pointsValueMinor: line.pointsValueMinor,
        toPayMinor: line.toPayMinor,
      })),
    })),
  );

export const hearReleases = (tx: Tx, events: readonly Delivered<CheckoutReleased>[]): Promise<void> =>
  insertReleases(
    tx,
    events.map(({ message, occurredAt }) => ({ id: message.checkoutId, cause: message.cause, at: occurredAt })),
  );
