import { type Job, job } from '@atrium/platform';

/** Members in one transaction: it locks nothing that a person could wait for. */
const BATCH = 500;

/** States what will expire in 30, 7 and 1 days, or whatever the programme says. */
export const tellExpiringJob = (app: {
  groupsToTell(): Promise<string[]>;
  tellExpiring(groupId: string, limit: number): Promise<number>;
}): Job =>
  job({
    name: 'tell-expiring',
    everySeconds: 300,
    run: async (_, log) => {
      let total = 0;
      for (const groupId of await app.groupsToTell()) {
        for (let told = 1; told > 0; total += told) {
          told = await app.tellExpiring(groupId, BATCH);
          if (told > 0 && Math.trunc(total / 50_000) !== Math.trunc((total + told) / 50_000)) {
            log.info({ job: 'tell-expiring', groupId, done: total + told }, 'job goes on');
          }
        }
      }
      return total;
    },
  });
