import {
  connectionTypes,
  DateTimeScalar,
  make,
  MoneyType,
  PointsAmountScalar,
  toMoneyType,
  type Locale,
} from '@atrium/platform';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { type Coupon, type Offer, statusAt, type TemplateVersion } from '../use-cases/coupons.query';
import { Purchase } from './purchase.type';
import { localised } from './texts';

export enum CouponStatusEnum {
  ISSUED = 'ISSUED',
  AVAILABLE = 'AVAILABLE',
  LOCKED = 'LOCKED',
  REDEEMED = 'REDEEMED',
  EXPIRED = 'EXPIRED',
  VOIDED = 'VOIDED',
  TRANSFERRING = 'TRANSFERRING',
}
registerEnumType(CouponStatusEnum, {
  name: 'CouponStatus',
  description: 'ISSUED is not valid yet; LOCKED is set aside for a checkout.',
});

export enum CouponTypeEnum {
  CASH = 'CASH',
  PERCENT = 'PERCENT',
  GIFT = 'GIFT',
  EXCHANGE = 'EXCHANGE',
  PARKING = 'PARKING',
  SERVICE = 'SERVICE',
  TICKET = 'TICKET',
  PURCHASE_RIGHT = 'PURCHASE_RIGHT',
  LOTTERY_CHANCE = 'LOTTERY_CHANCE',
  BUNDLE = 'BUNDLE',
}
registerEnumType(CouponTypeEnum, { name: 'CouponType', description: 'CASH takes a sum off, PERCENT a part.' });

@ObjectType({ description: 'What a coupon is worth and where. A coupon keeps the version that it was issued with.' })
export class CouponTemplate {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  code: string;

  @Field(() => PointsAmountScalar, { description: 'Rises with each publication, from 1.' })
  version: bigint;

  @Field(() => CouponTypeEnum)
  type: CouponTypeEnum;

  @Field(() => String, { description: "In the caller's language." })
  name: string;

  @Field(() => String, { description: "In the caller's language." })
  description: string;

  @Field(() => MoneyType, { nullable: true, description: 'What a CASH coupon takes off.' })
  faceValue: MoneyType | null;

  @Field(() => Int, { nullable: true, description: 'What a PERCENT coupon takes off, in basis points.' })
  percentOffBps: number | null;

  @Field(() => MoneyType, { nullable: true, description: 'The most that a PERCENT coupon takes off.' })
  maxOff: MoneyType | null;

  @Field(() => MoneyType, { description: 'The least amount that it can be used on; 0 for any.' })
  threshold: MoneyType;
}

@ObjectType('Coupon', { description: 'A coupon in the hands of a member.' })
export class CouponObject {
  memberId: string;
  templateId: string;
  templateVersion: bigint;

  @Field(() => ID)
  id: string;

  @Field(() => CouponStatusEnum)
  status: CouponStatusEnum;

  @Field(() => DateTimeScalar)
  validFrom: Date;

  @Field(() => DateTimeScalar, { description: 'First instant at which it can no longer be used.' })
  validUntil: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  redeemedAt: Date | null;

  @Field(() => Purchase, { nullable: true, description: 'The sale that it paid a part of.' })
  purchase: Purchase | null;
}

export const { Connection: CouponConnection } = connectionTypes('Coupon', () => CouponObject);

@ObjectType({ description: 'A template as one caller sees it now.' })
export class CouponOffer {
  @Field(() => CouponTemplate)
  template: CouponTemplate;

  @Field(() => Int, { nullable: true, description: 'Null for no limit.' })
  stockLeft: number | null;

  @Field(() => Boolean)
  claimable: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Why it cannot be claimed: MEMBERS_ONLY, NOT_ELIGIBLE, CLAIM_LIMIT_REACHED or SOLD_OUT.',
  })
  reason: string | null;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'Its price in points; null when it is free.' })
  pricePoints: bigint | null;
}

export const { Connection: CouponOfferConnection } = connectionTypes('CouponOffer', () => CouponOffer);

export function toTemplate(template: TemplateVersion, locale: Locale): CouponTemplate {
  const money = (amount: bigint | null) => (amount === null ? null : toMoneyType(amount, template.currency));
  return make(CouponTemplate, {
    id: template.id,
    code: template.code,
    version: template.version,
    type: CouponTypeEnum[template.type],
    name: localised(template.names, locale),
    description: localised(template.descriptions, locale),
    faceValue: money(template.faceMinor),
    percentOffBps: template.percentOffBps,
    maxOff: money(template.maxOffMinor),
    threshold: toMoneyType(template.thresholdMinor, template.currency),
  });
}

export const toCoupon = (coupon: Coupon, now: Date): CouponObject =>
  make(CouponObject, {
    memberId: coupon.memberId,
    templateId: coupon.templateId,
    templateVersion: coupon.templateVersion,
    id: coupon.id,
    status: CouponStatusEnum[statusAt(coupon, now)],
    validFrom: coupon.validFrom,
    validUntil: coupon.validUntil,
    redeemedAt: coupon.redeemedAt,
    purchase: coupon.purchaseId ? make(Purchase, { id: coupon.purchaseId }) : null,
  });

export const toOffer = (offer: Offer, locale: Locale): CouponOffer =>
  make(CouponOffer, {
    template: toTemplate(offer.template, locale),
    stockLeft: offer.stockLeft === null ? null : Number(offer.stockLeft),
    claimable: offer.reason === null,
    reason: offer.reason,
    pricePoints: null,
  });
