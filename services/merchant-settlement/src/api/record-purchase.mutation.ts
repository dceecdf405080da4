import { can, canAnywhere, isSelf, make, NotFoundError, PublicError, requireTenant } from '@atrium/platform';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RecordAnswer, SaleAccess } from '../use-cases/record-purchases';
import type { PurchaseStatement } from '../use-cases/state-purchases';
import { tillPathOf } from './access';
import type { SettlementContext } from './context';
import { toPurchase } from './present';
import {
  PurchaseConflictError,
  RecordPurchaseInput,
  RecordPurchaseResult,
  RecordPurchasesInput,
  RecordPurchaseSuccess,
} from './record-purchase.type';
import { invalidInput, refuse } from './refusals';

const MAX_PURCHASES = 500;
const NOT_FOUND_CODES = {
  store: 'STORE_NOT_FOUND',
  member: 'MEMBER_NOT_FOUND',
  checkout: 'CHECKOUT_NOT_FOUND',
} as const;

type Answer = RecordPurchaseSuccess | PurchaseConflictError | ReturnType<typeof invalidInput> | NotFoundError;

@Resolver()
export class RecordPurchaseMutation {
  @Mutation(() => RecordPurchaseResult, {
    description:
      'States a sale that happened. Never refused for business reasons; identified for ever by (sourceSystem, externalId).',
  })
  async recordPurchase(
    @Arg('input', () => RecordPurchaseInput) input: RecordPurchaseInput,
    @Ctx() ctx: SettlementContext,
  ): Promise<Answer> {
    const [answer] = await record(ctx, [input]);
    if (!answer) throw new Error('a sale without an answer');
    return toAnswer(ctx, answer, []);
  }

  @Mutation(() => [RecordPurchaseResult], {
    description:
      'Up to 500 sales at once, each with its own answer, in the order given. One bad sale never fails its neighbours.',
  })
  async recordPurchases(
    @Arg('input', () => RecordPurchasesInput) input: RecordPurchasesInput,
    @Ctx() ctx: SettlementContext,
  ): Promise<Answer[]> {
    if (input.purchases.length > MAX_PURCHASES) {
      const refusal = invalidInput(ctx.locale, 'TOO_MANY_PURCHASES', ['purchases']);
      return input.purchases.map(() => refusal);
    }
    const answers = await record(ctx, input.purchases);
    return answers.map((answer, i) => toAnswer(ctx, answer, ['purchases', String(i)]));
  }
}

async function record(ctx: SettlementContext, inputs: RecordPurchaseInput[]): Promise<RecordAnswer[]> {
  const { caller } = ctx;
  const groupId = requireTenant(caller);
  if (!canAnywhere(caller, 'purchase:record')) {
    throw new PublicError('FORBIDDEN', 'This needs the permission purchase:record.');
  }
  const tillPath = await tillPathOf(ctx);
  const access: SaleAccess = {
    mayRecord: (path) => can(caller, 'purchase:record', path, tillPath),
    mayRead: (path, memberId) =>
      can(caller, 'purchase:read', path, tillPath) || (memberId !== null && isSelf(caller, memberId)),
  };
  return ctx.app.recordPurchases(groupId, inputs.map(toStatement), access);
}

const toStatement = (input: RecordPurchaseInput): PurchaseStatement => ({
  sourceSystem: input.sourceSystem,
  externalId: input.externalId,
  storeId: input.storeId,
  occurredAt: input.occurredAt,
  member: input.member
    ? { memberId: input.member.memberId ?? null, identifier: input.member.identifier ?? null }
    : null,
  checkoutId: input.checkoutId ?? null,
  lines: input.lines.map((line) => ({ ...line, discount: line.discount ?? null })),
  paid: input.paid ?? null,
  channel: input.channel ?? null,
  payments: input.payments ?? [],
});

function toAnswer(ctx: SettlementContext, answer: RecordAnswer, at: string[]): Answer {
  const { locale, caller } = ctx;
  const groupId = caller.groupId ?? '';
  if (answer.ok) {
    const { purchase, duplicate } = answer.value;
    return make(RecordPurchaseSuccess, { purchase: toPurchase(purchase, groupId), duplicate });
  }
  const refusal = answer.error;
  switch (refusal.code) {
    case 'INVALID':
      return invalidInput(locale, refusal.reason, [...at, ...refusal.path]);
    case 'CONFLICT':
      return refuse(PurchaseConflictError, 'PURCHASE_CONFLICT', locale, {
        purchase: toPurchase(refusal.purchase, groupId),
      });
    case 'NOT_FOUND':
      return refuse(NotFoundError, NOT_FOUND_CODES[refusal.what], locale, {});
    case 'NOT_ARRIVED':
      throw new Error('a sale was left waiting');
  }
}
