import { type Job, job } from '@atrium/platform';

const FILES = 20;

/** Works off files of adjustments in bounded batches; killed, the next run goes on where this one stopped. */
export const runBulkAdjustmentsJob = (app: {
  runningBulks(limit: number): Promise<{ groupId: string; id: string }[]>;
  runBulk(groupId: string, id: string): Promise<number>;
}): Job =>
  job({
    name: 'run-bulk-adjustments',
    everySeconds: 5,
    run: async (_, log) => {
      let done = 0;
      for (const { groupId, id } of await app.runningBulks(FILES)) {
        for (;;) {
          const lines = await app.runBulk(groupId, id);
          if (lines === 0) break;
          done += lines;
          log.info({ bulkAdjustment: id, lines, done }, 'lines of a file of adjustments worked off');
        }
      }
      return done;
    },
  });
