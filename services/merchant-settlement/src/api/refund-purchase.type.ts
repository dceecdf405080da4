import { DateTimeScalar, InvalidInputError, MoneyInput, MoneyType, UserError } from '@atrium/platform';
import { createUnionType, Field, InputType, Int, ObjectType } from 'type-graphql';
import { PurchaseType, RefundType } from './purchase.type';
import { PurchaseConflictError } from './record-purchase.type';

@InputType({ description: 'What is given back of a line: its value, the part that was paid with points included.' })
export class RefundLineInput {
  @Field(() => Int)
  lineNo: number;

  @Field(() => MoneyInput)
  amount: MoneyInput;
}

@InputType({ description: 'A refund, identified for ever by (sourceSystem, externalId).' })
export class RefundPurchaseInput {
  @Field(() => String)
  sourceSystem: string;

  @Field(() => String)
  externalId: string;

  @Field(() => String, { description: "The sale's own number." })
  purchaseExternalId: string;

  @Field(() => DateTimeScalar)
  occurredAt: Date;

  @Field(() => [RefundLineInput], { nullable: true, description: 'Absent = everything that is left.' })
  lines?: RefundLineInput[] | null;

  @Field(() => MoneyInput, {
    nullable: true,
    description:
      'Kept from the cash for points of the sale that were spent already, as `quoteRefund` says; at most the cash part of this refund.',
  })
  pointsDeduction?: MoneyInput | null;
}

@ObjectType({ description: 'The refund was applied, now or before.' })
export class RefundPurchaseSuccess {
  @Field(() => PurchaseType)
  purchase: PurchaseType;

  @Field(() => RefundType)
  refund: RefundType;

  @Field(() => Boolean)
  duplicate: boolean;
}

@ObjectType({
  implements: UserError,
  description: 'More than what is left of the sale, or of the lines that were named.',
})
export class RefundExceedsPurchaseError extends UserError {
  @Field(() => MoneyType)
  left: MoneyType;
}

@ObjectType({
  description:
    'Accepted: the sale is not known yet; the refund waits for it and is applied when it arrives, or goes to the exception queue at `until`.',
})
export class RefundParked {
  @Field(() => String)
  externalId: string;

  @Field(() => DateTimeScalar)
  until: Date;
}

export const RefundPurchaseResult = createUnionType({
  name: 'RefundPurchaseResult',
  types: () =>
    [
      RefundPurchaseSuccess,
      RefundParked,
      RefundExceedsPurchaseError,
      PurchaseConflictError,
      InvalidInputError,
    ] as const,
});
