import {
  IdempotencyConflictError,
  InProgressError,
  InsufficientPointsError,
  InvalidInputError,
  make,
  NotEligibleError,
  NotFoundError,
  PointsAmountScalar,
  requireMember,
  UserError,
} from '@atrium/platform';
import {
  Arg,
  createUnionType,
  Ctx,
  Field,
  ID,
  InputType,
  Mutation,
  ObjectType,
  registerEnumType,
  Resolver,
} from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount } from '../../ledger/api/points-account.type';
import { FAULTS, refuse } from './texts';
import { PointsTransfer, toTransfer } from './transfer.type';

@InputType({ description: 'Points for another member.' })
export class TransferPointsInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Who gets them.' })
  toMemberId: string;

  @Field(() => PointsAmountScalar, { description: 'Above 0.' })
  points: bigint;

  @Field(() => String, { nullable: true, description: 'For the receiver, at most 200 characters.' })
  message?: string | null;
}

@ObjectType({ description: 'The points have left the account; the receiver has them in a moment.' })
export class TransferPointsSuccess {
  @Field(() => PointsTransfer, { description: 'As the sender sees it.' })
  transfer: PointsTransfer;

  @Field(() => PointsAccount, { description: "The sender's balances now." })
  account: PointsAccount;
}

export enum PointsTransferLimit {
  PER_TRANSFER = 'PER_TRANSFER',
  POINTS_PER_DAY = 'POINTS_PER_DAY',
  TRANSFERS_PER_DAY = 'TRANSFERS_PER_DAY',
}
registerEnumType(PointsTransferLimit, { name: 'PointsTransferLimit', description: "The programme's limits." });

@ObjectType({ implements: UserError, description: "One of the programme's limits would be broken." })
export class PointsTransferLimitError extends UserError {
  @Field(() => PointsTransferLimit, { description: 'Which.' })
  limit: PointsTransferLimit;

  @Field(() => PointsAmountScalar, { description: 'Points that would be within it now.' })
  left: bigint;
}

const TransferPointsResult = createUnionType({
  name: 'TransferPointsResult',
  description: 'The transfer, or why there is none.',
  types: () =>
    [
      TransferPointsSuccess,
      PointsTransferLimitError,
      InsufficientPointsError,
      NotEligibleError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class TransferPointsMutation {
  @Mutation(() => TransferPointsResult, {
    description:
      'The signed-in member gives points to another one, as far as the programme allows. They keep their expiry.',
  })
  async transferPoints(
    @Arg('input', () => TransferPointsInput) input: TransferPointsInput,
    @Ctx() { app, caller, load, locale }: PointsContext,
  ): Promise<typeof TransferPointsResult> {
    const memberId = requireMember(caller);
    const { idempotencyKey: key, toMemberId, points, message = null } = input;
    const result = await app.transferPoints(caller, { key, actor: caller.id, memberId, toMemberId, points, message });
    if (result.ok) {
      const transfer = await app.transfer(caller, memberId, result.value.id);
      if (!transfer) throw new Error('a transfer that was sent is there');
      return make(TransferPointsSuccess, {
        transfer: toTransfer(transfer),
        account: make(PointsAccount, await load.account.clear(memberId).load(memberId)),
      });
    }
    const { error } = result;
    switch (error.code) {
      case 'NOT_FOUND':
        return refuse(NotFoundError, error.code, locale, {});
      case 'INVALID_INPUT': {
        const { path, reason } = error;
        return refuse(InvalidInputError, error.code, locale, { path }, { reason: FAULTS[reason][locale] });
      }
      case 'TRANSFER_LIMIT': {
        const { left } = error;
        const limit = PointsTransferLimit[error.limit];
        return refuse(PointsTransferLimitError, error.code, locale, { limit, left }, { left });
      }
      case 'INSUFFICIENT_POINTS': {
        const { available, requested } = error;
        return refuse(InsufficientPointsError, error.code, locale, { available, requested }, { available, requested });
      }
      case 'TRANSFERS_OFF':
      case 'ACCOUNT_FROZEN':
      case 'IN_DEBT':
        return refuse(NotEligibleError, error.code, locale, {});
      case 'IDEMPOTENCY_CONFLICT':
        return refuse(IdempotencyConflictError, error.code, locale, {});
      case 'IN_PROGRESS':
        return refuse(InProgressError, error.code, locale, { retryAfterMs: 500 });
    }
  }
}
