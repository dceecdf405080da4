import {
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  make,
  NotFoundError,
  PointsAmountScalar,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount } from '../../ledger/api/points-account.type';
import {
  PointsHoldClosedError,
  PointsHoldExceededError,
  PointsHoldExpiredError,
  PointsHoldExtendedError,
} from './errors.type';
import { orderFor } from './order.input';
import { PointsHold, PointsHoldStatus, PointsOrderInput, PointsRedemption, toHold, toRedemption } from './order.type';
import { refuseOrder } from './refusals';
import { refuse } from './texts';

@InputType({ description: 'An order whose hold is meant.' })
export class PointsHoldInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Whose points.' })
  memberId: string;

  @Field(() => PointsOrderInput, { description: 'What they are held for.' })
  order: PointsOrderInput;
}

@InputType({ description: 'What is spent of an order’s hold.' })
export class CapturePointsHoldInput extends PointsHoldInput {
  @Field(() => PointsAmountScalar, {
    nullable: true,
    description: 'At most what is held; the rest is released. Absent: all of it.',
  })
  points?: bigint | null;
}

@ObjectType({ description: 'The held points are spent.' })
export class CapturePointsHoldSuccess {
  @Field(() => PointsHold, { description: 'Captured.' })
  hold: PointsHold;

  @Field(() => PointsRedemption, { description: 'What was spent.' })
  redemption: PointsRedemption;

  @Field(() => PointsAccount, { description: 'The balances now.' })
  account: PointsAccount;
}

@ObjectType({ description: 'The hold as it stands, and the balances.' })
export class PointsHoldSuccess {
  @Field(() => PointsHold, { description: 'As it stands.' })
  hold: PointsHold;

  @Field(() => PointsAccount, { description: 'The balances now.' })
  account: PointsAccount;
}

const CapturePointsHoldResult = createUnionType({
  name: 'CapturePointsHoldResult',
  description: 'What was spent, or why nothing was.',
  types: () =>
    [
      CapturePointsHoldSuccess,
      PointsHoldExceededError,
      PointsHoldClosedError,
      PointsHoldExpiredError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

const ReleasePointsHoldResult = createUnionType({
  name: 'ReleasePointsHoldResult',
  description: 'The hold without its points, or why it keeps them.',
  types: () =>
    [
      PointsHoldSuccess,
      PointsHoldClosedError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

const ExtendPointsHoldResult = createUnionType({
  name: 'ExtendPointsHoldResult',
  description: 'The hold with its new end, or why it keeps the old one.',
  types: () =>
    [
      PointsHoldSuccess,
      PointsHoldClosedError,
      PointsHoldExtendedError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class SettleHoldMutation {
  @Mutation(() => CapturePointsHoldResult, {
    description:
      'Spends held points. When the time of the hold is over they are taken all the same, if they are still free; else the till must undo the payment.',
  })
  async capturePointsHold(
    @Arg('input', () => CapturePointsHoldInput) input: CapturePointsHoldInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof CapturePointsHoldResult> {
    const { app, caller, locale } = context;
    const order = await orderFor(context, input, 'checkout:reserve');
    if (!order) return refuseOrder({ code: 'NOT_FOUND' }, locale);
    const result = await app.captureHold(caller, { ...order, points: input.points ?? null });
    if (result.ok) {
      const { hold, redemption } = result.value;
      const account = await accountOf(context, order.memberId);
      return make(CapturePointsHoldSuccess, { hold: toHold(hold), redemption: toRedemption(redemption), account });
    }
    const { error } = result;
    switch (error.code) {
      case 'EXCEEDS_HOLD':
        return refuse(PointsHoldExceededError, error.code, locale, { held: error.held }, { held: error.held });
      case 'HOLD_CLOSED':
        return closed(error.status, context);
      case 'HOLD_EXPIRED': {
        const { available, requested } = error;
        return refuse(PointsHoldExpiredError, error.code, locale, { available, requested }, { available, requested });
      }
      default:
        return refuseOrder(error, locale);
    }
  }

  @Mutation(() => ReleasePointsHoldResult, {
    description: 'Gives held points back. Safe to repeat, and after the time of the hold.',
  })
  async releasePointsHold(
    @Arg('input', () => PointsHoldInput) input: PointsHoldInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof ReleasePointsHoldResult> {
    const { app, caller, locale } = context;
    const order = await orderFor(context, input, 'checkout:reserve', { self: true });
    if (!order) return refuseOrder({ code: 'NOT_FOUND' }, locale);
    const result = await app.releaseHold(caller, order);
    if (result.ok) {
      const account = await accountOf(context, order.memberId);
      return make(PointsHoldSuccess, { hold: toHold(result.value), account });
    }
    const { error } = result;
    return error.code === 'HOLD_CLOSED' ? closed(error.status, context) : refuseOrder(error, locale);
  }

  @Mutation(() => ExtendPointsHoldResult, { description: 'Gives an open hold its full time again, once.' })
  async extendPointsHold(
    @Arg('input', () => PointsHoldInput) input: PointsHoldInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof ExtendPointsHoldResult> {
    const { app, caller, locale } = context;
    const order = await orderFor(context, input, 'checkout:reserve');
    if (!order) return refuseOrder({ code: 'NOT_FOUND' }, locale);
    const result = await app.extendHold(caller, order);
    if (result.ok) {
      const account = await accountOf(context, order.memberId);
      return make(PointsHoldSuccess, { hold: toHold(result.value), account });
    }
    const { error } = result;
    if (error.code === 'HOLD_CLOSED') return closed(error.status, context);
    if (error.code === 'ALREADY_EXTENDED') return refuse(PointsHoldExtendedError, error.code, locale, {});
    return refuseOrder(error, locale);
  }
}

const closed = (status: keyof typeof PointsHoldStatus, { locale }: PointsContext): PointsHoldClosedError =>
  refuse(PointsHoldClosedError, 'HOLD_CLOSED', locale, { status: PointsHoldStatus[status] }, { status });

const accountOf = async ({ load }: PointsContext, memberId: string): Promise<PointsAccount> =>
  make(PointsAccount, await load.account.clear(memberId).load(memberId));
