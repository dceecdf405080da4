import { isUuid } from '@atrium/kernel';
import {
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  make,
  NotFoundError,
  PointsAmountScalar,
  UserError,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { AdjustPointsSuccess, posted } from './adjust-points.mutation';
import {
  ApprovalRequiredError,
  approvalRequired,
  CorrectionInput,
  correctionRefusal,
  INVALID_ID,
  toCommand,
} from './corrections';
import { refuse } from './texts';

@InputType({ description: 'Expired points to give again; `amount` is how many.' })
export class ReinstatePointsInput extends CorrectionInput {
  @Field(() => ID, { description: 'The line of the ledger with which they expired.' })
  expiryEntryId: string;
}

@ObjectType({ description: 'The points are there again, as a new lot.' })
export class ReinstatePointsSuccess extends AdjustPointsSuccess {}

@ObjectType({
  implements: UserError,
  description: 'Fewer points have expired there, or were not given again yet, than were asked for.',
})
export class ReinstatementExceededError extends UserError {
  @Field(() => PointsAmountScalar, { description: 'What can still be given again.' })
  reinstatable: bigint;

  @Field(() => PointsAmountScalar, { description: 'Asked for.' })
  requested: bigint;
}

const ReinstatePointsResult = createUnionType({
  name: 'ReinstatePointsResult',
  description: 'The points that are there again, or why they are not.',
  types: () =>
    [
      ReinstatePointsSuccess,
      ReinstatementExceededError,
      ApprovalRequiredError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class ReinstatePointsMutation {
  @Mutation(() => ReinstatePointsResult, {
    description:
      "Gives expired points again, with a reason. Above the programme's limit a second person must approve. They live as if they were earned now.",
  })
  async reinstatePoints(
    @Arg('input', () => ReinstatePointsInput) input: ReinstatePointsInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof ReinstatePointsResult> {
    const { app, caller, locale } = context;
    const command = toCommand(input, caller);
    const { expiryEntryId } = input;
    if (command === INVALID_ID || !isUuid(expiryEntryId)) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    const result = await app.reinstatePoints(caller, { ...command, expiryEntryId });
    if (!result.ok) {
      const { error } = result;
      if (error.code !== 'REINSTATEMENT_EXCEEDED') {
        return correctionRefusal(error, locale) as typeof ReinstatePointsResult;
      }
      const { reinstatable, requested } = error;
      const figures = { reinstatable, requested };
      return refuse(ReinstatementExceededError, 'REINSTATEMENT_EXCEEDED', locale, figures, figures);
    }
    if (result.value.kind === 'APPROVAL_REQUIRED') return approvalRequired(result.value.approvalId, locale);
    return make(ReinstatePointsSuccess, await posted(context, command.memberId, result.value.entryId));
  }
}
