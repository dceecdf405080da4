// What all steps in a rule's life have in common: one at a time, once for a key, on a version that is there.
import { err, isUuid, type Result } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { findRule, lockRules, type RuleRecord } from '../storage/rule.repository';
import type { RuleRefusal } from './refusals';

export interface RuleStep {
  key: string;
  actor: string;
  id: string;
}

export function changeRule(
  tx: Tx,
  operation: string,
  step: RuleStep & { effectiveTo?: Date | null },
  change: (rule: RuleRecord) => Promise<Result<RuleRecord, RuleRefusal>>,
): Promise<Result<RuleRecord, RuleRefusal | IdempotencyRefusal>> {
  const { key, actor, ...input } = step;
  return idempotent<RuleRecord, RuleRefusal>(tx, { key, operation, actor, input }, async () => {
    await lockRules(tx);
    const rule = isUuid(step.id) ? await findRule(tx, step.id) : null;
    return rule ? change(rule) : err({ code: 'NOT_FOUND' });
  });
}
