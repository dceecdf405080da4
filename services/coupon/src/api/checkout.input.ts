import { BasketLineInput, MoneyInput, PointsAmountScalar } from '@atrium/platform';
import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: "The till's basket." })
export class QuoteCheckoutInput {
  @Field(() => ID)
  storeId: string;

  @Field(() => ID)
  memberId: string;

  @Field(() => [BasketLineInput])
  lines: BasketLineInput[];

  @Field(() => [ID], {
    nullable: true,
    description: 'Coupons to use. Empty = none; absent = the best legal set.',
  })
  couponIds?: string[] | null;

  @Field(() => PointsAmountScalar, {
    nullable: true,
    description: 'Points the member wants to pay with. Cut to what rules and balance allow; the quote says why.',
  })
  points?: bigint | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "An earlier quote's `pointsRuleVersionId`: points then still pay what was shown, for as long as the programme locks prices.",
  })
  pointsRuleVersionId?: string | null;
}

@InputType()
export class ReserveCheckoutInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => QuoteCheckoutInput)
  basket: QuoteCheckoutInput;

  @Field(() => MoneyInput, { description: 'What the till showed the member; another sum now is refused.' })
  expectedToPay: MoneyInput;
}

@InputType()
export class CancelCheckoutInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => ID)
  checkoutId: string;
}
