import {
  connectionTypes,
  DateTimeScalar,
  type Locale,
  make,
  MoneyType,
  PointsAmountScalar,
  toMoneyType,
} from '@atrium/platform';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { priceId } from '../domain/gift';
import type { Gift as GiftView } from '../use-cases/gifts.query';

export enum GiftKindEnum {
  GOODS = 'GOODS',
  SERVICE = 'SERVICE',
  VOUCHER = 'VOUCHER',
}
registerEnumType(GiftKindEnum, { name: 'GiftKind', description: 'What a gift is.' });

export enum GiftStatusEnum {
  DRAFT = 'DRAFT',
  PUBLISHED = 'PUBLISHED',
  WITHDRAWN = 'WITHDRAWN',
}
registerEnumType(GiftStatusEnum, { name: 'GiftStatus', description: 'Members see what is PUBLISHED.' });

export enum GiftDeliveryEnum {
  PICK_UP = 'PICK_UP',
  SHIP = 'SHIP',
  DIGITAL = 'DIGITAL',
}
registerEnumType(GiftDeliveryEnum, { name: 'GiftDelivery', description: 'How a gift reaches the member.' });

export enum GiftRefusalEnum {
  NOT_ON_SALE = 'NOT_ON_SALE',
  TIER = 'TIER',
  LIMIT_REACHED = 'LIMIT_REACHED',
  SOLD_OUT = 'SOLD_OUT',
  SOLD_OUT_TODAY = 'SOLD_OUT_TODAY',
  ACCOUNT_FROZEN = 'ACCOUNT_FROZEN',
  IN_DEBT = 'IN_DEBT',
  INSUFFICIENT_POINTS = 'INSUFFICIENT_POINTS',
  NO_PROGRAMME = 'NO_PROGRAMME',
  NOT_A_MEMBER = 'NOT_A_MEMBER',
}
registerEnumType(GiftRefusalEnum, {
  name: 'GiftRefusalReason',
  description: 'Why a gift is not for this caller, or not now.',
});

export enum GiftSortEnum {
  NEWEST = 'NEWEST',
  POINTS_ASC = 'POINTS_ASC',
  POINTS_DESC = 'POINTS_DESC',
}
registerEnumType(GiftSortEnum, {
  name: 'GiftSort',
  description: 'By the lowest price in points, or the newest first.',
});

@ObjectType('Mall')
@Directive('@key(fields: "id", resolvable: false)')
export class MallReference {
  @Field(() => ID, { description: 'Never changes.' })
  id: string;
}

@ObjectType('Store')
@Directive('@key(fields: "id", resolvable: false)')
export class StoreReference {
  @Field(() => ID, { description: 'Never changes.' })
  id: string;
}

@ObjectType({ description: 'What a gift says in one language.' })
export class GiftText {
  @Field(() => String, { description: 'zh-CN or en.' })
  locale: string;

  @Field(() => String, { description: 'As members read it.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'What one gets, and how.' })
  description: string | null;
}

@ObjectType({ description: 'A picture of a gift.' })
export class GiftImage {
  @Field(() => String, { description: 'https.' })
  url: string;

  @Field(() => String, { description: 'What is to be seen, for who cannot see it.' })
  alt: string;
}

@ObjectType({ description: 'One of the prices of a gift: points, or points and money.' })
export class GiftPrice {
  @Field(() => String, { description: 'What an order names. Another price has another id.' })
  id: string;

  @Field(() => PointsAmountScalar, { description: 'For one piece.' })
  points: bigint;

  @Field(() => MoneyType, { nullable: true, description: 'To be paid besides, for one piece.' })
  cash: MoneyType | null;
}

@ObjectType({ description: 'Whether the signed-in member can have one piece at the lowest price, and if not, why.' })
export class GiftRedeemability {
  @Field(() => Boolean, { description: 'At this moment.' })
  redeemable: boolean;

  @Field(() => GiftRefusalEnum, { nullable: true, description: 'Null when it can be had.' })
  reason: GiftRefusalEnum | null;

  @Field(() => String, { nullable: true, description: "The reason in the caller's language." })
  message: string | null;
}

@ObjectType({ description: 'Somebody changed a gift or its stock.' })
export class GiftChange {
  @Field(() => ID, { description: 'Never reused.' })
  id: string;

  @Field(() => String, { description: 'CREATED, CHANGED, STATUS or STOCK.' })
  kind: string;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'Pieces put in (or taken out, negative).' })
  delta: bigint | null;

  @Field(() => String, { description: 'Who.' })
  actor: string;

  @Field(() => String, { nullable: true, description: 'Why, in their words.' })
  reason: string | null;

  @Field(() => DateTimeScalar, { description: 'When.' })
  changedAt: Date;
}

@ObjectType({ description: 'Something that members get for points: goods, a service, a voucher.' })
export class Gift {
  /** The whole of it, for the fields that are worked out when asked for. */
  view: GiftView;

