import { UsageError } from '@atrium/platform/operator';

/**
 * Aborted by Ctrl-C, by the end of a terminal or of a job, for the whole life of a command. Once is enough: npm passes on what the
 * terminal has sent already.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => controller.abort(new UsageError(`Ended by ${name}.`)));
  return controller.signal;
}

/** What `work` answers, or the signal's reason as soon as there is one. Work that is left behind ends with the process. */
export async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  let tell = () => undefined as void;
  const aborted = new Promise<never>((_, reject) => {
    tell = () => reject(signal.reason as Error);
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell);
  });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', tell));
}
