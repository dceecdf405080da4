// The rules as data: versions of the programme, of earn rules and of campaigns.
import type { Caller } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { PointsRuleResolver } from './api/points-rule.resolver';
import { PublishRuleMutations } from './api/publish-rule.mutation';
import { PointsRuleRow } from './storage/points-rule.entity';
import { type RuleDraft, publishRule } from './use-cases/publish-rule';
import { rules } from './use-cases/rules.query';

const verbs = ({ asked }: Transactions) => ({
  publishRule: (caller: Caller, command: { key: string; actor: string; draft: RuleDraft }) =>
    asked(caller, (tx) => publishRule(tx, command)),
  rules: (caller: Caller, kind: Parameters<typeof rules>[1]) => asked(caller, (tx) => rules(tx, kind)),
});

export const programme: Feature<ReturnType<typeof verbs>> = {
  entities: [PointsRuleRow],
  verbs,
  resolvers: [PointsRuleResolver, PublishRuleMutations],
};
