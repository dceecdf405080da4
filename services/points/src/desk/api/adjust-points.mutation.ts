import {
  IdempotencyConflictError,
  InProgressError,
  InsufficientPointsError,
  InvalidInputError,
  make,
  NotFoundError,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount, PointsEntry, toEntry } from '../../ledger/api/points-account.type';
import {
  ApprovalRequiredError,
  approvalRequired,
  CorrectionInput,
  correctionRefusal,
  DebtExceededError,
  INVALID_ID,
  toCommand,
} from './corrections';
import { refuse } from './texts';

@InputType({ description: 'A correction of a balance; `amount` is signed.' })
export class AdjustPointsInput extends CorrectionInput {}

@InputType({ description: 'Owed points to give up; `amount` is how many.' })
export class WriteOffPointsDebtInput extends CorrectionInput {}

@ObjectType({ description: 'The balance was corrected.' })
export class AdjustPointsSuccess {
  @Field(() => PointsEntry, { description: 'The new line of the ledger.' })
  entry: PointsEntry;

  @Field(() => PointsAccount, { description: 'The balances now.' })
  account: PointsAccount;
}

@ObjectType({ description: 'The debt was written off.' })
export class WriteOffPointsDebtSuccess extends AdjustPointsSuccess {}

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

const WriteOffPointsDebtResult = createUnionType({
  name: 'WriteOffPointsDebtResult',
  description: 'The debt that is gone, or why it is still there.',
  types: () =>
    [
      WriteOffPointsDebtSuccess,
      DebtExceededError,
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
    @Ctx() context: PointsContext,
  ): Promise<typeof AdjustPointsResult> {
    const { app, caller, locale } = context;
    const command = toCommand(input, caller);
    if (command === INVALID_ID) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    const result = await app.adjustPoints(caller, command);
    if (!result.ok) return correctionRefusal(result.error, locale) as typeof AdjustPointsResult;
    if (result.value.kind === 'APPROVAL_REQUIRED') return approvalRequired(result.value.approvalId, locale);
    return make(AdjustPointsSuccess, await posted(context, command.memberId, result.value.entryId));
  }

  @Mutation(() => WriteOffPointsDebtResult, {
    description:
      "The group gives up points that a member owes. Above the programme's limit, by default always, a second person must approve.",
  })
  async writeOffPointsDebt(
    @Arg('input', () => WriteOffPointsDebtInput) input: WriteOffPointsDebtInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof WriteOffPointsDebtResult> {
    const { app, caller, locale } = context;
    const command = toCommand(input, caller);
    if (command === INVALID_ID) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    const result = await app.writeOffDebt(caller, command);
    if (!result.ok) return correctionRefusal(result.error, locale) as typeof WriteOffPointsDebtResult;
    if (result.value.kind === 'APPROVAL_REQUIRED') return approvalRequired(result.value.approvalId, locale);
    return make(WriteOffPointsDebtSuccess, await posted(context, command.memberId, result.value.entryId));
  }
}

/** The new line of the ledger and the balances after it. */
export async function posted({ app, caller, load, locale }: PointsContext, memberId: string, entryId: string) {
  const entry = await app.entry(caller, memberId, entryId);
  if (!entry) throw new Error('a posted entry is there');
  return {
    entry: toEntry(entry, locale),
    account: make(PointsAccount, await load.account.clear(memberId).load(memberId)),
  };
}
