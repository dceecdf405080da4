// Looks every few seconds at what runs, while k6 does.
import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { LocalState } from '@atrium/platform/operator';

const run = promisify(execFile);

export type Part = { name: string; replicas?: number; ready?: number; memoryMb?: number };
export type Look = { at: number; parts: Part[] };
export type Looking = () => Promise<Part[]>;

/** Resident memory of each process of the local graph. */
export function localParts({ pids }: Pick<LocalState, 'pids'>): Looking {
  // PostgreSQL is many processes: the first says nothing of them.
  const ours = Object.entries(pids).filter(([name]) => name !== 'postgres');
  const names = new Map(ours.map(([name, pid]) => [String(pid), name]));
  return async () => {
    const { stdout } = await run('ps', ['-o', 'pid=,rss=', '-p', [...names.keys()].join(',')]);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .map(([pid = '', kb]) => ({ name: names.get(pid) ?? pid, memoryMb: Math.round(Number(kb) / 1024) }));
  };
}

/** Looks until it is told to stop. What cannot be seen at one time is left out there, and counted. */
export function watch(look: Looking, everyMs: number): { stop(): Promise<{ looks: Look[]; missed: number }> } {
  const ended = new AbortController();
  const started = performance.now();
  const looks: Look[] = [];
  let missed = 0;
  const work = (async () => {
    while (!ended.signal.aborted) {
      const at = (performance.now() - started) / 1000;
      await look().then(
        (parts) => looks.push({ at, parts }),
        () => missed++,
      );
      await setTimeout(everyMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      ended.abort();
      await work;
      return { looks, missed };
    },
  };
}

export type Grown = {
  part: string;
  'first MB': number;
  'last MB': number;
  'most MB': number;
  'MB an hour': number | null;
};

const SAYS_SOMETHING = 0.25;

const mean = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

/** Memory over the whole time: the first fifth after the start against the last. */
export function memoryOf(looks: readonly Look[]): Grown[] {
  const fifth = Math.max(1, Math.floor(looks.length / 5));
  const names = [...new Set(looks.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  return names.flatMap((part) => {
    const seen = looks.flatMap(({ at, parts }) => {
      const memoryMb = parts.find(({ name }) => name === part)?.memoryMb;
      return memoryMb === undefined ? [] : [{ at, memoryMb }];
    });
    if (seen.length < 2) return [];
    const [first, last] = [seen.slice(0, fifth), seen.slice(-fifth)];
    const [before, after] = [mean(first.map((s) => s.memoryMb)), mean(last.map((s) => s.memoryMb))];
    const hours = (mean(last.map((s) => s.at)) - mean(first.map((s) => s.at))) / 3600;
    return [
      {
        part,
        'first MB': Math.round(before),
        'last MB': Math.round(after),
        'most MB': Math.max(...seen.map((s) => s.memoryMb)),
        // What a start takes says nothing of an hour.
        'MB an hour': hours > SAYS_SOMETHING ? Math.round((after - before) / hours) : null,
      },
    ];
  });
}
