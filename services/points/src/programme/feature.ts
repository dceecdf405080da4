// The rules as data: versions of the programme, of earn rules, of campaigns and of interactions, and their life.
import type { Caller } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { CheckPointsRulesResolver } from './api/check-rules.resolver';
import { PointsRuleMutations } from './api/points-rule.mutations';
import { PointsRuleResolver } from './api/points-rule.resolver';
import type { RuleDraft } from './domain/draft';
import { PointsRuleRow } from './storage/points-rule.entity';
import { activateRule } from './use-cases/activate-rule';
import { approveRule } from './use-cases/approve-rule';
import type { RuleStep } from './use-cases/change-rule';
import { checkRules } from './use-cases/check-rules.query';
import { discardRule } from './use-cases/discard-rule';
import { type DraftCommand, draftRule } from './use-cases/draft-rule';
import { retireRule } from './use-cases/retire-rule';
import { rules } from './use-cases/rules.query';

const verbs = ({ asked }: Transactions) => ({
  draftRule: (caller: Caller, command: DraftCommand) => asked(caller, (tx) => draftRule(tx, command)),
  approveRule: (caller: Caller, step: RuleStep) => asked(caller, (tx) => approveRule(tx, step)),
  activateRule: (caller: Caller, step: RuleStep) => asked(caller, (tx) => activateRule(tx, step)),
  retireRule: (caller: Caller, step: RuleStep & { effectiveTo: Date | null }) =>
    asked(caller, (tx) => retireRule(tx, step)),
  discardRule: (caller: Caller, step: RuleStep) => asked(caller, (tx) => discardRule(tx, step)),
  checkRules: (caller: Caller, drafts: readonly RuleDraft[]) => asked(caller, (tx) => checkRules(tx, drafts)),
  rules: (caller: Caller, kind: Parameters<typeof rules>[1]) => asked(caller, (tx) => rules(tx, kind)),
});

export const programme: Feature<ReturnType<typeof verbs>> = {
  entities: [PointsRuleRow],
  verbs,
  resolvers: [PointsRuleResolver, CheckPointsRulesResolver, PointsRuleMutations],
};
