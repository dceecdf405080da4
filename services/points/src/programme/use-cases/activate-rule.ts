// An approved version comes into force, within its dates.
import { err, ok } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { publishRule as announce } from '../../ledger/events/points-events';
import { mayActivate } from '../domain/life';
import { findVersions, type RuleRecord, saveRule } from '../storage/rule.repository';
import { changeRule, type RuleStep } from './change-rule';
import { findFaults } from './draft-rule';

export const activateRule = (tx: Tx, step: RuleStep) =>
  changeRule(tx, 'activatePointsRule', step, async (rule) => {
    const may = mayActivate(rule, await findVersions(tx, rule.ruleId));
    if (!may.ok) return may;
    // The limits may have become narrower since it was written.
    const faults = await findFaults(tx, rule);
    if (faults.length > 0) return err({ code: 'FAULTS', faults });
    const active: RuleRecord = { ...rule, status: 'ACTIVE', activatedBy: step.actor, activatedAt: tx.now };
    await saveRule(tx, active);
    await announce(tx, active);
    return ok(active);
  });
