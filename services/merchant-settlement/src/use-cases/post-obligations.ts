// Brings the ledger to what the newest facts ask for: each fact posts the difference, whatever came before it.
import { businessDate, formatMinor, uuidv7 } from '@atrium/kernel';
import { encodeJson, findOrgNodes, type Tx } from '@atrium/platform';
import type { Target } from '../domain/obligations';
import { compact, difference, type PostingLine } from '../domain/posting';
import {
  insertPostings,
  keyText,
  lockObligations,
  type ObligationKey,
  type ObligationState,
  type PostingRow,
  saveObligations,
} from '../storage/ledger.repository';

/** A fact about something that is owed, as totals that a newer fact replaces. */
export interface ObligationChange extends ObligationKey {
  siteId: string | null;
  purchaseId: string | null;
  contractId: string;
  /** Where a later fact must keep the terms of the first one; null: `contractId`. */
  contractOf?(facts: unknown): string | null;
  currency: string;
  occurredAt: Date;
  /** What is known with this fact: the same when the fact says nothing new. */
  merge(known: unknown): unknown;
  target(facts: unknown): Target;
  /** The posting's kind. */
  name(before: unknown, after: unknown): string;
  /** An amount that is told and counts in no balance. */
  memoMinor?(facts: unknown): bigint;
}

/** Types the facts of one kind of change; they are stored as they are. */
export function obligationChange<F>(
  change: Omit<ObligationChange, 'merge' | 'target' | 'name' | 'memoMinor' | 'contractOf'> & {
    contractOf?(facts: F): string | null;
    merge(known: F | null): F;
    target(facts: F): Target;
    name(before: F | null, after: F): string;
    memoMinor?(facts: F): bigint;
  },
): ObligationChange {
  return change as unknown as ObligationChange;
}

/** Applies changes in order; a fixed number of statements for any number of them. */
export async function postObligations(tx: Tx, changes: readonly ObligationChange[]): Promise<void> {
  if (changes.length === 0) return;
  const sites = await findOrgNodes(
    tx,
    changes.flatMap(({ siteId }) => (siteId ? [siteId] : [])),
  );
  const states = await lockObligations(tx, changes);
  const dirty = new Set<ObligationState>();
  const postings: (PostingRow & { lines: PostingLine[] })[] = [];
  for (const change of changes) {
    const state = states.get(keyText(change));
    if (!state) throw new Error(`obligation ${keyText(change)} is not visible to its tenant`);
    const before = state.facts;
    const after = change.merge(before);
    if (before !== null && encodeJson(before) === encodeJson(after)) continue;
    const target = compact(change.target(after));
    const lines = difference(target, state.posted);
    state.facts = after;
    state.posted = target;
    dirty.add(state);
    if (lines.length === 0) continue;
    const site = change.siteId ? sites.get(change.siteId) : undefined;
    const { merchantId, siteId, sourceId, purchaseId, currency, occurredAt } = change;
    const contractId = change.contractOf?.(after) ?? change.contractId;
    const memoMinor = change.memoMinor?.(after) ?? 0n;
    postings.push({
      ...{ merchantId, siteId, sourceId, purchaseId, contractId, currency, occurredAt },
      id: uuidv7(tx.now),
      kind: change.name(before, after),
      postedAt: tx.now,
      businessDate: businessDate(occurredAt, site?.timeZone ?? 'UTC', site?.dayCutMinutes ?? 0),
      lines: memoMinor === 0n ? lines : [...lines, ownShare(memoMinor, currency)],
    });
  }
  await insertPostings(tx, postings);
  await saveObligations(tx, [...dirty]);
}

const ownShare = (amountMinor: bigint, currency: string): PostingLine => ({
  account: 'MERCHANT_OWN_SHARE',
  debitMinor: 0n,
  creditMinor: 0n,
  memo: `${formatMinor(amountMinor, currency)} ${currency}`,
});
