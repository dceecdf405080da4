import type { Json, Path } from './merge';
import type { Wave } from './wave';

export type SubgraphError = { message?: unknown; path?: unknown; extensions?: unknown } | null | undefined;
/** What a subgraph sent, ours to change. */
export type SubgraphAnswer = { data?: unknown; errors?: SubgraphError[] | unknown };

export type SubgraphCall = {
  subgraph: string;
  /** The request's JSON. */
  body: string;
  /** Whether it may be asked twice, and shared. */
  query: boolean;
};

/** Throws when there is no answer. */
export type SubgraphFetch = (call: SubgraphCall) => Promise<SubgraphAnswer>;

/** Something that is missing in the answer, before it is made presentable. */
export type Failure = {
  message: string;
  path: Path | undefined;
  extensions: Record<string, unknown>;
  cause: unknown;
};

/** One execution of a plan. */
export type Run = {
  readonly variables: Record<string, unknown>;
  readonly fetch: SubgraphFetch;
  /** For requests that may go together. */
  readonly wave: Wave;
  readonly data: Json;
  readonly failures: Failure[];
};

export type Step = (run: Run) => Promise<void>;
