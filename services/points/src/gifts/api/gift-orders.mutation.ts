import {
  fromMoneyInput,
  IdempotencyConflictError,
  type IdempotencyRefusal,
  InProgressError,
  InvalidInputError,
  make,
  MoneyInput,
  NotFoundError,
  type Permission,
  requireMember,
  requirePermission,
  requireTenant,
} from '@atrium/platform';
import type { Result } from '@atrium/kernel';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import type { AdvanceRefusal } from '../use-cases/advance-order';
import type { UndoRefusal } from '../use-cases/undo-order';
import { GiftOrder, toGiftOrder } from './gift-order.type';
import { invalid, refusalOf } from './refuse-order';
import { GiftOrderStateError, GiftReturnOverError, PickUpCodeWrongError } from './texts';

@InputType({ description: 'An order, and the submission.' })
export class GiftOrderInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Which.' })
  orderId: string;
}

@InputType({ description: 'The part in cash was taken.' })
export class ConfirmGiftPaymentInput extends GiftOrderInput {
  @Field(() => MoneyInput, { description: 'All of what is to be paid.' })
  amount: MoneyInput;

  @Field(() => String, { description: "The payment's number where it was taken; the same again changes nothing." })
  paymentRef: string;
}

@InputType({ description: 'The gift is on its way.' })
export class ShipGiftOrderInput extends GiftOrderInput {
  @Field(() => String, { description: "The carrier's number." })
  trackingRef: string;
}

@InputType({ description: 'The gift is handed over.' })
export class FulfilGiftOrderInput extends GiftOrderInput {
  @Field(() => String, { nullable: true, description: 'For a pick-up: the code that the member shows.' })
  pickUpCode?: string | null;
}

@ObjectType({ description: 'Done.' })
export class GiftOrderSuccess {
  @Field(() => GiftOrder, { description: 'As it is now.' })
  order: GiftOrder;
}

@ObjectType({ description: 'The code that hands the gift over, good for one time. The one shown before ends.' })
export class ShowGiftCodeSuccess {
  @Field(() => GiftOrder, { description: 'The order it is for.' })
  order: GiftOrder;

  @Field(() => String, { description: 'To be shown to the staff, nobody else.' })
  code: string;
}

