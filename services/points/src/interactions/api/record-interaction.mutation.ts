import { isUuid } from '@atrium/kernel';
import {
  DateTimeScalar,
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  isSelf,
  make,
  NotFoundError,
  PublicError,
  requireAnywhere,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount } from '../../ledger/api/points-account.type';
import {
  Interaction,
  InteractionLimitReachedError,
  NotEligibleError,
  ReferenceAlreadyUsedError,
  toInteraction,
} from './interaction.type';
import { FAULTS, refuse } from './texts';

@InputType({ description: 'What a member did.' })
export class RecordInteractionInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => String, { description: 'The rule.' })
  code: string;

  @Field(() => ID, { nullable: true, description: 'Absent: the signed-in member.' })
  memberId?: string | null;

  @Field(() => ID, { nullable: true, description: "Where; absent: the member's home mall." })
  mallId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What it can be told by: the share, the answer sheet. Counts once for ever.',
  })
  reference?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'For rules with signed proof: Ed25519, base64url, over the five lines "atrium-interaction-1", mall group id, code, member id, reference, joined by line feeds.',
  })
  signature?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Absent: now. At most 7 days ago.' })
  occurredAt?: Date | null;
}

@ObjectType({ description: 'It counts.' })
export class RecordInteractionSuccess {
  @Field(() => Interaction, { description: 'With what it earned.' })
  interaction: Interaction;

  @Field(() => PointsAccount, { description: 'The balances now.' })
  account: PointsAccount;
}

const RecordInteractionResult = createUnionType({
  name: 'RecordInteractionResult',
  description: 'What it earned, or why it earned nothing.',
  types: () =>
    [
      RecordInteractionSuccess,
      InteractionLimitReachedError,
      ReferenceAlreadyUsedError,
      NotEligibleError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class RecordInteractionMutation {
  @Mutation(() => RecordInteractionResult, {
    description:
      'A member signed in, shared, answered …: earns the points of the rule, within its caps. Stated by the member where no proof is asked for, or by a service that saw it.',
  })
  async recordInteraction(
    @Arg('input', () => RecordInteractionInput) input: RecordInteractionInput,
    @Ctx() { app, caller, load, locale }: PointsContext,
  ): Promise<typeof RecordInteractionResult> {
    const memberId = input.memberId ?? caller.memberId;
    if (memberId === null) throw new PublicError('BAD_REQUEST', 'Whose interaction? Say memberId.');
    const bySelf = isSelf(caller, memberId);
    if (!bySelf) requireAnywhere(caller, 'points:interact');
    const nothing = () => refuse(NotFoundError, 'NOT_FOUND', locale, {});
    if (!isUuid(memberId) || (input.mallId && !isUuid(input.mallId))) return nothing();
    const result = await app.recordInteraction(caller, {
      key: input.idempotencyKey,
      actor: caller.id,
      memberId,
      bySelf,
      code: input.code,
      mallId: input.mallId ?? null,
      reference: input.reference ?? null,
      signature: input.signature ?? null,
      occurredAt: input.occurredAt ?? null,
    });
    if (result.ok) {
      return make(RecordInteractionSuccess, {
        interaction: toInteraction(result.value),
        account: make(PointsAccount, await load.account.clear(memberId).load(memberId)),
      });
    }
    const { error } = result;
    switch (error.code) {
      case 'NOT_FOUND':
        return nothing();
      case 'INVALID_INPUT': {
        const reason = FAULTS[error.reason][locale];
        return refuse(InvalidInputError, 'INVALID_INPUT', locale, { path: error.path }, { reason });
      }
      case 'NOT_ELIGIBLE':
        return refuse(NotEligibleError, 'NOT_ELIGIBLE', locale, {});
      case 'ALREADY_USED':
        return refuse(ReferenceAlreadyUsedError, 'REFERENCE_ALREADY_USED', locale, {});
      case 'LIMIT_REACHED': {
        const { limit } = error;
        const values = { limit: limit.toString() };
        return refuse(InteractionLimitReachedError, 'INTERACTION_LIMIT_REACHED', locale, { limit }, values);
      }
      case 'IDEMPOTENCY_CONFLICT':
        return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
      case 'IN_PROGRESS':
        return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
    }
  }
}
