// The points service under load, in a process of its own: see services/points/src/bench/worker.ts.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '@atrium/testkit';

/** Of many times, in milliseconds. */
export interface Spread {
  p50: number;
  p99: number;
  max: number;
}

export interface LoadResult extends Spread {
  done: number;
  seconds: number;
  cpuUs: number;
}

/** A night's job; its times are those of one transaction. */
export interface Night extends Spread {
  lots: number;
  seconds: number;
  transactions: number;
}

/** A statement as the service sent it; `<blck>` and `<fresh-id>` stand for what differs from run to run. */
export interface Recorded {
  text: string;
  values: (string | null)[];
  types: string[];
}

export class BenchWorker {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(appUrl: string, adminUrl: string, name = 'bench') {
    const file = join(ROOT, 'services/points/dist/bench/worker.js');
    this.child = spawn(process.execPath, [file, appUrl, adminUrl, name], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (!this.child.stdout) throw new Error('a worker without an output');
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** One job at a time. */
  async ask<T>(job: object): Promise<T> {
    this.child.stdin?.write(`${JSON.stringify(job)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the worker ended');
    const answer = JSON.parse(value) as { result: T } | { error: string };
    if ('error' in answer) throw new Error(`${JSON.stringify(job)}: ${answer.error}`);
    return answer.result;
  }

  run(load: {
    what: string;
    callers: number;
    seconds: number;
    members: number;
    of: number;
    sweep?: boolean;
    due?: boolean;
  }): Promise<LoadResult> {
    return this.ask({ do: 'run', ...load });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await ended;
  }
}
