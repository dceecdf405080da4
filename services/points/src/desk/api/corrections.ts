// What the verbs that correct a member's points have in common: their input, and their refusals as the graph says them.
import { isUuid } from '@atrium/kernel';
import {
  IdempotencyConflictError,
  type IdempotencyRefusal,
  InProgressError,
  InsufficientPointsError,
  InvalidInputError,
  type Locale,
  NotFoundError,
  PointsAmountScalar,
  PublicError,
  requireAnywhere,
  requirePermission,
  UserError,
  type Caller,
} from '@atrium/platform';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { AdjustCommand, AdjustRefusal } from '../use-cases/adjust-points';
import type { WriteOffRefusal } from '../use-cases/write-off-debt';
import { PointsAttachmentInput, toAttachment } from './approval.type';
import { FAULTS, refuse } from './texts';

@InputType({ description: 'Whose points, how many, and why.' })
export class CorrectionInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Whose balance.' })
  memberId: string;

  @Field(() => PointsAmountScalar, { description: 'Not 0.' })
  amount: bigint;

  @Field(() => String, { description: '3 to 500 characters.' })
  reason: string;

  @Field(() => String, {
    nullable: true,
    defaultValue: 'OTHER',
    description: "One of the programme's reason codes.",
  })
  reasonCode?: string | null;

  @Field(() => PointsAttachmentInput, { nullable: true, description: 'Where the paper behind it lies.' })
  attachment?: PointsAttachmentInput | null;

  @Field(() => ID, { nullable: true, description: "Which mall carries it; the member's home mall by default." })
  mallId?: string | null;
}

@ObjectType({ implements: UserError, description: 'A second person must agree; the wish is kept under `approvalId`.' })
export class ApprovalRequiredError extends UserError {
  @Field(() => ID, { description: 'What the second person approves.' })
  approvalId: string;
}

@ObjectType({ implements: UserError, description: 'Less is owed than was to be written off.' })
export class DebtExceededError extends UserError {
  @Field(() => PointsAmountScalar, { description: 'Owed now.' })
  owed: bigint;

  @Field(() => PointsAmountScalar, { description: 'Asked to be given up.' })
  requested: bigint;
}

export const INVALID_ID = 'no id';

/** Members belong to the group, so the permission counts anywhere in it; a mall that shall carry it must be the caller's. */
export function toCommand(input: CorrectionInput, caller: Caller): AdjustCommand | typeof INVALID_ID {
  const { idempotencyKey: key, memberId, amount, reason } = input;
  const mallId = input.mallId ?? null;
  requireAnywhere(caller, 'points:adjust');
  if (caller.memberId === memberId) throw new PublicError('FORBIDDEN', 'Nobody adjusts their own account.');
  if (!isUuid(memberId) || (mallId !== null && !isUuid(mallId))) return INVALID_ID;
  if (mallId !== null) requirePermission(caller, 'points:adjust', [caller.groupId ?? '', mallId]);
  const reasonCode = input.reasonCode ?? 'OTHER';
  const attachment = toAttachment(input.attachment);
  return { key, actor: caller.id, memberId, amount, reason, reasonCode, attachment, mallId };
}

export const approvalRequired = (approvalId: string, locale: Locale) =>
  refuse(ApprovalRequiredError, 'APPROVAL_REQUIRED', locale, { approvalId });

export function correctionRefusal(error: AdjustRefusal | WriteOffRefusal | IdempotencyRefusal, locale: Locale) {
  switch (error.code) {
    case 'NOT_FOUND':
      return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    case 'INVALID_INPUT': {
      const { path, reason } = error;
      return refuse(InvalidInputError, 'INVALID_INPUT', locale, { path }, { reason: FAULTS[reason][locale] });
    }
    case 'INSUFFICIENT_POINTS': {
      const { available, requested } = error;
      const figures = { available, requested };
      return refuse(InsufficientPointsError, 'INSUFFICIENT_POINTS', locale, figures, figures);
    }
    case 'DEBT_EXCEEDED': {
      const { owed, requested } = error;
      return refuse(DebtExceededError, 'DEBT_EXCEEDED', locale, { owed, requested }, { owed, requested });
    }
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
    case 'IN_PROGRESS':
      return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
  }
}
