import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Metrics = {
  registry: Registry;
  requests: Histogram<'operation' | 'status'>;
  errors: Counter<'code'>;
  documents: Counter<'outcome'>;
  costs: Histogram;
  reloads: Counter<'outcome'>;
  cache: Counter<'outcome'>;
  subgraphs: Histogram<'subgraph' | 'outcome'>;
  coalesced: Counter<'subgraph'>;
  executions: Counter<'executor' | 'reason'>;
};

/** Rate, errors, duration: of the gateway, and of each subgraph as the gateway sees it. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Histogram({
      name: 'atrium_gateway_request_duration_seconds',
      help: 'GraphQL requests by operation type and HTTP status.',
      labelNames: ['operation', 'status'],
      buckets: SECONDS,
      registers: [registry],
    }),
    errors: new Counter({
      name: 'atrium_gateway_errors_total',
      help: 'Errors in answers by code.',
      labelNames: ['code'],
      registers: [registry],
    }),
    costs: new Histogram({
      name: 'atrium_gateway_operation_cost',
      help: 'What operations cost, in objects, refused ones too.',
      buckets: [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 100_000],
      registers: [registry],
    }),
    cache: new Counter({
      name: 'atrium_gateway_response_cache_total',
      help: 'Public answers looked up in the shared store: hit, miss.',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    reloads: new Counter({
      name: 'atrium_gateway_supergraph_reloads_total',
      help: 'Supergraphs that came while it ran: loaded, refused.',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    documents: new Counter({
      name: 'atrium_gateway_documents_total',
      help: 'Documents looked up by their hash: listed, persisted, unlisted, refused, unknown.',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    subgraphs: new Histogram({
      name: 'atrium_gateway_subgraph_duration_seconds',
      help: 'Requests to subgraphs by outcome.',
      labelNames: ['subgraph', 'outcome'],
      buckets: SECONDS,
      registers: [registry],
    }),
    coalesced: new Counter({
      name: 'atrium_gateway_coalesced_total',
      help: 'Requests to subgraphs that were not made because the same one was under way.',
      labelNames: ['subgraph'],
      registers: [registry],
    }),
    executions: new Counter({
      name: 'atrium_gateway_executions_total',
      help: 'Operations by the executor that ran them, and why that one.',
      labelNames: ['executor', 'reason'],
      registers: [registry],
    }),
  };
}
