// A version in force is given an end, and with it older versions that it had replaced for good.
import { ok } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { publishRule as announce } from '../../ledger/events/points-events';
import { endOf, replacedBy } from '../domain/life';
import { findVersions, type RuleRecord, saveRule } from '../storage/rule.repository';
import { changeRule, type RuleStep } from './change-rule';

export const retireRule = (tx: Tx, step: RuleStep & { effectiveTo: Date | null }) =>
  changeRule(tx, 'retirePointsRule', step, async (rule) => {
    const end = endOf(rule, step.effectiveTo, tx.now);
    if (!end.ok) return end;
    const ended = (version: RuleRecord): RuleRecord => ({
      ...version,
      status: 'RETIRED',
      effectiveTo: end.value < version.effectiveFrom ? version.effectiveFrom : end.value,
      endedBy: step.actor,
      endedAt: tx.now,
    });
    const others = replacedBy(rule, await findVersions(tx, rule.ruleId), tx.now).filter(
      ({ effectiveTo }) => effectiveTo === null || effectiveTo > end.value,
    );
    for (const version of [...others, rule].map(ended)) {
      await saveRule(tx, version);
      await announce(tx, version);
    }
    return ok(ended(rule));
  });
