import {
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  make,
  NotFoundError,
  requirePermission,
  requireTenant,
} from '@atrium/platform';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { LadderDraft, RuleDraft } from '../domain/draft-ladder';
import type { TierContext } from './context';
import {
  PublishTierLadderInput,
  PublishTierLadderResult,
  PublishTierLadderSuccess,
  type TierRuleInput,
} from './publish-tier-ladder.type';
import { toTierLadder } from './tier-ladder.type';
import { refuse } from './tier-refusals';

const RETRY_AFTER_MS = 200;

@Resolver()
export class PublishTierLadderMutation {
  @Mutation(() => PublishTierLadderResult, {
    description: "Publishes a version of the group's ladder. For staff with tier:rules at the group.",
  })
  async publishTierLadder(
    @Arg('input', () => PublishTierLadderInput) { idempotencyKey, ...input }: PublishTierLadderInput,
    @Ctx() { caller, app, locale }: TierContext,
  ): Promise<typeof PublishTierLadderResult> {
    requirePermission(caller, 'tier:rules', [requireTenant(caller)]);
    const result = await app.publishTierLadder(caller, idempotencyKey, toDraft(input));
    if (result.ok) return make(PublishTierLadderSuccess, { ladder: toTierLadder(result.value, locale) });
    const { error } = result;
    switch (error.code) {
      case 'INVALID_LADDER':
        return refuse(InvalidInputError, error.fault, locale, { path: error.path });
      case 'NOT_FOUND':
        return refuse(NotFoundError, 'GROUP_UNKNOWN', locale, {});
      case 'IDEMPOTENCY_CONFLICT':
        return refuse(IdempotencyConflictError, error.code, locale, {});
      case 'IN_PROGRESS':
        return refuse(InProgressError, error.code, locale, { retryAfterMs: RETRY_AFTER_MS });
    }
  }
}

const toDraft = (input: Omit<PublishTierLadderInput, 'idempotencyKey'>): LadderDraft => ({
  ...input,
  validityMonths: input.validityMonths ?? null,
  tiers: input.tiers.map((tier) => ({ ...tier, upgrade: toRule(tier.upgrade), retain: toRule(tier.retain) })),
});

const toRule = (rule: TierRuleInput | null | undefined): RuleDraft | null =>
  rule
    ? {
        match: rule.match,
        conditions: rule.conditions.map((condition) => ({ ...condition, months: condition.months ?? null })),
      }
    : null;
