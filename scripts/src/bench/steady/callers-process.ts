import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '@atrium/testkit';
import type { Interval, Job } from './callers';

/** The callers, in a process of their own. */
export class CallersProcess {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor() {
    const child = spawn(process.execPath, [join(ROOT, 'scripts/dist/bench/steady/callers.js')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child = child;
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async run(job: Job, each: (interval: Interval) => void | Promise<void>): Promise<void> {
    this.child.stdin?.write(`${JSON.stringify(job)}\n`);
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) throw new Error('the callers ended');
      const interval = JSON.parse(value) as Interval;
      await each(interval);
      if (interval.over) return;
    }
  }

  stop(): void {
    this.child.kill();
  }
}
