import { isUuid } from '@atrium/kernel';
import {
  IdempotencyConflictError,
  InProgressError,
  InsufficientPointsError,
  InvalidInputError,
  type Locale,
  make,
  NotFoundError,
  requireAnywhere,
  requirePermission,
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
import type { ApprovalRefusal } from '../use-cases/approvals';
import { PointsApproval, PointsApprovalStatus, toApproval } from './approval.type';
import { correctionRefusal, DebtExceededError } from './corrections';
import { refuse, STATUSES } from './texts';

export enum PointsApprovalDecision {
  APPROVE = 'APPROVE',
  REJECT = 'REJECT',
}
registerEnumType(PointsApprovalDecision, { name: 'PointsApprovalDecision', description: 'Do it, or never do it.' });

@InputType({ description: 'What the second person says.' })
export class DecidePointsApprovalInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'What is decided.' })
  approvalId: string;

  @Field(() => PointsApprovalDecision, { description: 'Do it, or never do it.' })
  decision: PointsApprovalDecision;

  @Field(() => String, { nullable: true, description: '3 to 500 characters; needed to reject.' })
  note?: string | null;
}

@InputType({ description: 'What somebody no longer wants.' })
export class WithdrawPointsApprovalInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'What is taken back.' })
  approvalId: string;
}

@ObjectType({ description: 'It is decided; approved means done.' })
export class DecidePointsApprovalSuccess {
  @Field(() => PointsApproval, { description: 'As it is now.' })
  approval: PointsApproval;
}

@ObjectType({ description: 'It is taken back.' })
export class WithdrawPointsApprovalSuccess {
  @Field(() => PointsApproval, { description: 'As it is now.' })
  approval: PointsApproval;
}

@ObjectType({ implements: UserError, description: 'Nobody decides what they asked for themselves.' })
export class OwnRequestError extends UserError {}

@ObjectType({ implements: UserError, description: 'Somebody else asked for it.' })
export class NotYourRequestError extends UserError {}

@ObjectType({ implements: UserError, description: 'It was decided, withdrawn, or its time is over.' })
export class AlreadyDecidedError extends UserError {
  @Field(() => PointsApprovalStatus, { description: 'What became of it.' })
  status: PointsApprovalStatus;
}

@ObjectType({ implements: UserError, description: 'It cannot be done as things are now; it stays pending.' })
export class ApprovalNotPossibleError extends UserError {}

const DecidePointsApprovalResult = createUnionType({
  name: 'DecidePointsApprovalResult',
  description: 'The decided wish, or why it was not decided.',
  types: () =>
    [
      DecidePointsApprovalSuccess,
      OwnRequestError,
      AlreadyDecidedError,
      InsufficientPointsError,
      DebtExceededError,
      ApprovalNotPossibleError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

const WithdrawPointsApprovalResult = createUnionType({
  name: 'WithdrawPointsApprovalResult',
  description: 'The withdrawn wish, or why it was not withdrawn.',
  types: () =>
    [
      WithdrawPointsApprovalSuccess,
      NotYourRequestError,
      AlreadyDecidedError,
      NotFoundError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class DecidePointsApprovalMutation {
  @Mutation(() => DecidePointsApprovalResult, {
    description:
      'A second person approves or rejects. Approving does it at once and exactly once; it is refused when the points are not there any more. Nobody decides their own wish.',
  })
  async decidePointsApproval(
    @Arg('input', () => DecidePointsApprovalInput) input: DecidePointsApprovalInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof DecidePointsApprovalResult> {
    requireAnywhere(caller, 'points:approve');
    const { idempotencyKey: key, approvalId, decision, note = null } = input;
    const wish = isUuid(approvalId) ? await app.approval(caller, approvalId) : null;
    if (!wish) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    const node = [caller.groupId ?? '', wish.mallId ?? ''].filter(Boolean);
    requirePermission(caller, 'points:approve', node);
    const result = await app.decideApproval(caller, { key, actor: caller.id, approvalId, decision, note });
    if (result.ok) {
      const decided = await app.approval(caller, approvalId);
      if (!decided) throw new Error('a decided approval is there');
      return make(DecidePointsApprovalSuccess, { approval: toApproval(decided) });
    }
    const { error } = result;
    switch (error.code) {
      case 'OWN_REQUEST':
        return refuse(OwnRequestError, 'OWN_REQUEST', locale, {});
      case 'ALREADY_DECIDED':
        return alreadyDecided(error.status, locale);
      case 'INVALID_INPUT':
      case 'IDEMPOTENCY_CONFLICT':
      case 'IN_PROGRESS':
        return correctionRefusal(error, locale);
      default:
        return approvalRefusal(error, locale);
    }
  }

  @Mutation(() => WithdrawPointsApprovalResult, { description: 'Who asked for something takes it back.' })
  async withdrawPointsApproval(
    @Arg('input', () => WithdrawPointsApprovalInput) input: WithdrawPointsApprovalInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof WithdrawPointsApprovalResult> {
    requireAnywhere(caller, 'points:adjust');
    const { idempotencyKey: key, approvalId } = input;
    if (!isUuid(approvalId)) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    const result = await app.withdrawApproval(caller, { key, actor: caller.id, approvalId });
    if (result.ok) {
      const withdrawn = await app.approval(caller, approvalId);
      if (!withdrawn) throw new Error('a withdrawn approval is there');
      return make(WithdrawPointsApprovalSuccess, { approval: toApproval(withdrawn) });
    }
    const { error } = result;
    switch (error.code) {
      case 'NOT_YOURS':
        return refuse(NotYourRequestError, 'NOT_YOURS', locale, {});
      case 'ALREADY_DECIDED':
        return alreadyDecided(error.status, locale);
      default:
        return correctionRefusal(error, locale) as NotFoundError;
    }
  }
}

const alreadyDecided = (status: `${PointsApprovalStatus}`, locale: Locale) =>
  refuse(
    AlreadyDecidedError,
    'ALREADY_DECIDED',
    locale,
    { status: PointsApprovalStatus[status] },
    { status: STATUSES[status][locale] },
  );

/** Why a wish cannot be done now, as the graph says it. */
export function approvalRefusal(error: ApprovalRefusal, locale: Locale) {
  switch (error.code) {
    case 'INSUFFICIENT_POINTS':
    case 'DEBT_EXCEEDED':
    case 'NOT_FOUND':
      return correctionRefusal(error, locale);
    case 'NO_PROGRAMME':
    case 'NOT_POSSIBLE':
      return refuse(ApprovalNotPossibleError, error.code, locale, {});
  }
}
