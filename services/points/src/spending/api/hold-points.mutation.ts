import {
  DateTimeScalar,
  IdempotencyConflictError,
  InProgressError,
  InsufficientPointsError,
  InvalidInputError,
  make,
  MoneyInput,
  NotFoundError,
  PointsAmountScalar,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount } from '../../ledger/api/points-account.type';
import {
  PointsAlreadyHeldError,
  PointsAlreadyRedeemedError,
  PointsFrozenError,
  PointsInDebtError,
  PointsNotAllowedError,
} from './errors.type';
import { orderFor, readSpend } from './order.input';
import { PointsHold, PointsOrderInput, PointsOrderLineInput, toHold } from './order.type';
import { refuseOrder, refuseSpending } from './refusals';

@InputType({ description: 'Points or their value, for an order. Exactly so many are set aside, or none.' })
export class HoldPointsInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Who pays.' })
  memberId: string;

  @Field(() => PointsOrderInput, { description: 'What for. An order can have one open hold.' })
  order: PointsOrderInput;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'How many; or `value`.' })
  points?: bigint | null;

  @Field(() => MoneyInput, { nullable: true, description: 'What they shall pay: the fewest points that are worth it.' })
  value?: MoneyInput | null;

  @Field(() => [PointsOrderLineInput], {
    nullable: true,
    description: 'What is to be paid. Absent: the points pay no price in money, and no conversion rule applies.',
  })
  lines?: PointsOrderLineInput[] | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Of the quote that the customer saw: honoured for some minutes after a newer version came into force.',
  })
  ruleVersionId?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'For online orders: until when the customer may pay.' })
  paymentUntil?: Date | null;
}

@ObjectType({ description: 'The points are set aside.' })
export class HoldPointsSuccess {
  @Field(() => PointsHold, { description: 'Capture or release it before its time is over.' })
  hold: PointsHold;

  @Field(() => PointsAccount, { description: 'The balances now.' })
  account: PointsAccount;
}

const HoldPointsResult = createUnionType({
  name: 'HoldPointsResult',
  description: 'The hold, or why there is none.',
  types: () =>
    [
      HoldPointsSuccess,
      InsufficientPointsError,
      PointsInDebtError,
      PointsFrozenError,
      PointsNotAllowedError,
      PointsAlreadyHeldError,
      PointsAlreadyRedeemedError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class HoldPointsMutation {
  @Mutation(() => HoldPointsResult, {
    description: 'Authorises: sets points aside for an order. Whoever asks next sees the balance without them.',
  })
  async holdPoints(
    @Arg('input', () => HoldPointsInput) input: HoldPointsInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof HoldPointsResult> {
    const { app, caller, load, locale } = context;
    const order = await orderFor(context, input, 'checkout:reserve', { self: true });
    if (!order) return refuseOrder({ code: 'NOT_FOUND' }, locale);
    const command = readSpend(order, input);
    if ('reason' in command) return refuseOrder({ code: 'INVALID_INPUT', ...command }, locale);
    const result = await app.holdForOrder(caller, { ...command, paymentUntil: input.paymentUntil ?? null });
    if (!result.ok) return refuseSpending(result.error, locale);
    const account = await load.account.clear(order.memberId).load(order.memberId);
    return make(HoldPointsSuccess, { hold: toHold(result.value), account: make(PointsAccount, account) });
  }
}
