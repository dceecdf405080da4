import { type Database, job } from '@atrium/platform';
import { forgetOldKeys, groupsToSweep, sweepCheckouts } from '../use-cases/sweep-checkouts';

/** Gives back what nobody paid for in time. */
export const sweepCheckoutsJob = job({
  name: 'sweep-checkouts',
  everySeconds: 10,
  run: async (db: Database) => {
    let released = 0;
    for (const groupId of await db.inSystemTransaction(groupsToSweep)) {
      for (let batch = 1; batch > 0; released += batch) batch = await db.inTransaction(groupId, sweepCheckouts);
    }
    await db.inSystemTransaction(forgetOldKeys);
    return released;
  },
});
