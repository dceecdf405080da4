// Facts of this context, ready for the outbox.
import {
  CheckoutCommittedSchema,
  CheckoutReleasedSchema,
  CheckoutReservedSchema,
  CouponIssuedSchema,
  CouponRedeemedSchema,
  CouponReturnedSchema,
  CouponTemplatePublishedSchema,
  CouponVoidedSchema,
} from '@atrium/contracts';
import { event, type Fact, type FactAddress } from '@atrium/platform';
import type { TemplateVersion } from '../domain/template';
import type { Checkout } from '../domain/checkout';
import type { Coupon, NewCoupon } from '../domain/coupon';

export type Addressed = readonly [Fact, FactAddress];

/** Where a fact happened: the mall's id, and its code for the subject. */
export interface Site {
  id: string;
  code: string | null;
}

const ofMember = (
  aggregateId: string,
  memberId: string,
  occurredAt: Date,
  site: Site | null = null,
  version = 1n,
): FactAddress => ({
  aggregateId,
  ownerId: memberId,
  occurredAt,
  version,
  siteId: site?.id ?? null,
  site: site?.code ?? null,
});

export const couponIssued = (coupon: NewCoupon, template: TemplateVersion, at: Date): Addressed => [
  event(CouponIssuedSchema, {
    couponId: coupon.id,
    memberId: coupon.memberId,
    templateId: coupon.templateId,
    cause: coupon.cause,
    tierChangeId: coupon.tierChangeId ?? '',
    purchaseId: coupon.grantedPurchaseId ?? '',
    validFrom: coupon.validFrom.toISOString(),
    validUntil: coupon.validUntil.toISOString(),
    names: template.names,
  }),
  ofMember(coupon.id, coupon.memberId, at),
];

/** `coupon` as it was before the change; its next version is the fact's. */
export const couponRedeemed = (
  coupon: Coupon,
  checkout: Checkout,
  sale: { purchaseId: string; occurredAt: Date },
  amountMinor: bigint,
  template: TemplateVersion,
  site: Site,
): Addressed => [
  event(CouponRedeemedSchema, {
    couponId: coupon.id,
    memberId: coupon.memberId,
    templateId: coupon.templateId,
    checkoutId: checkout.id,
    purchaseId: sale.purchaseId,
    mallId: checkout.mallId,
    merchantId: checkout.merchantId,
    storeId: checkout.storeId,
    currency: checkout.quote.currency,
    amountMinor,
    funding: template.funding,
    occurredAt: sale.occurredAt.toISOString(),
  }),
  ofMember(coupon.id, coupon.memberId, sale.occurredAt, site, coupon.version + 1n),
];

export const couponReturned = (
  coupon: Coupon,
  refund: { refundId: string; purchaseId: string; merchantId: string; currency: string; occurredAt: Date },
  usable: boolean,
  site: Site,
): Addressed => [
  event(CouponReturnedSchema, {
    couponId: coupon.id,
    memberId: coupon.memberId,
    purchaseId: refund.purchaseId,
    refundId: refund.refundId,
    mallId: site.id,
    merchantId: refund.merchantId,
    currency: refund.currency,
    amountMinor: coupon.amountMinor ?? 0n,
    usable,
    occurredAt: refund.occurredAt.toISOString(),
  }),
  ofMember(coupon.id, coupon.memberId, refund.occurredAt, site, coupon.version + 1n),
];

export const couponVoided = (coupon: Coupon, cause: string, at: Date): Addressed => [
  event(CouponVoidedSchema, { couponId: coupon.id, memberId: coupon.memberId, cause }),
  ofMember(coupon.id, coupon.memberId, at, null, coupon.version + 1n),
];

export const checkoutReserved = (checkout: Checkout, at: Date, site: Site): Addressed => [
  event(CheckoutReservedSchema, {
    checkoutId: checkout.id,
    memberId: checkout.memberId,
    storeId: checkout.storeId,
    merchantId: checkout.merchantId,
    mallId: checkout.mallId,
    currency: checkout.quote.currency,
    lines: checkout.quote.lines,
    toPayMinor: checkout.quote.toPayMinor,
    pointsUsed: checkout.quote.pointsUsed,
    pointsValueMinor: checkout.quote.pointsValueMinor,
    reservedUntil: checkout.reservedUntil.toISOString(),
  }),
  ofMember(checkout.id, checkout.memberId, at, site, 1n),
];

export const checkoutReleased = (
  checkout: Checkout,
  cause: 'CANCELLED' | 'EXPIRED' | 'FAILED',
  at: Date,
  site: Site,
): Addressed => [
  event(CheckoutReleasedSchema, { checkoutId: checkout.id, memberId: checkout.memberId, cause }),
  ofMember(checkout.id, checkout.memberId, at, site, 2n),
];

export const checkoutCommitted = (checkout: Checkout, purchaseId: string, at: Date, site: Site): Addressed => [
  event(CheckoutCommittedSchema, { checkoutId: checkout.id, memberId: checkout.memberId, purchaseId }),
  ofMember(checkout.id, checkout.memberId, at, site, 3n),
];

export const templatePublished = (id: string, code: string, version: bigint, at: Date): Addressed => [
  event(CouponTemplatePublishedSchema, { templateId: id, code, version }),
  { aggregateId: id, ownerId: id, occurredAt: at, version },
];
