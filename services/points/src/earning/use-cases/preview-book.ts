// The rules as they are, and as they would be with some of them changed. Nothing is kept.
import { err, isUuid, naturalId, ok, type Result } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import type { RuleDraft } from '../../programme/domain/draft';
import type { Fault } from '../../programme/domain/faults';
import { replacedBy } from '../../programme/domain/life';
import { type RuleBook, ruleBook } from '../../programme/domain/rule-book';
import { type AnyRule, findAllRules, type RuleRecord, rulesOf } from '../../programme/storage/rule.repository';
import { findFaults, ruleIdOf } from '../../programme/use-cases/draft-rule';

export interface RuleChanges {
  /** Versions that are kept: drafts, approved ones, or any other. */
  readonly ruleIds: readonly string[];
  readonly drafts: readonly RuleDraft[];
  /** Versions that would not hold. */
  readonly retiredIds: readonly string[];
  /** Whether what is new holds also before it begins. */
  readonly anyTime: boolean;
}

export interface Books {
  readonly inForce: RuleBook;
  readonly changed: RuleBook;
}

export type BookRefusal =
  | { readonly code: 'NOT_FOUND' }
  | { readonly code: 'FAULTS'; readonly faults: readonly (Fault & { readonly rule: number })[] };

export async function openBooks(tx: Tx, changes: RuleChanges): Promise<Result<Books, BookRefusal>> {
  const all = await findAllRules(tx);
  const named = [...changes.ruleIds, ...changes.retiredIds];
  const known = new Map(all.map((rule) => [rule.id, rule]));
  if (!named.every((id) => isUuid(id) && known.has(id))) return err({ code: 'NOT_FOUND' });
  const faults: (Fault & { rule: number })[] = [];
  for (const [rule, draft] of changes.drafts.entries()) {
    for (const fault of await findFaults(tx, draft)) faults.push({ ...fault, rule });
  }
  if (faults.length > 0) return err({ code: 'FAULTS', faults });
  const published = all.filter(({ status }) => status === 'ACTIVE' || status === 'RETIRED');
  const gone = goneWith(tx, changes.retiredIds, all);
  const wanted = [
    ...changes.ruleIds.flatMap((id) => known.get(id) ?? []),
    ...changes.drafts.map((draft, i) => draftVersion(tx, draft, i)),
  ];
  const newest = all.reduce((top, { version }) => (version > top ? version : top), 0n);
  return ok({
    inForce: ruleBook(rulesOf(published)),
    changed: ruleBook(
      rulesOf([
        ...published.filter(({ id }) => !gone.has(id) && !changes.ruleIds.includes(id)),
        ...above(wanted, newest, changes.anyTime),
      ]),
    ),
  });
}

/** Retired versions, and those that end with them. */
function goneWith(tx: Tx, retiredIds: readonly string[], all: readonly RuleRecord[]): Set<string> {
  const gone = new Set(retiredIds);
  for (const rule of all.filter(({ id }) => retiredIds.includes(id))) {
    const siblings = all.filter(({ ruleId }) => ruleId === rule.ruleId);
    for (const { id } of replacedBy(rule, siblings, tx.now)) gone.add(id);
  }
  return gone;
}

function draftVersion(tx: Tx, draft: RuleDraft, i: number): AnyRule {
  const ruleId = ruleIdOf(tx, draft);
  return { ...draft, id: naturalId('points-rule-preview', ruleId, String(i)), ruleId, version: 0n, status: 'ACTIVE' };
}

/** The wanted versions lie above all others; of one rule, the later beginning above the earlier. */
function above(wanted: readonly AnyRule[], newest: bigint, anyTime: boolean): AnyRule[] {
  const sorted = [...wanted].sort((a, b) => a.effectiveFrom.getTime() - b.effectiveFrom.getTime());
  return sorted.map((rule, i): AnyRule => {
    const first = sorted.findIndex(({ ruleId }) => ruleId === rule.ruleId) === i;
    const effectiveFrom = anyTime && first ? new Date(0) : rule.effectiveFrom;
    return { ...rule, effectiveFrom, status: 'ACTIVE', version: newest + 1n + BigInt(i) };
  });
}
