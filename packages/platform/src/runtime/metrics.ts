import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

export interface Metrics {
  registry: Registry;
  /** Counts a request; call the answer when it is done. */
  startRequest(): () => void;
  requestsRefused: Counter;
  eventsApplied: Counter<'consumer' | 'outcome'>;
  eventsPublished: Counter;
}

/** Prometheus metrics of one process. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'atrium_request_seconds',
    help: 'Time to answer a GraphQL request, seconds.',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  return {
    registry,
    startRequest: () => duration.startTimer(),
    requestsRefused: new Counter({
      name: 'atrium_requests_refused_total',
      help: 'GraphQL requests that waited too long for others and were not begun.',
      registers: [registry],
    }),
    eventsApplied: new Counter({
      name: 'atrium_events_applied_total',
      help: 'Messages taken from streams, by consumer and outcome.',
      labelNames: ['consumer', 'outcome'],
      registers: [registry],
    }),
    eventsPublished: new Counter({
      name: 'atrium_events_published_total',
      help: 'Facts published from the outbox.',
      registers: [registry],
    }),
  };
}