const GiftOrderResult = createUnionType({
  name: 'GiftOrderResult',
  description: 'The order, or why nothing was changed.',
  types: () =>
    [
      GiftOrderSuccess,
      GiftOrderStateError,
      GiftReturnOverError,
      PickUpCodeWrongError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});
type Answer = typeof GiftOrderResult;

const ShowGiftCodeResult = createUnionType({
  name: 'ShowGiftCodeResult',
  description: 'The code, or why there is none.',
  types: () =>
    [ShowGiftCodeSuccess, GiftOrderStateError, NotFoundError, IdempotencyConflictError, InProgressError] as const,
});

@Resolver()
export class GiftOrderMutations {
  @Mutation(() => GiftOrderResult, {
    description:
      'A till or a service took the part in cash: the points that were held are spent. Too late is told, and the cash is given back there.',
  })
  async confirmGiftPayment(
    @Arg('input', () => ConfirmGiftPaymentInput) input: ConfirmGiftPaymentInput,
    @Ctx() context: PointsContext,
  ): Promise<Answer> {
    const { app, caller, locale } = context;
    const money = fromMoneyInput(input.amount);
    if (!money.ok) return invalid(['amount', 'amount'], 'MONEY', locale);
    const { amountMinor, currency } = money.value;
    const payment = { paymentRef: input.paymentRef, amountMinor, currency };
    return serve(context, 'gift:pay', input, (command) => app.confirmGiftPayment(caller, { ...command, ...payment }));
  }

  @Mutation(() => GiftOrderResult, { description: 'The gift lies ready for the pick-up.' })
  readyGiftOrder(
    @Arg('input', () => GiftOrderInput) input: GiftOrderInput,
    @Ctx() context: PointsContext,
  ): Promise<Answer> {
    return serve(context, 'gift:fulfil', input, (command) => context.app.readyGiftOrder(context.caller, command));
  }

  @Mutation(() => GiftOrderResult, { description: 'The gift is on its way.' })
  shipGiftOrder(
    @Arg('input', () => ShipGiftOrderInput) input: ShipGiftOrderInput,
    @Ctx() context: PointsContext,
  ): Promise<Answer> {
    const { trackingRef } = input;
    return serve(context, 'gift:fulfil', input, (command) =>
      context.app.shipGiftOrder(context.caller, { ...command, trackingRef }),
    );
  }

  @Mutation(() => GiftOrderResult, { description: 'The gift was handed over, has arrived, or was sent digitally.' })
  fulfilGiftOrder(
    @Arg('input', () => FulfilGiftOrderInput) input: FulfilGiftOrderInput,
    @Ctx() context: PointsContext,
  ): Promise<Answer> {
    const pickUpCode = input.pickUpCode ?? null;
    return serve(context, 'gift:fulfil', input, (command) =>
      context.app.fulfilGiftOrder(context.caller, { ...command, pickUpCode }),
    );
  }

  @Mutation(() => GiftOrderResult, { description: 'Staff take a gift back in its time: points and pieces go back.' })
  returnGift(
    @Arg('input', () => GiftOrderInput) input: GiftOrderInput,
    @Ctx() context: PointsContext,
  ): Promise<Answer> {
    return serve(context, 'gift:fulfil', input, (command) => context.app.returnGift(context.caller, command));
  }

  @Mutation(() => GiftOrderResult, {
    description:
      'The member cancels until it is made ready or shipped, staff until it is handed over: points and pieces go back.',
  })
  async cancelGiftOrder(
    @Arg('input', () => GiftOrderInput) input: GiftOrderInput,
    @Ctx() context: PointsContext,
  ): Promise<Answer> {
    const { app, caller } = context;
    if (caller.kind !== 'MEMBER') {
      return serve(context, 'gift:fulfil', input, (command) =>
        app.cancelGiftOrder(caller, { ...command, memberId: null }),
      );
    }
    const memberId = requireMember(caller);
    const { idempotencyKey: key, orderId } = input;
    return answer(context, await app.cancelGiftOrder(caller, { key, actor: caller.id, orderId, memberId }));
  }

  @Mutation(() => ShowGiftCodeResult, { description: 'The signed-in member asks for the code of a pick-up.' })
  async showGiftCode(
    @Arg('input', () => GiftOrderInput) { idempotencyKey: key, orderId }: GiftOrderInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof ShowGiftCodeResult> {
    const memberId = requireMember(caller);
    const result = await app.showGiftCode(caller, { key, actor: caller.id, orderId, memberId });
    if (!result.ok) return refusalOf(result.error, locale) as typeof ShowGiftCodeResult;
    const order = await app.giftOrder(caller, result.value.id);
    if (!order) throw new Error('the order of a code is there');
    return make(ShowGiftCodeSuccess, { order: toGiftOrder(order), code: result.value.code });
  }
}

type Outcome = Result<{ id: string }, AdvanceRefusal | UndoRefusal | IdempotencyRefusal>;

/** Where an order is looked after never changes: who may serve there may run the verb. */
async function serve(
  context: PointsContext,
  permission: Permission,
  { idempotencyKey: key, orderId }: GiftOrderInput,
  verb: (command: { key: string; actor: string; orderId: string }) => Promise<Outcome>,
): Promise<Answer> {
  const { app, caller, locale } = context;
  requireTenant(caller);
  const order = await app.giftOrder(caller, orderId);
  if (!order) return refusalOf({ code: 'NOT_FOUND' }, locale) as Answer;
  requirePermission(caller, permission, order.path);
  return answer(context, await verb({ key, actor: caller.id, orderId: order.id }));
}

async function answer({ app, caller, locale }: PointsContext, result: Outcome): Promise<Answer> {
  if (!result.ok) return refusalOf(result.error, locale) as Answer;
  const order = await app.giftOrder(caller, result.value.id);
  if (!order) throw new Error('the order of a verb is there');
  return make(GiftOrderSuccess, { order: toGiftOrder(order) });
}
