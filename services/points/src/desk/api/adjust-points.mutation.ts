import { isUuid } from '@atrium/kernel';
import {
  IdempotencyConflictError,
  InProgressError,
  InsufficientPointsError,
  InvalidInputError,
  make,
  NotFoundError,
  PointsAmountScalar,
  PublicError,
  requireAnywhere,
  UserError,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount, PointsEntry, toEntry } from '../../ledger/api/points-account.type';
import { FAULTS, refuse } from './texts';

@InputType({ description: 'A correction of a balance.' })
export class AdjustPointsInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Whose balance.' })
  memberId: string;

  @Field(() => PointsAmountScalar, { description: 'Signed; not 0.' })
  amount: bigint;

  @Field(() => String, { description: '3 to 500 characters.' })
  reason: string;
}

@ObjectType({ description: 'The balance was corrected.' })
export class AdjustPointsSuccess {
  @Field(() => PointsEntry, { description: 'The new line of the ledger.' })
  entry: PointsEntry;

  @Field(() => PointsAccount, { description: 'The balances now.' })
  account: PointsAccount;
}

@ObjectType({ implements: UserError, description: 'A second person must agree; the wish is kept under `approvalId`.' })
export class ApprovalRequiredError extends UserError {
  @Field(() => ID, { description: 'What the second person approves.' })
  approvalId: string;
}

const AdjustPointsResult = createUnionType({
  name: 'AdjustPointsResult',
  description: 'The corrected balance, or why it was not corrected.',
  types: () =>
    [
      AdjustPointsSuccess,
      InsufficientPointsError,
      ApprovalRequiredError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class AdjustPointsMutation {
  @Mutation(() => AdjustPointsResult, {
    description:
      "A person corrects a balance, with a reason. Above the programme's limit a second person must approve.",
  })
  async adjustPoints(
    @Arg('input', () => AdjustPointsInput) input: AdjustPointsInput,
    @Ctx() { app, caller, load, locale }: PointsContext,
  ): Promise<typeof AdjustPointsResult> {
    requireAnywhere(caller, 'points:adjust');
    const { idempotencyKey: key, memberId, amount, reason } = input;
    if (caller.memberId === memberId) throw new PublicError('FORBIDDEN', 'Nobody adjusts their own account.');
    if (!isUuid(memberId)) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    const result = await app.adjustPoints(caller, { key, actor: caller.id, memberId, amount, reason });
    if (result.ok) {
      if (result.value.kind === 'APPROVAL_REQUIRED') {
        const { approvalId } = result.value;
        return refuse(ApprovalRequiredError, 'APPROVAL_REQUIRED', locale, { approvalId });
      }
      const entry = await app.entry(caller, memberId, result.value.entryId);
      if (!entry) throw new Error('a posted entry is there');
      return make(AdjustPointsSuccess, {
        entry: toEntry(entry, locale),
        account: make(PointsAccount, await load.account.clear(memberId).load(memberId)),
      });
    }
    const { error } = result;
    switch (error.code) {
      case 'NOT_FOUND':
        return refuse(NotFoundError, 'NOT_FOUND', locale, {});
      case 'INVALID_INPUT':
        return refuse(
          InvalidInputError,
          'INVALID_INPUT',
          locale,
          { path: error.path },
          { reason: FAULTS[error.reason][locale] },
        );
      case 'INSUFFICIENT_POINTS': {
        const { available, requested } = error;
        return refuse(
          InsufficientPointsError,
          'INSUFFICIENT_POINTS',
          locale,
          { available, requested },
          { available, requested },
        );
      }
      case 'IDEMPOTENCY_CONFLICT':
        return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
      case 'IN_PROGRESS':
        return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
    }
  }
}
