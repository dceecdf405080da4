import { prettyFormatQueryPlan, type QueryPlan } from '@apollo/query-planner';
import type { SubgraphOutcome } from './subgraph-metrics';

export const PARTS = ['plan', 'timings'] as const;
export type Part = (typeof PARTS)[number];

/** One request to a subgraph on behalf of the operation, in milliseconds since the operation came. */
export type FetchNote = {
  subgraph: string;
  startMs: number;
  durationMs: number;
  outcome: SubgraphOutcome | 'running';
  status: number | undefined;
  bytes: number | undefined;
  /** The answer was asked for by another request of this caller, which was under way. */
  coalesced: boolean;
  retries: number;
};

/** How one operation was answered, for a caller who may know. Filled in while it runs; nobody else has one. */
export class Explanation {
  private readonly start = performance.now();
  private readonly fetches: FetchNote[] = [];
  private plan: QueryPlan | undefined;
  private plannedMs: number | undefined;
  private known = false;
  private executor: string | undefined;
  private reason: string | undefined;
  private cost: number | undefined;

  constructor(private readonly parts: ReadonlySet<Part>) {}

  /** `known`: it was parsed, validated and planned before. */
  planned(plan: QueryPlan, known: boolean): void {
    if (this.plan !== undefined) return;
    this.plan = plan;
    this.known = known;
    this.plannedMs = this.now();
  }

  executedBy(executor: string, reason: string): void {
    this.executor = executor;
    this.reason = reason;
  }

  costs(cost: number): void {
    this.cost = cost;
  }

  fetch(subgraph: string): FetchNote {
    const note: FetchNote = {
      subgraph,
      startMs: this.now(),
      durationMs: 0,
      outcome: 'running',
      status: undefined,
      bytes: undefined,
      coalesced: false,
      retries: 0,
    };
    this.fetches.push(note);
    return note;
  }

  ended(note: FetchNote, outcome: SubgraphOutcome): void {
    note.durationMs = round(this.now() - note.startMs);
    note.outcome = outcome;
  }

  /** The answer with `extensions.atrium`. `cached`: from the shared store, so that nothing was executed. */
  addTo(body: string, cached: boolean): string {
    const { executor, reason, cost, plan } = this;
    const known = reason === 'chosen' ? {} : { operation: this.known ? 'known' : 'new' };
    const told = {
      answer: cached ? 'cached' : 'executed',
      ...(cached ? {} : { executor, reason, cost, ...known }),
      ...(this.parts.has('plan') && { plan: plan === undefined ? null : prettyFormatQueryPlan(plan) }),
      ...(this.parts.has('timings') && {
        timings: { totalMs: this.now(), plannedMs: this.plannedMs ?? null, fetches: this.fetches },
      }),
    };
    // An answer is one JSON object, and none has extensions of its own.
    const end = body.lastIndexOf('}');
    return `${body.slice(0, end)},"extensions":${JSON.stringify({ atrium: told })}}\n`;
  }

  private now(): number {
    return round(performance.now() - this.start);
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
