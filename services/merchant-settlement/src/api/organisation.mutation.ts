import {
  can,
  type Caller,
  IdempotencyConflictError,
  type IdempotencyRefusal,
  InProgressError,
  type InvalidInputError,
  make,
  NotFoundError,
  type OrgNode,
  PublicError,
  requireTenant,
} from '@atrium/platform';
import type { Result } from '@atrium/kernel';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Actor, CreateNodeRefusal } from '../use-cases/create-organisation';
import type { PublishContractRefusal } from '../use-cases/publish-contract';
import type { SettlementContext } from './context';
import {
  CodeTakenError,
  CreateMallGroupInput,
  CreateMallGroupResult,
  CreateMallGroupSuccess,
  CreateMallInput,
  CreateMallResult,
  CreateMallSuccess,
  CreateMerchantInput,
  CreateMerchantResult,
  CreateMerchantSuccess,
  CreateStoreInput,
  CreateStoreResult,
  CreateStoreSuccess,
  PublishContractInput,
  PublishContractResult,
  PublishContractSuccess,
} from './organisation.input';
import { toContract, toMall, toMallGroup, toMerchant, toStore } from './present';
import { invalidInput, notFound, refuse } from './refusals';

const RETRY_MS = 200;

type CommonRefusal = NotFoundError | InvalidInputError | IdempotencyConflictError | InProgressError;
type Refusal = CodeTakenError | CommonRefusal;

@Resolver()
export class OrganisationMutation {
  @Mutation(() => CreateMallGroupResult, {
    description: "Creates the tenant that the caller's token names. For services that set up a group.",
  })
  async createMallGroup(
    @Arg('input', () => CreateMallGroupInput) input: CreateMallGroupInput,
    @Ctx() ctx: SettlementContext,
  ): Promise<CreateMallGroupSuccess | Refusal> {
    requireTenant(ctx.caller);
    if (ctx.caller.kind !== 'SERVICE') throw new PublicError('FORBIDDEN', 'For services only.');
    return answer(ctx, await ctx.app.createMallGroup({ ...input }, actorOf(ctx.caller)), (node) =>
      make(CreateMallGroupSuccess, { mallGroup: toMallGroup(node) }),
    );
  }

  @Mutation(() => CreateMallResult, { description: "Creates a mall in the caller's group." })
  async createMall(
    @Arg('input', () => CreateMallInput) input: CreateMallInput,
    @Ctx() ctx: SettlementContext,
  ): Promise<CreateMallSuccess | Refusal> {
    return answer(ctx, await ctx.app.createMall({ ...input }, actorOf(ctx.caller)), (node) =>
      make(CreateMallSuccess, { mall: toMall(node) }),
    );
  }

  @Mutation(() => CreateMerchantResult, { description: 'Creates a merchant in a mall.' })
  async createMerchant(
    @Arg('input', () => CreateMerchantInput) input: CreateMerchantInput,
    @Ctx() ctx: SettlementContext,
  ): Promise<CreateMerchantSuccess | Refusal> {
    return answer(ctx, await ctx.app.createMerchant({ ...input }, actorOf(ctx.caller)), (node) =>
      make(CreateMerchantSuccess, { merchant: toMerchant(node) }),
    );
  }

  @Mutation(() => CreateStoreResult, { description: 'Creates a shop of a merchant.' })
  async createStore(
    @Arg('input', () => CreateStoreInput) input: CreateStoreInput,
    @Ctx() ctx: SettlementContext,
  ): Promise<CreateStoreSuccess | Refusal> {
    return answer(ctx, await ctx.app.createStore({ ...input }, actorOf(ctx.caller)), (node) =>
      make(CreateStoreSuccess, { store: toStore(node) }),
    );
  }

  @Mutation(() => PublishContractResult, {
    description: 'Publishes the next version of the terms of a merchant or mall. Sales recorded before keep theirs.',
  })
  async publishContract(
    @Arg('input', () => PublishContractInput) input: PublishContractInput,
    @Ctx() ctx: SettlementContext,
  ): Promise<PublishContractSuccess | CommonRefusal> {
    const command = { ...input, merchantId: input.merchantId ?? null, mallId: input.mallId ?? null };
    const result = await ctx.app.publishContract(command, actorOf(ctx.caller, 'contract:manage'));
    return result.ok
      ? make(PublishContractSuccess, { contract: toContract(result.value.contract) })
      : refusalOf(ctx, result.error);
  }
}

/** Who acts, and where: the places are looked at in the same transaction as the rows. */
function actorOf(
  caller: Caller,
  permission: 'organisation:manage' | 'contract:manage' = 'organisation:manage',
): Actor & { groupId: string } {
  const groupId = requireTenant(caller);
  return { groupId, id: caller.id, may: (path) => can(caller, permission, path) };
}

function answer<S>(
  ctx: SettlementContext,
  result: Result<{ node: OrgNode }, CreateNodeRefusal | IdempotencyRefusal>,
  success: (node: OrgNode) => S,
): S | Refusal {
  if (result.ok) return success(result.value.node);
  if (result.error.code === 'CODE_TAKEN') return refuse(CodeTakenError, 'CODE_TAKEN', ctx.locale, {});
  return refusalOf(ctx, result.error);
}

function refusalOf({ locale }: SettlementContext, refusal: PublishContractRefusal | IdempotencyRefusal): CommonRefusal {
  switch (refusal.code) {
    case 'NOT_FOUND':
      return notFound(locale);
    case 'INVALID':
      return invalidInput(locale, refusal.reason, refusal.path);
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
    case 'IN_PROGRESS':
      return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: RETRY_MS });
  }
}
