import {
  connectionTypes,
  DateScalar,
  DateTimeScalar,
  DecimalScalar,
  MoneyType,
  PointsAmountScalar,
} from '@atrium/platform';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';

export enum PurchaseStatus {
  RECORDED = 'RECORDED',
  PARTIALLY_REFUNDED = 'PARTIALLY_REFUNDED',
  REFUNDED = 'REFUNDED',
}
registerEnumType(PurchaseStatus, { name: 'PurchaseStatus', description: 'How much of a sale was given back.' });

@ObjectType('PurchaseLine', {
  description: 'A line of a sale. `discount` is everything that was taken off, points apart.',
})
export class PurchaseLineType {
  @Field(() => Int)
  lineNo: number;

  @Field(() => String)
  sku: string;

  @Field(() => String)
  category: string;

  @Field(() => DecimalScalar)
  quantity: string;

  @Field(() => MoneyType)
  gross: MoneyType;

  @Field(() => MoneyType)
  discount: MoneyType;

  @Field(() => MoneyType, { description: 'What was paid in money.' })
  paid: MoneyType;

  @Field(() => MoneyType, { description: 'What was given back, in money and in points.' })
  refunded: MoneyType;
}

@ObjectType('Purchase', {
  description:
    'A sale that happened at a till. Each subgraph adds what it did about it; a part is null until that subgraph has applied the sale.',
})
@Directive('@key(fields: "id")')
export class PurchaseType {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  sourceSystem: string;

  @Field(() => String)
  externalId: string;

  @Field(() => DateTimeScalar)
  occurredAt: Date;

  @Field(() => DateScalar, { description: "The mall's business day: local date with the mall's day cut." })
  businessDate: string;

  @Field(() => PurchaseStatus)
  status: PurchaseStatus;

  @Field(() => MoneyType, { description: 'What the till took in money.' })
  paid: MoneyType;

  @Field(() => MoneyType, { description: 'What was given back in money.' })
  refunded: MoneyType;

  storeId: string;
  merchantId: string;
  memberId: string | null;
  currency: string;
  /** Group, mall, merchant and store: what guards look at. */
  path: string[];
}

export const PurchaseConnection = connectionTypes('Purchase', () => PurchaseType).Connection;

@ObjectType('Refund', { description: 'A part or the whole of a sale that was given back.' })
export class RefundType {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  externalId: string;

  @Field(() => DateTimeScalar)
  occurredAt: Date;

  @Field(() => MoneyType, { description: 'The value that was given back, in money and points together.' })
  amount: MoneyType;

  @Field(() => MoneyType, { description: 'To give back in money, what is kept for points taken off.' })
  cash: MoneyType;

  @Field(() => MoneyType, { description: 'Kept from the cash for points of the sale that were spent already.' })
  pointsDeduction: MoneyType;

  @Field(() => PointsAmountScalar, { description: 'To give back in points.' })
  points: bigint;
}
