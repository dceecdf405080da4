// Staff write a version of a rule. As a draft it waits for a second person; published it holds at once, and says so.
import { err, isUuid, naturalId, ok, type Result, uuidv7 } from '@atrium/kernel';
import { findOrgNodes, idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { publishRule as announce } from '../../ledger/events/points-events';
import type { RuleDraft } from '../domain/draft';
import type { Fault } from '../domain/faults';
import { faultsOf, placesOf } from '../domain/validate';
import { findVersions, insertRule, lockRules, type RuleRecord } from '../storage/rule.repository';
import type { RuleRefusal } from './refusals';

export interface DraftCommand {
  key: string;
  actor: string;
  draft: RuleDraft;
  /** The one-step form, for somebody who may do both. */
  publish: boolean;
}

export async function draftRule(
  tx: Tx,
  { key, actor, draft, publish }: DraftCommand,
): Promise<Result<RuleRecord, RuleRefusal | IdempotencyRefusal>> {
  const operation = publish ? 'publishPointsRule' : 'draftPointsRule';
  return idempotent<RuleRecord, RuleRefusal>(tx, { key, operation, actor, input: draft }, async () => {
    const faults = await findFaults(tx, draft);
    if (faults.length > 0) return err({ code: 'FAULTS', faults });
    await lockRules(tx);
    const ruleId = ruleIdOf(tx, draft);
    const versions = await findVersions(tx, ruleId);
    const version = (versions.at(-1)?.version ?? 0n) + 1n;
    const rule = newRule(tx, { ...draft, id: uuidv7(tx.now), ruleId, version }, actor, publish);
    await insertRule(tx, rule);
    if (publish) await announce(tx, rule);
    return ok(rule);
  });
}

export const ruleIdOf = (tx: Tx, { kind, code }: Pick<RuleDraft, 'kind' | 'code'>): string =>
  naturalId('points-rule', tx.groupId ?? '', kind, code);

function newRule(
  tx: Tx,
  draft: RuleDraft & { id: string; ruleId: string; version: bigint },
  actor: string,
  publish: boolean,
): RuleRecord {
  const [by, at] = publish ? [actor, tx.now] : [null, null];
  return {
    ...draft,
    status: publish ? 'ACTIVE' : 'DRAFT',
    draftedBy: actor,
    draftedAt: tx.now,
    approvedBy: by,
    approvedAt: at,
    activatedBy: by,
    activatedAt: at,
    endedBy: null,
    endedAt: null,
  };
}

/** What is wrong with a draft in itself, and what it names that is not there. */
export async function findFaults(tx: Tx, draft: RuleDraft): Promise<Fault[]> {
  const places = placesOf(draft);
  const nodes = await findOrgNodes(tx, places.map(({ id }) => id).filter(isUuid));
  const unknown = places
    .filter(({ id, kind }) => nodes.get(id)?.kind !== kind)
    .map(({ path, kind }): Fault => ({ path, reason: kind === 'STORE' ? 'UNKNOWN_STORE' : 'UNKNOWN_MERCHANT' }));
  // A store of another merchant: no sale could ever meet both conditions.
  const merchant = places.find(({ kind }) => kind === 'MERCHANT');
  const store = places.find(({ kind }) => kind === 'STORE');
  const foreign = store && merchant && unknown.length === 0 && !nodes.get(store.id)?.path.includes(merchant.id);
  return [
    ...faultsOf(draft),
    ...unknown,
    ...(foreign ? [{ path: store.path, reason: 'STORE_OF_ANOTHER' as const }] : []),
  ];
}
