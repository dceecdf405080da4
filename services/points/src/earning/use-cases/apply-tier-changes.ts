// A member's tier changed, perhaps at an instant in the past: remember it, and rate again what it touches.
import type { Tx } from '@atrium/platform';
import type { TierPeriod } from '../domain/tier-timeline';
import { lockAccounts } from '../../ledger/storage/ledger.repository';
import {
  findChangeInstants,
  findLadders,
  keepLadderStill,
  saveTierPeriods,
  supersedeTierPeriods,
} from '../storage/tier.repository';
import { rerateSales } from './rerate-sales';

export interface RecordedTierChange extends TierPeriod {
  memberId: string;
  ladderVersionId: string | null;
  supersededChangeIds: readonly string[];
}

/** Gives the ids of ladders that have not arrived yet; when there is one, nothing was written. */
export async function applyTierChanges(tx: Tx, changes: readonly RecordedTierChange[]): Promise<{ missing: string[] }> {
  const memberIds = changes.map(({ memberId }) => memberId);
  await keepLadderStill(tx, 'SHARED');
  await lockAccounts(tx, memberIds);
  const ladders = new Set((await findLadders(tx)).map(({ id }) => id));
  const missing = changes.map((c) => c.ladderVersionId).filter((id) => id !== null && !ladders.has(id));
  if (missing.length > 0) return { missing: missing.filter((id) => id !== null) };
  const superseded = changes.flatMap(({ memberId, supersededChangeIds }) =>
    supersededChangeIds.map((changeId) => ({ memberId, changeId })),
  );
  const undone = await findChangeInstants(
    tx,
    superseded.map(({ memberId }) => memberId),
    superseded.map(({ changeId }) => changeId),
  );
  await saveTierPeriods(tx, newestOfEach(changes));
  await supersedeTierPeriods(tx, superseded);
  const since = new Map<string, Date>();
  for (const { memberId, effectiveAt } of [...changes, ...undone]) {
    const earliest = since.get(memberId);
    if (!earliest || effectiveAt < earliest) since.set(memberId, effectiveAt);
  }
  await rerateSales(
    tx,
    [...since].map(([memberId, after]) => ({ memberId, after })),
    tx.now,
  );
  return { missing: [] };
}

/** One statement cannot write a row twice. */
function newestOfEach(changes: readonly RecordedTierChange[]): RecordedTierChange[] {
  return [...new Map(changes.map((change) => [`${change.memberId} ${change.changeId}`, change])).values()];
}
