import type { Database } from '../database/database';
import { Wakeup } from '../events/wakeup';
import type { Log } from '../runtime/log';

/**
 * Work that the clock starts. `run` does it in bounded batches, may be run twice or by two at once, and says how much it did.
 * A long one ends early when the process stops: the next run goes on.
 */
export interface Job {
  name: string;
  everySeconds: number;
  run(db: Database, log: Log, stop?: AbortSignal): Promise<number>;
}

export const job = (definition: Job): Job => definition;

/** Runs a service's jobs, each on its own interval; a failure is logged and tried again at the next turn. */
export function runJobs(
  db: Database,
  jobs: readonly Job[],
  log: Log,
): { hold(on: boolean): void; stop(): Promise<void> } {
  let held = false;
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = new Wakeup();
  const loops = jobs.map(async ({ name, everySeconds, run }) => {
    while (!signal.aborted) {
      try {
        if (held) continue;
        const done = await run(db, log, signal);
        if (done > 0) log.info({ job: name, done }, 'job done');
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error, job: name }, 'job failed, trying again at its next turn');
      } finally {
        if (!signal.aborted) await pause.wait(everySeconds * 1000, { deaf: true });
      }
    }
  });
  return {
    /** Whether no turn begins for now. */
    hold(on) {
      held = on;
    },
    async stop() {
      stopping.abort();
      pause.wake(true);
      await Promise.allSettled(loops);
    },
  };
}
