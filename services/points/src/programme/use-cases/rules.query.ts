// Every version of the programme's rules, for the people who run it.
import type { Tx } from '@atrium/platform';
import { findAllRules, type RuleKind, type RuleRecord } from '../storage/rule.repository';

export type RuleView = RuleRecord;

export const rules = async (tx: Tx, kind: RuleKind | null): Promise<RuleView[]> =>
  (await findAllRules(tx)).filter((rule) => kind === null || rule.kind === kind);
