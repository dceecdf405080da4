// A draft that is not wanted after all. Its number is not given again.
import { ok } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { mayDiscard } from '../domain/life';
import { type RuleRecord, saveRule } from '../storage/rule.repository';
import { changeRule, type RuleStep } from './change-rule';

export const discardRule = (tx: Tx, step: RuleStep) =>
  changeRule(tx, 'discardPointsRule', step, async (rule) => {
    const may = mayDiscard(rule);
    if (!may.ok) return may;
    const discarded: RuleRecord = { ...rule, status: 'DISCARDED', endedBy: step.actor, endedAt: tx.now };
    await saveRule(tx, discarded);
    return ok(discarded);
  });
