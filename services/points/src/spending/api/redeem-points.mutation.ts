import {
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
  PointsRedemptionExceededError,
} from './errors.type';
import { orderFor, readSpend } from './order.input';
import { PointsOrderInput, PointsOrderLineInput, PointsRedemption, toRedemption } from './order.type';
import { refuseOrder, refuseSpending } from './refusals';
import { refuse } from './texts';

@InputType({ description: 'Points or their value, spent for an order at once.' })
export class RedeemPointsInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Who pays.' })
  memberId: string;

  @Field(() => PointsOrderInput, { description: 'What for. An order is paid with points once.' })
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
}

@InputType({ description: 'Points of an order to be given back.' })
export class ReversePointsRedemptionInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Who had paid.' })
  memberId: string;

  @Field(() => PointsOrderInput, { description: 'What for.' })
  order: PointsOrderInput;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'How many; absent: all that is left.' })
  points?: bigint | null;
}

@ObjectType({ description: 'The redemption as it stands, and the balances.' })
export class PointsRedemptionSuccess {
  @Field(() => PointsRedemption, { description: 'With what came back of it.' })
  redemption: PointsRedemption;

  @Field(() => PointsAccount, { description: 'The balances now.' })
  account: PointsAccount;
}

const RedeemPointsResult = createUnionType({
  name: 'RedeemPointsResult',
  description: 'The redemption, or why there is none.',
  types: () =>
    [
      PointsRedemptionSuccess,
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

const ReversePointsRedemptionResult = createUnionType({
  name: 'ReversePointsRedemptionResult',
  description: 'The redemption, or why nothing came back.',
  types: () =>
    [
      PointsRedemptionSuccess,
      PointsRedemptionExceededError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class RedeemPointsMutation {
  @Mutation(() => RedeemPointsResult, { description: 'Spends points for an order at once, without a hold before.' })
  async redeemPoints(
    @Arg('input', () => RedeemPointsInput) input: RedeemPointsInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof RedeemPointsResult> {
    const { app, caller, locale } = context;
    const order = await orderFor(context, input, 'checkout:reserve');
    if (!order) return refuseOrder({ code: 'NOT_FOUND' }, locale);
    const command = readSpend(order, input);
    if ('reason' in command) return refuseOrder({ code: 'INVALID_INPUT', ...command }, locale);
    const result = await app.redeemForOrder(caller, command);
    if (!result.ok) return refuseSpending(result.error, locale);
    return make(PointsRedemptionSuccess, {
      redemption: toRedemption(result.value),
      account: await accountOf(context, order.memberId),
    });
  }

  @Mutation(() => ReversePointsRedemptionResult, {
    description:
      'Gives points of an order back, into the lots they came from, with their expiry. Points that come back pay debt first.',
  })
  async reversePointsRedemption(
    @Arg('input', () => ReversePointsRedemptionInput) input: ReversePointsRedemptionInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof ReversePointsRedemptionResult> {
    const { app, caller, locale } = context;
    const order = await orderFor(context, input, 'purchase:refund', { mall: true });
    if (!order) return refuseOrder({ code: 'NOT_FOUND' }, locale);
    const result = await app.reverseRedemption(caller, { ...order, points: input.points ?? null });
    if (!result.ok) {
      if (result.error.code !== 'EXCEEDS_REDEMPTION') return refuseOrder(result.error, locale);
      const { left } = result.error;
      return refuse(PointsRedemptionExceededError, 'EXCEEDS_REDEMPTION', locale, { left }, { left });
    }
    return make(PointsRedemptionSuccess, {
      redemption: toRedemption(result.value),
      account: await accountOf(context, order.memberId),
    });
  }
}

const accountOf = async ({ load }: PointsContext, memberId: string): Promise<PointsAccount> =>
  make(PointsAccount, await load.account.clear(memberId).load(memberId));
