import {
  IdempotencyConflictError,
  InProgressError,
  InsufficientPointsError,
  InvalidInputError,
  make,
  NotEligibleError,
  NotFoundError,
  requireMember,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount } from '../../ledger/api/points-account.type';
import { GiftOrder, toGiftOrder } from './gift-order.type';
import { GiftDeliveryEnum } from './gift.type';
import { refusalOf } from './refuse-order';
import { GiftLimitReachedError, GiftNotRedeemableError } from './texts';

@InputType({ description: 'What a member wants from the points mall.' })
export class OrderGiftInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Which gift.' })
  giftId: string;

  @Field(() => String, { description: "The id of one of the gift's prices." })
  price: string;

  @Field(() => Int, { defaultValue: 1, description: 'Pieces, at most 99.' })
  quantity: number;

  @Field(() => GiftDeliveryEnum, { description: "One of the gift's." })
  delivery: GiftDeliveryEnum;

  @Field(() => ID, { nullable: true, description: 'For PICK_UP: a store of who provides the gift.' })
  storeId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'For SHIP: a reference to the address, never the address itself.',
  })
  addressRef?: string | null;
}

@ObjectType({ description: 'The order is made; with a part in cash its points are held until that is paid.' })
export class OrderGiftSuccess {
  @Field(() => GiftOrder, { description: 'The order.' })
  order: GiftOrder;

  @Field(() => PointsAccount, { description: 'The balances now.' })
  account: PointsAccount;
}

const OrderGiftResult = createUnionType({
  name: 'OrderGiftResult',
  description: 'The order, or why there is none.',
  types: () =>
    [
      OrderGiftSuccess,
      GiftNotRedeemableError,
      GiftLimitReachedError,
      InsufficientPointsError,
      NotEligibleError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class OrderGiftMutation {
  @Mutation(() => OrderGiftResult, {
    description: 'The signed-in member orders a gift for points, or points and cash.',
  })
  async orderGift(
    @Arg('input', () => OrderGiftInput) input: OrderGiftInput,
    @Ctx() { app, caller, load, locale }: PointsContext,
  ): Promise<typeof OrderGiftResult> {
    const memberId = requireMember(caller);
    const { idempotencyKey: key, giftId, price: priceId, quantity, delivery } = input;
    const place = { storeId: input.storeId?.toLowerCase() ?? null, addressRef: input.addressRef ?? null };
    const wish = { giftId, priceId, quantity, delivery, ...place };
    const result = await app.orderGift(caller, { key, actor: caller.id, memberId, ...wish });
    if (!result.ok) return refusalOf(result.error, locale) as typeof OrderGiftResult;
    const order = await app.giftOrder(caller, result.value.id);
    if (!order) throw new Error('an order that was made is there');
    return make(OrderGiftSuccess, {
      order: toGiftOrder(order),
      account: make(PointsAccount, await load.account.clear(memberId).load(memberId)),
    });
  }
}
