// The clock's own part: ends of validity and grace, ladders that begin. Bounded batches; done twice it is done once.
import type { Database } from '@atrium/platform';
import { ageLadders, findLadders } from '../storage/ladder.repository';
import { findGroups, lockDueMembers } from '../storage/member-tier.repository';
import { newestVersion, refoldMembers } from './refold-members';

const BATCH = 200;

/** Answers how many members were looked at. */
export async function evaluateValidity(db: Database): Promise<number> {
  let done = 0;
  for (const groupId of await db.inSystemTransaction(findGroups)) {
    for (let taken = BATCH; taken === BATCH; done += taken) {
      taken = await db.inTransaction(groupId, async (tx) => {
        await ageLadders(tx);
        const ids = await lockDueMembers(tx, newestVersion(await findLadders(tx)), BATCH);
        await refoldMembers(tx, ids);
        return ids.length;
      });
    }
  }
  return done;
}
