import { isUuid, formatMinor } from '@atrium/kernel';
import {
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  make,
  NotFoundError,
  requireAnywhere,
  requireTenant,
  toMoneyType,
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
import type { SettlementContext } from './context';
import { RefundExceedsPurchaseError } from './refund-purchase.type';
import { invalidInput, notFound, refuse } from './refusals';

export enum UnmatchedRefundResolution {
  RETRY = 'RETRY',
  LINK = 'LINK',
  DISMISS = 'DISMISS',
}
registerEnumType(UnmatchedRefundResolution, {
  name: 'UnmatchedRefundResolution',
  description: 'Try again with the sale it names, with another sale, or never.',
});

export enum UnmatchedRefundOutcome {
  APPLIED = 'APPLIED',
  DISMISSED = 'DISMISSED',
}
registerEnumType(UnmatchedRefundOutcome, { name: 'UnmatchedRefundOutcome', description: 'What became of the refund.' });

@InputType({ description: 'What shall become of a refund that found no sale.' })
export class ResolveUnmatchedRefundInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'The subject of its exception.' })
  refundId: string;

  @Field(() => UnmatchedRefundResolution, { description: 'What to do.' })
  resolution: UnmatchedRefundResolution;

  @Field(() => String, { nullable: true, description: "For LINK: the sale's source." })
  sourceSystem?: string | null;

  @Field(() => String, { nullable: true, description: "For LINK: the sale's number there." })
  purchaseExternalId?: string | null;

  @Field(() => String, { description: 'Why: 3 to 500 characters.' })
  note: string;
}

@ObjectType({ description: 'The refund is settled.' })
export class ResolveUnmatchedRefundSuccess {
  @Field(() => ID, { description: 'Which.' })
  refundId: string;

  @Field(() => UnmatchedRefundOutcome, { description: 'What became of it.' })
  outcome: UnmatchedRefundOutcome;
}

@ObjectType({ implements: UserError, description: 'The refund cannot be settled so.' })
export class RefundNotResolvedError extends UserError {}

const ResolveUnmatchedRefundResult = createUnionType({
  name: 'ResolveUnmatchedRefundResult',
  description: 'The settled refund, or why it is still there.',
  types: () =>
    [
      ResolveUnmatchedRefundSuccess,
      RefundNotResolvedError,
      RefundExceedsPurchaseError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class ResolveUnmatchedRefundMutation {
  @Mutation(() => ResolveUnmatchedRefundResult, {
    description:
      'Staff settle a refund that waited in vain for its sale, or that its sale refused: try again, link it to a sale by its number, or dismiss it. Its exception closes by itself.',
  })
  async resolveUnmatchedRefund(
    @Arg('input', () => ResolveUnmatchedRefundInput) input: ResolveUnmatchedRefundInput,
    @Ctx() { app, caller, locale }: SettlementContext,
  ): Promise<typeof ResolveUnmatchedRefundResult> {
    requireAnywhere(caller, 'desk:resolve');
    if (!isUuid(input.refundId)) return notFound(locale);
    const { sourceSystem = null, purchaseExternalId = null } = input;
    const command = { ...input, sourceSystem, purchaseExternalId };
    const result = await app.resolveUnmatchedRefund(command, { id: caller.id, groupId: requireTenant(caller) });
    if (result.ok) {
      const { refundId, outcome } = result.value;
      return make(ResolveUnmatchedRefundSuccess, { refundId, outcome: UnmatchedRefundOutcome[outcome] });
    }
    const { error } = result;
    switch (error.code) {
      case 'NOT_FOUND':
        return notFound(locale);
      case 'NOTE_LENGTH':
        return invalidInput(locale, 'NOTE_LENGTH', ['note']);
      case 'NO_SALE_NAMED':
        return invalidInput(locale, 'NO_SALE_NAMED', ['purchaseExternalId']);
      case 'SALE_UNKNOWN':
      case 'NOT_UNMATCHED':
        return refuse(RefundNotResolvedError, error.code, locale, {});
      case 'OUT_OF_REACH':
      case 'INVALID':
        return refuse(RefundNotResolvedError, 'NOT_THIS_SALE', locale, {});
      case 'EXCEEDS': {
        const left = toMoneyType(error.leftMinor, error.currency);
        const text = `${formatMinor(error.leftMinor, error.currency)} ${error.currency}`;
        return refuse(RefundExceedsPurchaseError, 'REFUND_EXCEEDS_PURCHASE', locale, { left }, { left: text });
      }
      case 'IDEMPOTENCY_CONFLICT':
        return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
      case 'IN_PROGRESS':
        return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
    }
  }
}
