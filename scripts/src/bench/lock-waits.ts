// How long transactions waited for rows that others had locked, from PostgreSQL's own log.
import { readFileSync, statSync } from 'node:fs';

/** Says so of every wait of a millisecond or more, with the connection's name and its transaction. */
export const LOG_LOCK_WAITS = { log_lock_waits: 'on', deadlock_timeout: '1ms', log_line_prefix: '%a %v ' };

const WAITED = /^(\S+) (\S+) LOG: {2}process \d+ acquired \w+ on (?:transaction|tuple) .* after ([\d.]+) ms/gm;

export class LockWaits {
  private from: number;

  constructor(
    private readonly logFile: string,
    private readonly connections: string,
  ) {
    this.from = statSync(logFile).size;
  }

  /** Of each transaction that waited since the last time, in milliseconds, together. */
  take(): number[] {
    const bytes = readFileSync(this.logFile);
    const text = bytes.toString('latin1', this.from);
    this.from = bytes.length;
    const waits = new Map<string, number>();
    for (const [, name, transaction = '', ms] of text.matchAll(WAITED)) {
      if (name === this.connections) waits.set(transaction, (waits.get(transaction) ?? 0) + Number(ms));
    }
    return [...waits.values()];
  }
}
