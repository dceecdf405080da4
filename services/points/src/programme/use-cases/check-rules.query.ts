// What is wrong with rules that somebody wants, all of it at once. Nothing is kept.
import type { Tx } from '@atrium/platform';
import type { RuleDraft } from '../domain/draft';
import type { Fault } from '../domain/faults';
import { findFaults } from './draft-rule';

export async function checkRules(tx: Tx, drafts: readonly RuleDraft[]): Promise<Fault[][]> {
  const faults: Fault[][] = [];
  for (const draft of drafts) faults.push(await findFaults(tx, draft));
  return faults;
}
