import { ConfigError } from './config';
import { WHOLE_STOP_MS } from './stopping';

/**
 * Runs a process: starts it, stops it in order on SIGTERM and SIGINT, and ends with a non-zero code on anything that nobody
 * expected. A wrong environment ends in a line that says what to set.
 */
export function runProcess(start: () => Promise<{ stop(): Promise<void> }>): void {
  let stopping = false;
  const fail = (error: unknown) => {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  start().then((running) => {
    const stop = () => {
      if (stopping) return;
      stopping = true;
      setTimeout(() => fail(new Error(`did not stop within ${WHOLE_STOP_MS} ms`)), WHOLE_STOP_MS).unref();
      running.stop().then(() => process.exit(0), fail);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    // A local run ends with the terminal or supervisor that started it.
    if (process.channel) process.on('disconnect', stop);
  }, fail);
}
