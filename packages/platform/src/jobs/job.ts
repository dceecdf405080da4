import type { Database } from '../database/database';
import { Wakeup } from '../events/wakeup';
import type { Log } from '../runtime/log';

/** Work that the clock starts. `run` does it in bounded batches, may be run twice or by two at once, and says how much it did. */
export interface Job {
  name: string;
  everySeconds: number;
  run(db: Database, log: Log): Promise<number>;
}

export const job = (definition: Job): Job => definition;

/** Runs a service's jobs, each on its own interval; a failure is logged and tried again at the next turn. */
export function runJobs(db: Database, jobs: readonly Job[], log: Log): { stop(): Promise<void> } {
  let stopping = false;
  const pause = new Wakeup();
  const loops = jobs.map(async ({ name, everySeconds, run }) => {
    while (!stopping) {
      try {
        const done = await run(db, log);
        if (done > 0) log.info({ job: name, done }, 'job done');
      } catch (error) {
        if (!stopping) log.warn({ err: error, job: name }, 'job failed, trying again at its next turn');
      }
      if (!stopping) await pause.wait(everySeconds * 1000, { deaf: true });
    }
  });
  return {
    async stop() {
      stopping = true;
      pause.wake(true);
      await Promise.allSettled(loops);
    },
  };
}
