// Adds up what is outstanding, some thousand members at a time. Each batch moves the snapshot's place in the transaction
// that adds its sums: killed at any time, the job goes on where it was.
import { localDate, ok, type Result, uuidv7 } from '@atrium/kernel';
import { findOrgNode, idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import {
  addMembers,
  findGroups,
  findSnapshot,
  finishSnapshot,
  insertSnapshot,
  lockOpenSnapshot,
} from '../storage/liability.repository';

const BATCH = 2_000;

export const groupsToSnapshot = (tx: Tx): Promise<string[]> => findGroups(tx);

const zoneOf = async (tx: Tx): Promise<string> => (await findOrgNode(tx, tx.groupId ?? ''))?.timeZone ?? 'UTC';

/** One batch; begins the snapshot of the group's day when there is none yet. False when nothing is left to do. */
export async function snapshotLiability(tx: Tx): Promise<boolean> {
  const zone = await zoneOf(tx);
  const open = await lockOpenSnapshot(tx);
  if (!open) {
    const last = await findSnapshot(tx, null);
    if (last && localDate(last.asOf, zone) >= localDate(tx.now, zone)) return false;
    return insertSnapshot(tx, { id: uuidv7(tx.now), asOf: tx.now });
  }
  const members = await addMembers(tx, open.id, zone, BATCH);
  if (members < BATCH) await finishSnapshot(tx, open.id);
  return true;
}

/** Asks for a snapshot of now, beside the daily ones; the job adds it up. */
export async function refreshLiability(
  tx: Tx,
  { key, actor }: { key: string; actor: string },
): Promise<Result<{ asOf: Date }, IdempotencyRefusal>> {
  return idempotent<{ asOf: Date }, never>(
    tx,
    { key, operation: 'refreshPointsLiability', actor, input: {} },
    async () => {
      await insertSnapshot(tx, { id: uuidv7(tx.now), asOf: tx.now });
      return ok({ asOf: (await lockOpenSnapshot(tx))?.asOf ?? tx.now });
    },
  );
}
