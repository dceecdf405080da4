import { type Job, job } from '@atrium/platform';

const FEWEST = 3;

/**
 * Says in time that the ledger's months run out. The service may not create tables; the migration step does, at every deploy
 * (`src/migrate.ts`). Without it entries still find a place, in the default partition, from which they would have to be moved.
 */
export const watchPartitionsJob = (app: { partitionsLeft(): Promise<number> }): Job =>
  job({
    name: 'watch-partitions',
    everySeconds: 6 * 3600,
    run: async (_, log) => {
      const left = await app.partitionsLeft();
      if (left < FEWEST)
        log.error({ table: 'entry', monthsLeft: left }, 'run the migration step: it makes the months to come');
      return 0;
    },
  });
