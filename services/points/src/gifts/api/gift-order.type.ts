import { connectionTypes, DateTimeScalar, make, MoneyType, PointsAmountScalar, toMoneyType } from '@atrium/platform';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Member } from '../../ledger/api/member.reference';
import type { Order } from '../use-cases/orders.query';
import { GiftDeliveryEnum, StoreReference } from './gift.type';

export enum GiftOrderStatusEnum {
  AWAITING_PAYMENT = 'AWAITING_PAYMENT',
  PLACED = 'PLACED',
  READY = 'READY',
  SHIPPED = 'SHIPPED',
  FULFILLED = 'FULFILLED',
  CANCELLED = 'CANCELLED',
  RETURNED = 'RETURNED',
  EXPIRED = 'EXPIRED',
}
registerEnumType(GiftOrderStatusEnum, {
  name: 'GiftOrderStatus',
  description:
    'AWAITING_PAYMENT -> PLACED -> READY or SHIPPED -> FULFILLED; CANCELLED, RETURNED and EXPIRED give points and pieces back.',
});

@ObjectType({ description: 'What a member ordered in the points mall.' })
export class GiftOrder {
  giftId: string;
  path: readonly string[];

  @Field(() => ID, { description: 'Never reused.' })
  id: string;

  @Field(() => Member, { description: 'Who ordered.' })
  member: Member;

  @Field(() => GiftOrderStatusEnum, { description: 'Now.' })
  status: GiftOrderStatusEnum;

  @Field(() => String, { description: 'The price it was ordered at.' })
  priceId: string;

  @Field(() => Int, { description: 'Pieces.' })
  quantity: number;

  @Field(() => PointsAmountScalar, { description: 'For all pieces.' })
  points: bigint;

  @Field(() => MoneyType, { nullable: true, description: 'To be paid besides, for all pieces.' })
  cash: MoneyType | null;

  @Field(() => GiftDeliveryEnum, { description: 'How it reaches the member.' })
  delivery: GiftDeliveryEnum;

  @Field(() => StoreReference, { nullable: true, description: 'Where it is picked up.' })
  store: StoreReference | null;

  @Field(() => String, {
    nullable: true,
    description: 'A reference to the address it is sent to, which is kept elsewhere.',
  })
  addressRef: string | null;

  @Field(() => String, { nullable: true, description: "The carrier's number." })
  trackingRef: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was ordered.' })
  placedAt: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'First instant at which the part in cash comes too late.',
  })
  payUntil: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was handed over.' })
  fulfilledAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant at which it is no longer taken back.' })
  returnUntil: Date | null;
}

export const toGiftOrder = (order: Order): GiftOrder =>
  make(GiftOrder, {
    giftId: order.giftId,
    path: order.path,
    id: order.id,
    member: make(Member, { id: order.memberId }),
    status: GiftOrderStatusEnum[order.status],
    priceId: order.priceId,
    quantity: order.quantity,
    points: order.points,
    cash: order.currency === null ? null : toMoneyType(order.cashMinor, order.currency),
    delivery: GiftDeliveryEnum[order.delivery],
    store: order.storeId === null ? null : make(StoreReference, { id: order.storeId }),
    addressRef: order.addressRef,
    trackingRef: order.trackingRef,
    placedAt: order.placedAt,
    payUntil: order.payUntil,
    fulfilledAt: order.fulfilledAt,
    returnUntil: order.returnUntil,
  });

export const { Connection: GiftOrderConnection } = connectionTypes('GiftOrder', () => GiftOrder);
export type GiftOrderConnection = InstanceType<typeof GiftOrderConnection>;
