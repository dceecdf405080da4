import { type Caller, requirePermission, requireTenant } from '@atrium/platform';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import {
  ActivatePointsRuleInput,
  ApprovePointsRuleInput,
  DiscardPointsRuleInput,
  DraftPointsRuleInput,
  PublishPointsRuleInput,
  RetirePointsRuleInput,
} from './points-rule.input';
import {
  ActivatePointsRuleResult,
  ActivatePointsRuleSuccess,
  ApprovePointsRuleResult,
  ApprovePointsRuleSuccess,
  DiscardPointsRuleResult,
  DiscardPointsRuleSuccess,
  DraftPointsRuleResult,
  DraftPointsRuleSuccess,
  PublishPointsRuleResult,
  PublishPointsRuleSuccess,
  RetirePointsRuleResult,
  RetirePointsRuleSuccess,
  toResult,
} from './points-rule.results';
import { refuseFaults } from './texts';
import { toDraft } from './to-draft';

/** A programme is the whole group's. */
function mayManage(caller: Caller): void {
  requirePermission(caller, 'points:rules', [requireTenant(caller)]);
}

/** Whoever may be anybody's second person may also do without one. */
function mayPublish(caller: Caller): void {
  mayManage(caller);
  requirePermission(caller, 'points:approve', [requireTenant(caller)]);
}

@Resolver()
export class PointsRuleMutations {
  @Mutation(() => DraftPointsRuleResult, {
    description: 'Writes a version of a rule that waits for a second person. It rates nothing yet.',
  })
  async draftPointsRule(
    @Arg('input', () => DraftPointsRuleInput) input: DraftPointsRuleInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof DraftPointsRuleResult> {
    mayManage(context.caller);
    return this.keep(DraftPointsRuleSuccess, input, context, false);
  }

  @Mutation(() => PublishPointsRuleResult, {
    description: 'Drafts, approves and activates a version in one step. Needs points:rules and points:approve.',
  })
  async publishPointsRule(
    @Arg('input', () => PublishPointsRuleInput) input: PublishPointsRuleInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof PublishPointsRuleResult> {
    mayPublish(context.caller);
    return this.keep(PublishPointsRuleSuccess, input, context, true);
  }

  private async keep<T extends DraftPointsRuleSuccess>(
    Success: new () => T,
    input: DraftPointsRuleInput,
    { app, caller, locale }: PointsContext,
    publish: boolean,
  ): Promise<never> {
    const { draft, faults } = toDraft(input);
    if (faults.length > 0) return refuseFaults(faults, locale) as never;
    const result = await app.draftRule(caller, { key: input.idempotencyKey, actor: caller.id, draft, publish });
    return toResult(Success, result, locale);
  }

  @Mutation(() => ApprovePointsRuleResult, { description: 'A second person agrees to a draft.' })
  async approvePointsRule(
    @Arg('input', () => ApprovePointsRuleInput) { idempotencyKey: key, id }: ApprovePointsRuleInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof ApprovePointsRuleResult> {
    mayManage(caller);
    return toResult(ApprovePointsRuleSuccess, await app.approveRule(caller, { key, id, actor: caller.id }), locale);
  }

  @Mutation(() => ActivatePointsRuleResult, {
    description: 'Puts an approved version into force; it holds within its dates.',
  })
  async activatePointsRule(
    @Arg('input', () => ActivatePointsRuleInput) { idempotencyKey: key, id }: ActivatePointsRuleInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof ActivatePointsRuleResult> {
    mayManage(caller);
    return toResult(ActivatePointsRuleSuccess, await app.activateRule(caller, { key, id, actor: caller.id }), locale);
  }

  @Mutation(() => RetirePointsRuleResult, {
    description:
      'Gives a version an end. Older versions that it had replaced for good end with it; sales of its time keep it.',
  })
  async retirePointsRule(
    @Arg('input', () => RetirePointsRuleInput) { idempotencyKey: key, id, effectiveTo }: RetirePointsRuleInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof RetirePointsRuleResult> {
    mayManage(caller);
    const step = { key, id, actor: caller.id, effectiveTo: effectiveTo ?? null };
    return toResult(RetirePointsRuleSuccess, await app.retireRule(caller, step), locale);
  }

  @Mutation(() => DiscardPointsRuleResult, { description: 'Puts a draft or an approved version away for good.' })
  async discardPointsRule(
    @Arg('input', () => DiscardPointsRuleInput) { idempotencyKey: key, id }: DiscardPointsRuleInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof DiscardPointsRuleResult> {
    mayManage(caller);
    return toResult(DiscardPointsRuleSuccess, await app.discardRule(caller, { key, id, actor: caller.id }), locale);
  }
}
