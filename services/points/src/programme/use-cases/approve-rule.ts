// A second person agrees to a draft.
import { ok } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { mayApprove } from '../domain/life';
import { type RuleRecord, saveRule } from '../storage/rule.repository';
import { changeRule, type RuleStep } from './change-rule';

export const approveRule = (tx: Tx, step: RuleStep) =>
  changeRule(tx, 'approvePointsRule', step, async (rule) => {
    const may = mayApprove(rule, step.actor);
    if (!may.ok) return may;
    const approved: RuleRecord = { ...rule, status: 'APPROVED', approvedBy: step.actor, approvedAt: tx.now };
    await saveRule(tx, approved);
    return ok(approved);
  });
