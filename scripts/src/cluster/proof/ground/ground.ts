import type { ServiceName } from '@atrium/contracts';

/** The subgraphs, as values name them. */
export const PARTS = ['member', 'points', 'coupon', 'tier', 'merchantSettlement', 'messaging'] as const;

/** A Service, and where it is. */
export interface Place {
  namespace: string;
  service: string;
}

/** Something that is deleted to see what happens. */
export interface Component {
  name: string;
  namespace: string;
  kind: 'deployment' | 'statefulset';
  /** This one of its pods; any when left out. */
  pod?: string;
  /** Whether another pod goes on while this one is away, or nobody waits for it. */
  covered: boolean;
}

/** What a release stands on: where its databases and its NATS are, and the values that say so. */
export interface Ground {
  readonly profile: 'small' | 'ha';
  /** Of this repository, for Helm, then `values`. */
  readonly files: readonly string[];
  readonly values: object;
  readonly nats: Place;
  database(service: ServiceName): Place;
  /** What can be deleted beside the graph's own pods. */
  readonly beside: readonly Component[];
  /** Makes what must be there before the release; again, it changes nothing. */
  prepare(): Promise<void>;
  remove(): Promise<void>;
}

export const cpu = (request: string, memory: string) => ({ resources: { requests: { cpu: request, memory } } });

/**
 * Requests that fit on a laptop beside everything else. On a full node the processor is shared in their proportion, so they keep
 * the charts' own: most for what all others wait for, least for what nobody waits for.
 */
export const modestParts = (api: string, worker: string) =>
  Object.fromEntries(PARTS.map((part) => [part, { api: cpu(api, '128Mi'), worker: cpu(worker, '128Mi') }]));
