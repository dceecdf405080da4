import { DateTimeScalar, type Locale, make, MoneyType, PointsAmountScalar, toMoneyType } from '@atrium/platform';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { type Checkout, checkoutStatusAt } from '../use-cases/coupons.query';
import { Member } from './member.type';
import { Purchase } from './purchase.type';
import { Store } from './store.type';
import { cutText, labelText, localised } from './texts';

export enum CheckoutStepKind {
  TIER_DISCOUNT = 'TIER_DISCOUNT',
  COUPON = 'COUPON',
  POINTS = 'POINTS',
}
registerEnumType(CheckoutStepKind, { name: 'CheckoutStepKind', description: 'What took a part of the price off.' });

export enum CheckoutStatusEnum {
  RESERVED = 'RESERVED',
  COMMITTED = 'COMMITTED',
  CANCELLED = 'CANCELLED',
  EXPIRED = 'EXPIRED',
}
registerEnumType(CheckoutStatusEnum, { name: 'CheckoutStatus', description: 'COMMITTED: the sale was recorded.' });

@ObjectType({ description: 'One thing that was taken off.' })
export class CheckoutStep {
  memberId: string;
  couponId: string | null;

  @Field(() => CheckoutStepKind)
  kind: CheckoutStepKind;

  @Field(() => String, { description: "In the caller's language." })
  label: string;

  @Field(() => MoneyType)
  amount: MoneyType;
}

@ObjectType({ description: 'gross = discount + pointsValue + toPay.' })
export class CheckoutQuoteLine {
  @Field(() => Int)
  lineNo: number;

  @Field(() => MoneyType)
  gross: MoneyType;

  @Field(() => MoneyType, { description: "The shop's own reduction, the tier's discount and coupons together." })
  discount: MoneyType;

  @Field(() => MoneyType, { description: 'What points pay of this line.' })
  pointsValue: MoneyType;

  @Field(() => MoneyType)
  toPay: MoneyType;
}

@ObjectType({ description: 'gross = shopDiscount + the steps + toPay.' })
export class CheckoutQuote {
  @Field(() => MoneyType)
  gross: MoneyType;

  @Field(() => MoneyType, { description: "The shop's own reductions, before anything of the programme." })
  shopDiscount: MoneyType;

  @Field(() => MoneyType)
  toPay: MoneyType;

  @Field(() => [CheckoutStep], { description: 'In the order in which they were taken off.' })
  steps: CheckoutStep[];

  @Field(() => [CheckoutQuoteLine])
  lines: CheckoutQuoteLine[];

  @Field(() => PointsAmountScalar)
  pointsUsed: bigint;

  @Field(() => ID, {
    nullable: true,
    description: 'The version of the points programme that was quoted; send it with the reservation.',
  })
  pointsRuleVersionId: string | null;

  @Field(() => PointsAmountScalar)
  pointsToEarn: bigint;

  @Field(() => [String], { description: "What the customer should know, in the caller's language." })
  notices: string[];

  @Field(() => DateTimeScalar, { description: 'Prices hold until then if reserved.' })
  validUntil: Date;
}

@ObjectType('Checkout', { description: 'A basket that was priced and set aside until it is paid.' })
@Directive('@key(fields: "id")')
export class CheckoutObject {
  @Field(() => ID)
  id: string;

  @Field(() => CheckoutStatusEnum)
  status: CheckoutStatusEnum;

  @Field(() => Store)
  store: Store;

  @Field(() => Member)
  member: Member;

  @Field(() => CheckoutQuote)
  quote: CheckoutQuote;

  @Field(() => DateTimeScalar)
  reservedUntil: Date;

  @Field(() => Purchase, { nullable: true })
  purchase: Purchase | null;
}

export function toQuote(quote: Checkout['quote'], memberId: string, locale: Locale): CheckoutQuote {
  const money = (amountMinor: bigint) => toMoneyType(amountMinor, quote.currency);
  return make(CheckoutQuote, {
    gross: money(quote.grossMinor),
    shopDiscount: money(quote.shopDiscountMinor),
    toPay: money(quote.toPayMinor),
    steps: quote.steps.map(({ kind, amountMinor, couponId, names }) =>
      make(CheckoutStep, {
        memberId,
        couponId,
        kind: CheckoutStepKind[kind],
        label: [localised(names, locale), labelText(kind, locale)].filter(Boolean).join(' · '),
        amount: money(amountMinor),
      }),
    ),
    lines: quote.lines.map((line) =>
      make(CheckoutQuoteLine, {
        lineNo: line.lineNo,
        gross: money(line.grossMinor),
        discount: money(line.shopDiscountMinor + line.tierDiscountMinor + line.couponDiscountMinor),
        pointsValue: money(line.pointsValueMinor),
        toPay: money(line.toPayMinor),
      }),
    ),
    pointsUsed: quote.pointsUsed,
    // Baskets that were reserved long ago do not say it.
    pointsRuleVersionId: quote.pointsRuleVersionId ?? null,
    pointsToEarn: quote.pointsToEarn,
    notices: quote.cutReason === null ? [] : [cutText(quote.cutReason, locale)],
    validUntil: quote.validUntil,
  });
}

export function toCheckout(checkout: Checkout, locale: Locale, now: Date): CheckoutObject {
  const status = checkoutStatusAt(checkout.status, checkout.reservedUntil, now);
  if (status === 'RESERVING' || status === 'FAILED') throw new Error('a reservation under way is not shown');
  return make(CheckoutObject, {
    id: checkout.id,
    status: CheckoutStatusEnum[status],
    store: make(Store, { id: checkout.storeId }),
    member: make(Member, { id: checkout.memberId }),
    quote: toQuote(checkout.quote, checkout.memberId, locale),
    reservedUntil: checkout.reservedUntil,
    purchase: checkout.purchaseId ? make(Purchase, { id: checkout.purchaseId }) : null,
  });
}
