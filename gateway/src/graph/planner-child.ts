import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { PlanAnswer, PlannerReady, PlannerTask, PlanRequest } from './planner-protocol';

/** As it is built, whoever asks: a process of its own cannot run TypeScript. */
const ENTRY = join(__dirname, '..', '..', 'dist', 'graph', 'planner-process.js');
const START_MS = 60_000;

export type PlannerLimits = { timeoutMs: number; memoryMb: number };
export type Facts = Extract<PlannerReady, { kind: 'ready' }>;

/** The process did not answer. What it was busy with is to blame. */
export class PlannerDied extends Error {
  constructor(readonly reason: 'timeout' | 'crash') {
    super(`The planner's process ended: ${reason}`);
  }
}

/** One planner's process: asked one thing at a time, gone for good when an answer does not come. */
export class PlannerChild {
  private waiting: { give: (answer: never) => void; fail: (error: Error) => void } | undefined;
  private ended = false;
  readonly exited: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly timeoutMs: number,
  ) {
    child.on('message', (message) => this.waiting?.give(message as never));
    // It could not be started, or not be written to: its end is what counts.
    child.on('error', () => this.end('crash'));
    this.exited = new Promise((resolve) =>
      child.once('exit', () => {
        this.end('crash');
        resolve();
      }),
    );
  }

  /** Rejects when the supergraph cannot be used. */
  static async start(task: PlannerTask, limits: PlannerLimits): Promise<{ child: PlannerChild; facts: Facts }> {
    const child = new PlannerChild(forked(limits.memoryMb), limits.timeoutMs);
    const ready = await child.exchange<PlannerReady>(task, START_MS);
    if (ready.kind === 'ready') return { child, facts: ready };
    child.kill();
    throw new Error(`The supergraph cannot be used: ${ready.message}`);
  }

  get alive(): boolean {
    return !this.ended;
  }

  /** Rejects with PlannerDied. */
  plan(request: PlanRequest): Promise<PlanAnswer> {
    return this.exchange(request, this.timeoutMs);
  }

  kill(): void {
    this.end('crash');
  }

  private async exchange<Answer>(message: PlannerTask | PlanRequest, timeoutMs: number): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Answer>((give, fail) => {
        if (this.ended) return fail(new PlannerDied('crash'));
        this.waiting = { give, fail };
        timer = setTimeout(() => this.end('timeout'), timeoutMs);
        this.child.send(message);
      });
    } finally {
      clearTimeout(timer);
      this.waiting = undefined;
    }
  }

  private end(reason: PlannerDied['reason']): void {
    if (!this.ended) this.child.kill('SIGKILL');
    this.ended = true;
    this.waiting?.fail(new PlannerDied(reason));
  }
}

/** It gets nothing of this process but what it must know: no environment with keys in it, no inspector's port. */
function forked(memoryMb: number): ChildProcess {
  return fork(ENTRY, [], {
    env: {},
    execArgv: [`--max-old-space-size=${memoryMb}`, '--max-semi-space-size=2', '--optimize-for-size'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}
