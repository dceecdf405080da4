// Every version of the programme's rules, for the people who run it.
import type { Tx } from '@atrium/platform';
import { type AnyRule, findAllRules, type RuleKind } from '../storage/rule.repository';

export type RuleView = AnyRule;

export const rules = async (tx: Tx, kind: RuleKind | null): Promise<RuleView[]> =>
  (await findAllRules(tx)).filter((rule) => kind === null || rule.kind === kind);
