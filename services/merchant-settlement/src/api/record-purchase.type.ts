import {
  BasketLineInput,
  DateTimeScalar,
  InvalidInputError,
  MemberIdentifierInput,
  MoneyInput,
  NotFoundError,
  UserError,
} from '@atrium/platform';
import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { PurchaseType } from './purchase.type';

@InputType({
  description:
    'Exactly one of the two. An identifier that names nobody leaves the sale unmatched, to be claimed later.',
})
export class PurchaseMemberInput {
  @Field(() => ID, { nullable: true })
  memberId?: string | null;

  @Field(() => MemberIdentifierInput, { nullable: true })
  identifier?: MemberIdentifierInput | null;
}

@InputType({ description: 'A part of what was paid in money.' })
export class PaymentInput {
  @Field(() => String, {
    description: 'How it was paid, as the source names it (CARD, WECHAT, CASH, …); at most 64 characters.',
  })
  method: string;

  @Field(() => MoneyInput)
  amount: MoneyInput;
}

@InputType({ description: 'A sale, as the one who took the money states it.' })
export class RecordPurchaseInput {
  @Field(() => String, {
    description: "Who states it: a till, a payment channel, an import. With externalId, the sale's identity for ever.",
  })
  sourceSystem: string;

  @Field(() => String)
  externalId: string;

  @Field(() => ID)
  storeId: string;

  @Field(() => DateTimeScalar)
  occurredAt: Date;

  @Field(() => PurchaseMemberInput, { nullable: true, description: 'Absent for an anonymous sale.' })
  member?: PurchaseMemberInput | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The reserved basket that was paid: its lines, discounts, coupons and points count.',
  })
  checkoutId?: string | null;

  @Field(() => [BasketLineInput])
  lines: BasketLineInput[];

  @Field(() => MoneyInput, {
    nullable: true,
    description:
      'What the till took in money. Absent = what lines and checkout add up to; a sum that does not add up is InvalidInputError.',
  })
  paid?: MoneyInput | null;

  @Field(() => String, {
    nullable: true,
    description: 'How the sale was made, as the source names it (POS, MINI_PROGRAM, …); at most 64 characters.',
  })
  channel?: string | null;

  @Field(() => [PaymentInput], {
    nullable: true,
    description: 'How it was paid; sums to what was paid in money. Absent when the till does not say.',
  })
  payments?: PaymentInput[] | null;
}

@InputType({ description: 'Up to 500 sales.' })
export class RecordPurchasesInput {
  @Field(() => [RecordPurchaseInput])
  purchases: RecordPurchaseInput[];
}

@ObjectType({
  description: "`duplicate` is true when the same sale had been recorded before: the answer is the first one's.",
})
export class RecordPurchaseSuccess {
  @Field(() => PurchaseType)
  purchase: PurchaseType;

  @Field(() => Boolean)
  duplicate: boolean;
}

@ObjectType({
  implements: UserError,
  description: 'The same (sourceSystem, externalId) was recorded with other content.',
})
export class PurchaseConflictError extends UserError {
  @Field(() => PurchaseType)
  purchase: PurchaseType;
}

export const RecordPurchaseResult = createUnionType({
  name: 'RecordPurchaseResult',
  types: () => [RecordPurchaseSuccess, PurchaseConflictError, InvalidInputError, NotFoundError] as const,
});
