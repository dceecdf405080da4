import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '@atrium/platform/light';
import type { Explanation } from '../observe/explanation';
import type { CacheHint } from './cache-hints';

/** What one request carries through the graph. Nothing else of the client's request reaches a subgraph. */
export type RequestContext = {
  readonly requestId: string;
  readonly caller: Caller;
  /** Whose allowance the request takes from. */
  readonly identity: string;
  readonly acceptLanguage: string | undefined;
  readonly traceparent: string | undefined;
  /** In the milliseconds of performance.now(): when the answer is due. */
  readonly deadline: number;
  /** Asked by GET: nothing may change. */
  readonly readOnly: boolean;
  /** For a subscription: it is asked for, or one of its events is read. */
  readonly subscription?: 'asked' | 'event';
  /** For a caller who asked how the operation is answered, and may know. */
  readonly explain?: Explanation | undefined;
  /** Filled in while the operation runs, for the metrics. An object of its own: the server works on a copy of this one. */
  readonly seen: {
    operation?: 'query' | 'mutation' | 'subscription';
    /** As its text names it; empty: it has no name. */
    name?: string;
    /** Who may keep the answer, and how long; absent: nobody. */
    cache?: CacheHint;
    /** The answer is from the shared store. */
    kept?: boolean;
    /** There is an error of ours in the answer. */
    failed?: boolean;
  };
};

const REQUEST_ID = /^[\w.-]{8,64}$/;
const LANGUAGES = /^[\w\-,;=.* ]{1,200}$/;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The client's own id when it is harmless in logs, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  return matching(headers['x-request-id'], REQUEST_ID) ?? randomUUID();
}

export function acceptLanguageOf(headers: IncomingHttpHeaders): string | undefined {
  return matching(headers['accept-language'], LANGUAGES);
}

export function traceparentOf(headers: IncomingHttpHeaders): string | undefined {
  return matching(headers['traceparent'], TRACEPARENT);
}

function matching(value: string | string[] | undefined, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
