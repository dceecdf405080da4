import { Gauge, Registry } from 'prom-client';
import { SECONDS } from './buckets';
import { type Count, CountFamily, type Distribution, DistributionFamily } from './families';
import { OperationNames } from './operation-names';
import { createProcessMetrics } from './process-metrics';
import type { RequestContext } from '../edge/request-context';
import { createSubgraphMetrics, type SubgraphMetrics } from './subgraph-metrics';
import { createSubscriptionMetrics, type SubscriptionMetrics } from './subscription-metrics';

type Seen = RequestContext['seen'];

/** What is held at a moment, asked at each scrape; several of one kind are added up. */
export type Watched = { watch(read: () => number): () => void };

export type PlanningMetrics = {
  duration: Distribution;
  waiting: Watched;
  failures: CountFamily<'reason'>;
};

export type Metrics = {
  registry: Registry;
  names: OperationNames;
  requests: DistributionFamily<'operation' | 'status'>;
  operations: DistributionFamily<'name'>;
  errors: CountFamily<'name' | 'code'>;
  failed: Count;
  running: Watched;
  shed: Count;
  rateLimited: CountFamily<'limit' | 'of'>;
  tokens: CountFamily<'outcome'>;
  tokensKept: Watched;
  documents: CountFamily<'outcome'>;
  listed: Watched;
  safelists: CountFamily<'outcome'>;
  costs: Distribution;
  reloads: CountFamily<'outcome'>;
  cache: CountFamily<'outcome'>;
  plans: CountFamily<'outcome'>;
  plansKept: Watched;
  planCharacters: Watched;
  executions: CountFamily<'executor' | 'reason'>;
  planning: PlanningMetrics;
  subgraph: SubgraphMetrics;
  subscriptions: SubscriptionMetrics;
};

/** Rate, errors, duration: of the gateway, and of each subgraph as the gateway sees it. Described in docs/reference/metrics.md. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  createProcessMetrics(registry);
  const durations = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new DistributionFamily(registry, { name: `atrium_gateway_${name}`, help, labelNames, buckets: SECONDS });
  const counts = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new CountFamily(registry, { name: `atrium_gateway_${name}`, help, labelNames });
  const held = (name: string, help: string) => watched(registry, `atrium_gateway_${name}`, help);

  return {
    registry,
    names: new OperationNames(),
    requests: durations('request_duration_seconds', 'Requests by type and HTTP status.', 'operation', 'status'),
    operations: durations('operation_duration_seconds', "Requests by the operation's name.", 'name'),
    errors: counts('errors_total', "Errors in answers by the operation's name and code.", 'name', 'code'),
    failed: counts('failed_total', 'Requests whose answer has an error of ours, each once.').of({}),
    running: held('requests_in_flight', 'Requests that are not answered yet.'),
    shed: counts('shed_total', 'Requests refused because too many are under way.').of({}),
    rateLimited: counts('rate_limited_total', 'Requests refused by a rate.', 'limit', 'of'),
    tokens: counts('tokens_total', 'Tokens by how they were judged.', 'outcome'),
    tokensKept: held('token_cache_entries', 'Verified tokens that are remembered.'),
    documents: counts('documents_total', 'Documents looked up by their hash.', 'outcome'),
    listed: held('safelist_documents', 'Documents on the safelist.'),
    safelists: counts('safelist_reloads_total', 'Manifests that came while it ran: loaded, refused.', 'outcome'),
    costs: new DistributionFamily(registry, {
      name: 'atrium_gateway_operation_cost',
      help: 'What operations cost, in objects, refused ones too.',
      labelNames: [],
      buckets: [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 100_000],
    }).of({}),
    reloads: counts('supergraph_reloads_total', 'Supergraphs that came while it ran: loaded, refused.', 'outcome'),
    cache: counts('response_cache_total', 'Public answers looked up in the shared store: hit, miss.', 'outcome'),
    plans: counts(
      'plan_cache_total',
      'Operations looked up among the planned: hit, miss; and dropped: evicted.',
      'outcome',
    ),
    plansKept: held('plan_cache_entries', 'Operations that are kept planned.'),
    planCharacters: held('plan_cache_characters', 'Characters of their texts.'),
    executions: counts('executions_total', 'Operations by the executor that ran them, and why.', 'executor', 'reason'),
    planning: {
      duration: durations(
        'planning_duration_seconds',
        'New operations: validated and planned, whatever came of it.',
      ).of({}),
      waiting: held('planning_queue', 'New operations that are being planned or wait for it.'),
      failures: counts('planning_failures_total', 'Operations without a plan.', 'reason'),
    },
    subgraph: createSubgraphMetrics(registry),
    subscriptions: createSubscriptionMetrics(registry),
  };
}

/** Not the caller's doing. They come with HTTP 200 too, and one for each place of a list. */
const OURS: ReadonlySet<string> = new Set(['UNAVAILABLE', 'INTERNAL']);

/** An error of an answer: `seen` is what is known of its operation. */
export function countError({ names, errors }: Pick<Metrics, 'names' | 'errors'>, seen: Seen, code: string): void {
  errors.inc({ name: names.labelOf(seen.name), code });
  if (OURS.has(code)) seen.failed = true;
}

/** A request that is answered: once, whatever and how much was wrong with it. */
export function countRequest(metrics: Pick<Metrics, 'requests' | 'failed'>, seen: Seen, status: number, start: number) {
  metrics.requests.of({ operation: seen.operation ?? 'none', status: String(status) }).since(start);
  if (seen.failed === true) metrics.failed.add();
}

function watched(registry: Registry, name: string, help: string): Watched {
  const reads = new Set<() => number>();
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set([...reads].reduce((sum, read) => sum + read(), 0));
    },
  });
  return {
    watch(read) {
      reads.add(read);
      return () => reads.delete(read);
    },
  };
}
