import { createHash } from 'node:crypto';
import type { Log } from '@atrium/platform/light';
import { internalError } from '../edge/errors';
import { busy, Refusal } from '../edge/refusal';
import type { PlanningMetrics } from '../observe/metrics';
import { type Facts, PlannerChild, PlannerDied, type PlannerLimits } from './planner-child';
import type { PlanAnswer, PlannerTask, PlanRequest } from './planner-protocol';
import { RefusedOperations } from './refused-operations';

export type PlannerOptions = PlannerLimits & { queue: number };
export type Plan = Extract<PlanAnswer, { kind: 'planned' | 'invalid' }>;

type Job = PlanRequest & { key: string; give: (plan: Plan) => void; fail: (error: Error) => void };

/**
 * Plans operations in a process of its own. One that takes too long or ends the process is refused, now and for a while;
 * the others wait in turn for the next process. Who asks for what is being planned already waits for the same plan.
 */
export class Planner {
  private readonly queue: Job[] = [];
  private readonly underWay = new Map<string, Promise<Plan>>();
  private readonly refused = new RefusedOperations();
  private working = false;
  private closed = false;
  private readonly unwatch: () => void;

  private constructor(
    private readonly task: PlannerTask,
    private readonly options: PlannerOptions,
    private readonly metrics: PlanningMetrics,
    private readonly log: Log,
    /** What the supergraph says beside plans. */
    readonly facts: Facts,
    private child: Promise<PlannerChild>,
  ) {
    this.unwatch = metrics.waiting.watch(() => this.underWay.size);
  }

  /** Rejects when the supergraph cannot be used. */
  static async start(task: PlannerTask, options: PlannerOptions, metrics: PlanningMetrics, log: Log): Promise<Planner> {
    const { child, facts } = await PlannerChild.start(task, options);
    return new Planner(task, options, metrics, log, facts, Promise.resolve(child));
  }

  /** Rejects with a Refusal for what cannot be planned, or not now. */
  async plan(text: string, name: string | undefined): Promise<Plan> {
    const key = createHash('sha256')
      .update(`${name ?? ''}\0${text}`)
      .digest('base64');
    const refusal = this.refused.find(key);
    if (refusal !== undefined) throw refusal;
    const same = this.underWay.get(key);
    if (same !== undefined) return same;
    const planned = this.enqueue(key, text, name).finally(() => this.underWay.delete(key));
    this.underWay.set(key, planned);
    return planned;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.unwatch();
    for (const job of this.queue.splice(0)) job.fail(busy());
    const child = await this.child.catch(() => undefined);
    child?.kill();
    await child?.exited;
  }

  private enqueue(key: string, text: string, name: string | undefined): Promise<Plan> {
    if (this.closed || this.queue.length >= this.options.queue) {
      this.metrics.failures.inc({ reason: 'queue' });
      return Promise.reject(busy());
    }
    const planned = new Promise<Plan>((give, fail) => this.queue.push({ key, text, name, give, fail }));
    void this.work();
    return planned;
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    for (let job = this.queue.shift(); job !== undefined; job = this.queue.shift()) {
      const start = performance.now();
      await this.serve(job);
      this.metrics.duration.since(start);
    }
    this.working = false;
  }

  private async serve(job: Job): Promise<void> {
    let child: PlannerChild;
    try {
      child = await this.living();
    } catch (error) {
      this.fail(job, 'start', busy());
      return this.log.error({ err: error }, 'the planner could not be started');
    }
    try {
      this.settle(job, await child.plan({ text: job.text, name: job.name }));
    } catch (error) {
      if (this.closed) return job.fail(busy());
      this.refuse(job, error instanceof PlannerDied ? error.reason : 'crash', tooComplex());
      void this.restart();
    }
  }

  private settle(job: Job, answer: PlanAnswer): void {
    switch (answer.kind) {
      case 'limit':
        return this.refuse(job, 'limit', tooComplex());
      case 'failed':
        return this.refuse(job, 'error', unplanned(), answer.message);
      default:
        return job.give(answer);
    }
  }

  /** Another try would end the same way. */
  private refuse(job: Job, reason: string, refusal: Refusal, message?: string): void {
    this.refused.add(job.key, refusal);
    this.log.warn({ operation: job.key, reason, ...(message && { message }) }, 'operation could not be planned');
    this.fail(job, reason, refusal);
  }

  private fail(job: Job, reason: string, refusal: Refusal): void {
    this.metrics.failures.inc({ reason });
    job.fail(refusal);
  }

  /** The process, or the next one when it has gone. Asked by one job at a time. */
  private async living(): Promise<PlannerChild> {
    const child = await this.child.catch(() => undefined);
    return child?.alive ? child : this.restart();
  }

  private restart(): Promise<PlannerChild> {
    this.child = PlannerChild.start(this.task, this.options).then(({ child }) => child);
    this.child.catch(() => undefined); // whoever needs it says so
    return this.child;
  }
}

function tooComplex(): Refusal {
  return new Refusal(400, 'OPERATION_TOO_COMPLEX', 'This operation takes too much to plan. Ask for less at once.', {
    retryable: false,
  });
}

function unplanned(): Refusal {
  return new Refusal(500, 'INTERNAL', internalError().message, { retryable: false });
}