  @Field(() => ID, { description: 'Follows from the group and the code.' })
  id: string;

  @Field(() => String, { description: "The staff's own name for it." })
  code: string;

  @Field(() => GiftKindEnum, { description: 'What it is.' })
  kind: GiftKindEnum;

  @Field(() => String, { description: "In the caller's language, or the first there is." })
  name: string;

  @Field(() => String, { nullable: true, description: "In the caller's language, or the first there is." })
  description: string | null;

  @Field(() => [GiftText], { description: 'In every language.' })
  texts: GiftText[];

  @Field(() => [GiftImage], { description: 'The first is the cover.' })
  images: GiftImage[];

  @Field(() => String, { description: 'One of a handful.' })
  category: string;

  @Field(() => [String], { description: 'Any number.' })
  tags: string[];

  @Field(() => ID, { description: 'Who provides it: the group, a mall, a merchant or a store.' })
  nodeId: string;

  @Field(() => MallReference, { nullable: true, description: 'Where it is from; null when it is the whole group’s.' })
  mall: MallReference | null;

  @Field(() => [String], { description: 'Codes of the tiers it is for; empty: all.' })
  tiers: string[];

  @Field(() => [GiftPrice], { description: 'To choose from.' })
  prices: GiftPrice[];

  @Field(() => [GiftDeliveryEnum], { description: 'To choose from.' })
  deliveries: GiftDeliveryEnum[];

  @Field(() => PointsAmountScalar, { nullable: true, description: 'Pieces that are left; null: no end.' })
  stockLeft: bigint | null;

  @Field(() => Int, { nullable: true, description: 'Pieces that are given on one day; null: no limit.' })
  stockPerDay: number | null;

  @Field(() => Int, { nullable: true, description: 'Pieces that one member may have; null: no limit.' })
  limitPerMember: number | null;

  @Field(() => DateTimeScalar, { description: 'First instant at which it can be ordered.' })
  saleFrom: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'First instant at which it no longer can; null: no end.',
  })
  saleUntil: Date | null;

  @Field(() => Int, { description: 'Days after the hand-over in which it is taken back; 0: not at all.' })
  returnDays: number;

  @Field(() => GiftStatusEnum, { description: 'Members see what is PUBLISHED.' })
  status: GiftStatusEnum;

  @Field(() => Int, { description: 'Rises with each change.' })
  version: number;
}

export const toGift = (view: GiftView, locale: Locale): Gift => {
  const text = view.texts.find((each) => each.locale === locale) ?? view.texts[0];
  return make(Gift, {
    view,
    id: view.id,
    code: view.code,
    kind: GiftKindEnum[view.kind],
    name: text?.name ?? view.code,
    description: text?.description ?? null,
    texts: view.texts.map((each) => make(GiftText, each)),
    images: view.images.map((each) => make(GiftImage, each)),
    category: view.category,
    tags: [...view.tags],
    nodeId: view.nodeId,
    mall: view.path[1] === undefined ? null : make(MallReference, { id: view.path[1] }),
    tiers: [...view.tiers],
    prices: view.prices.map((price) =>
      make(GiftPrice, {
        id: priceId(price),
        points: price.points,
        cash: price.currency === null ? null : toMoneyType(price.cashMinor, price.currency),
      }),
    ),
    deliveries: view.deliveries.map((each) => GiftDeliveryEnum[each]),
    stockLeft: view.stockLeft,
    stockPerDay: view.stockPerDay,
    limitPerMember: view.limitPerMember,
    saleFrom: view.saleFrom,
    saleUntil: view.saleUntil,
    returnDays: view.returnDays,
    status: GiftStatusEnum[view.status],
    version: Number(view.version),
  });
};

@ObjectType({ description: 'How many gifts a choice would leave.' })
export class GiftFacet {
  @Field(() => String, { description: 'The category or tag.' })
  value: string;

  @Field(() => Int, { description: 'With everything else that was asked for.' })
  count: number;
}

@ObjectType({ description: 'Gifts whose lowest price in points lies in a band.' })
export class GiftPriceBand {
  @Field(() => PointsAmountScalar, { description: 'First price in the band.' })
  from: bigint;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'First price above the band; null: no end.' })
  until: bigint | null;

  @Field(() => Int, { description: 'With everything else that was asked for.' })
  count: number;
}

@ObjectType({
  description: 'What the search could be narrowed to. A facet ignores its own condition; at most 20 of each.',
})
export class GiftFacets {
  @Field(() => Int, { description: 'Gifts that fit everything.' })
  total: number;

  @Field(() => [GiftFacet], { description: 'Most frequent first.' })
  categories: GiftFacet[];

  @Field(() => [GiftFacet], { description: 'Most frequent first.' })
  tags: GiftFacet[];

  @Field(() => [GiftPriceBand], { description: 'Cheapest first; bands without gifts are left out.' })
  priceBands: GiftPriceBand[];
}

const { Connection: Base } = connectionTypes('Gift', () => Gift);
export const GiftConnectionType = Base;
