import {
  connectionTypes,
  DateTimeScalar,
  make,
  MoneyInput,
  MoneyType,
  PointsAmountScalar,
  toMoneyType,
} from '@atrium/platform';
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { HoldRecord } from '../use-cases/holds.query';
import type { HoldView, RedemptionView } from '../use-cases/order-commands';

export enum PointsOrderKind {
  POS = 'POS',
  PARKING = 'PARKING',
  ONLINE = 'ONLINE',
}
registerEnumType(PointsOrderKind, {
  name: 'PointsOrderKind',
  description: 'Where an order comes from: a till, a car park, a shop on the net.',
});

export enum PointsHoldKind {
  CHECKOUT = 'CHECKOUT',
  POS = 'POS',
  PARKING = 'PARKING',
  ONLINE = 'ONLINE',
}
registerEnumType(PointsHoldKind, {
  name: 'PointsHoldKind',
  description: 'What points are held for: a basket that was reserved here, or an order that only its own system knows.',
});

export enum PointsHoldStatus {
  HELD = 'HELD',
  CAPTURED = 'CAPTURED',
  RELEASED = 'RELEASED',
  EXPIRED = 'EXPIRED',
}
registerEnumType(PointsHoldStatus, { name: 'PointsHoldStatus', description: 'What became of held points.' });

@InputType({ description: 'An order that points pay for. Its place, kind and number name it for ever.' })
export class PointsOrderInput {
  @Field(() => PointsOrderKind, { description: 'Where it comes from.' })
  kind: PointsOrderKind;

  @Field(() => ID, { description: 'The store; for parking and online orders it may be the merchant or the mall.' })
  nodeId: string;

  @Field(() => String, { description: "The order's own number there, at most 64 characters." })
  number: string;
}

@InputType({ description: 'What is left to pay of a part of an order.' })
export class PointsOrderLineInput {
  @Field(() => String, { description: 'Some categories cannot be paid with points.' })
  category: string;

  @Field(() => MoneyInput, { description: 'Before points, after everything else.' })
  toPay: MoneyInput;
}

@ObjectType({ description: 'Points that are set aside.' })
export class PointsHold {
  @Field(() => ID, { description: 'Never reused.' })
  id: string;

  @Field(() => PointsHoldKind, { description: 'What for.' })
  kind: PointsHoldKind;

  @Field(() => String, { nullable: true, description: "The order's own number; null for a checkout." })
  orderNumber: string | null;

  @Field(() => PointsAmountScalar, { description: 'How many.' })
  points: bigint;

  @Field(() => MoneyType, { nullable: true, description: 'What they pay; null when they pay no price in money.' })
  value: MoneyType | null;

  @Field(() => PointsHoldStatus, { description: 'As of now.' })
  status: PointsHoldStatus;

  @Field(() => PointsAmountScalar, { description: 'What was spent of them; the rest was given back.' })
  captured: bigint;

  @Field(() => DateTimeScalar, { description: 'From then on they count as given back.' })
  expiresAt: Date;

  @Field(() => Boolean, { description: 'True when its time was extended, which is possible once.' })
  extended: boolean;
}

export const { Connection: PointsHoldConnection } = connectionTypes('PointsHold', () => PointsHold);
export type PointsHoldConnection = InstanceType<typeof PointsHoldConnection>;

@ObjectType({ description: 'Points that were spent for an order.' })
export class PointsRedemption {
  @Field(() => ID, { description: 'Follows from the order.' })
  id: string;

  @Field(() => PointsOrderKind, { description: 'Where the order comes from.' })
  kind: PointsOrderKind;

  @Field(() => String, { description: "The order's own number." })
  orderNumber: string;

  @Field(() => PointsAmountScalar, { description: 'How many were spent.' })
  points: bigint;

  @Field(() => PointsAmountScalar, { description: 'How many came back.' })
  returned: bigint;

  @Field(() => MoneyType, { nullable: true, description: 'What they paid; null when they paid no price in money.' })
  value: MoneyType | null;

  @Field(() => MoneyType, { nullable: true, description: 'What of that came back in points.' })
  returnedValue: MoneyType | null;

  @Field(() => DateTimeScalar, { description: 'When they were spent.' })
  occurredAt: Date;
}

const money = (minor: bigint, currency: string | null): MoneyType | null =>
  currency === null ? null : toMoneyType(minor, currency);

export const toHold = (view: HoldView | HoldRecord): PointsHold =>
  make(PointsHold, {
    id: view.id,
    kind: PointsHoldKind[view.kind],
    orderNumber: view.orderRef,
    points: view.points,
    value: money(view.valueMinor, view.currency),
    status: PointsHoldStatus[view.status],
    captured: view.captured,
    expiresAt: view.expiresAt,
    extended: view.extended,
  });

export const toRedemption = (view: RedemptionView): PointsRedemption =>
  make(PointsRedemption, {
    id: view.id,
    kind: PointsOrderKind[view.kind as keyof typeof PointsOrderKind],
    orderNumber: view.orderRef,
    points: view.points,
    returned: view.returned,
    value: money(view.valueMinor, view.currency),
    returnedValue: money(view.returnedValueMinor, view.currency),
    occurredAt: view.occurredAt,
  });
