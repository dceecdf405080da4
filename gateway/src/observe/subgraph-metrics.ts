import { Gauge, type Registry } from 'prom-client';
import { type Count, CountFamily, DistributionFamily, type Distribution } from './families';
import { SECONDS } from './buckets';

const OUTCOMES = ['ok', 'errors', 'timeout', 'too_large', 'spared', 'unavailable'] as const;
export type SubgraphOutcome = (typeof OUTCOMES)[number];

/** What a client of a subgraph tells when it is asked. Two of one name live side by side while a supergraph is exchanged. */
export type SubgraphState = {
  inFlight: number;
  breakerOpen: boolean;
  pool: Record<(typeof POOL)[number], number>;
};
const POOL = ['connected', 'free', 'pending', 'queued', 'running'] as const;

/** What is counted for one subgraph. */
export type SubgraphMeter = {
  readonly durations: Readonly<Record<SubgraphOutcome, Distribution>>;
  readonly coalesced: Count;
  readonly retries: Count;
  readonly bytes: Count;
  /** Asked at each scrape until it is taken back. */
  watch(read: () => SubgraphState): () => void;
};

export type SubgraphMetrics = (name: string) => SubgraphMeter;

export function createSubgraphMetrics(registry: Registry): SubgraphMetrics {
  const counter = (name: string, help: string) =>
    new CountFamily(registry, { name: `atrium_gateway_${name}`, help, labelNames: ['subgraph'] });
  const durations = new DistributionFamily(registry, {
    name: 'atrium_gateway_subgraph_duration_seconds',
    help: 'Requests to subgraphs by outcome.',
    labelNames: ['subgraph', 'outcome'],
    buckets: SECONDS,
  });
  const coalesced = counter('coalesced_total', 'Requests not made because the same one was under way.');
  const retries = counter(
    'subgraph_retries_total',
    'Tries after the first: a kept connection had gone, or there was none to be had.',
  );
  const bytes = counter('subgraph_answer_bytes_total', 'Bytes of answers.');
  const watched = new Map<string, Set<() => SubgraphState>>();
  createGauges(registry, watched);

  return (subgraph) => {
    const of = (outcome: SubgraphOutcome) => [outcome, durations.of({ subgraph, outcome })] as const;
    const reads = watched.get(subgraph) ?? new Set<() => SubgraphState>();
    watched.set(subgraph, reads);
    return {
      durations: Object.fromEntries(OUTCOMES.map(of)) as Record<SubgraphOutcome, Distribution>,
      coalesced: coalesced.of({ subgraph }),
      retries: retries.of({ subgraph }),
      bytes: bytes.of({ subgraph }),
      watch: (read) => {
        reads.add(read);
        return () => reads.delete(read);
      },
    };
  };
}

function createGauges(registry: Registry, watched: ReadonlyMap<string, ReadonlySet<() => SubgraphState>>): void {
  const gauge = (name: string, help: string, valueOf: (state: SubgraphState) => number) =>
    new Gauge({
      name: `atrium_gateway_${name}`,
      help,
      labelNames: ['subgraph'],
      registers: [registry],
      collect() {
        for (const [subgraph, reads] of watched) this.set({ subgraph }, sum(reads, valueOf));
      },
    });
  gauge('subgraph_in_flight', 'Requests that wait for an answer.', ({ inFlight }) => inFlight);
  gauge('subgraph_breaker_open', 'Whether it is left alone for a moment.', ({ breakerOpen }) => Number(breakerOpen));
  new Gauge({
    name: 'atrium_gateway_pool',
    help: 'Connections (connected, free) and requests (running, pending, queued) of a pool.',
    labelNames: ['subgraph', 'state'],
    registers: [registry],
    collect() {
      for (const [subgraph, reads] of watched)
        for (const state of POOL)
          this.set(
            { subgraph, state },
            sum(reads, ({ pool }) => pool[state]),
          );
    },
  });
}

function sum(reads: ReadonlySet<() => SubgraphState>, valueOf: (state: SubgraphState) => number): number {
  return [...reads].reduce((total, read) => total + valueOf(read()), 0);
}
