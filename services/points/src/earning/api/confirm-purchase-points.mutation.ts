import { isUuid } from '@atrium/kernel';
import {
  IdempotencyConflictError,
  InProgressError,
  make,
  NotFoundError,
  PointsAmountScalar,
  refusals,
  requireAnywhere,
  requirePermission,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount } from '../../ledger/api/points-account.type';

@InputType({ description: 'The word that a sale is final.' })
export class ConfirmPurchasePointsInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'The sale whose points may be spent from now on.' })
  purchaseId: string;
}

@ObjectType({ description: 'The points of the sale wait no longer.' })
export class ConfirmPurchasePointsSuccess {
  @Field(() => PointsAmountScalar, { description: 'How many were waiting; 0 when they were confirmed before.' })
  points: bigint;

  @Field(() => PointsAccount, { description: 'The balances now.' })
  account: PointsAccount;
}

const ConfirmPurchasePointsResult = createUnionType({
  name: 'ConfirmPurchasePointsResult',
  description: 'The confirmation, or why there is none.',
  types: () => [ConfirmPurchasePointsSuccess, NotFoundError, IdempotencyConflictError, InProgressError] as const,
});

const refuse = refusals({});

@Resolver()
export class ConfirmPurchasePointsMutation {
  @Mutation(() => ConfirmPurchasePointsResult, {
    description:
      'Makes the pending points of a sale spendable, where the programme waits for a word instead of a time. Needs points:adjust where the sale happened.',
  })
  async confirmPurchasePoints(
    @Arg('input', () => ConfirmPurchasePointsInput) { idempotencyKey: key, purchaseId }: ConfirmPurchasePointsInput,
    @Ctx() { app, caller, load, locale }: PointsContext,
  ): Promise<typeof ConfirmPurchasePointsResult> {
    requireAnywhere(caller, 'points:adjust');
    const sale = isUuid(purchaseId) ? await load.purchase.load(purchaseId) : null;
    if (!sale) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    requirePermission(caller, 'points:adjust', sale.path);
    const result = await app.confirmPurchasePoints(caller, { key, actor: caller.id, purchaseId });
    if (result.ok) {
      const { memberId, points } = result.value;
      const account = make(PointsAccount, await load.account.clear(memberId).load(memberId));
      return make(ConfirmPurchasePointsSuccess, { points, account });
    }
    switch (result.error.code) {
      case 'NOT_FOUND':
        return refuse(NotFoundError, 'NOT_FOUND', locale, {});
      case 'IDEMPOTENCY_CONFLICT':
        return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
      case 'IN_PROGRESS':
        return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
    }
  }
}
