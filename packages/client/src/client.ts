import type { TadaDocumentNode } from 'gql.tada';
import type { Answer } from './errors';
import { exchange } from './exchange';
import { hashOf, type Operation, operationOf, textOf } from './persisted';
import { DEFAULT_RETRY, isRepeatable, pause, pauseBefore, type RetryPolicy } from './retry';

export interface ClientOptions {
  /** Where the graph is, with its path. */
  url: string;
  /** The caller's token. `renew` is true when the graph has just refused the one before. Null: anonymous. */
  token?: (renew: boolean) => string | null | Promise<string | null>;
  /** For messages and remedies: zh-CN or en. */
  language?: string;
  /** Sends the hash of a document instead of its text, which follows only when the graph does not know the hash. */
  persisted?: boolean;
  retry?: Partial<RetryPolicy>;
  /** For one try. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

/** Variables may be left out where a document has none. */
type Arguments<V> =
  Record<string, never> extends V ? [variables?: V, options?: CallOptions] : [variables: V, options?: CallOptions];

export interface CallOptions {
  signal?: AbortSignal;
}

export interface Client {
  query<T, V>(document: TadaDocumentNode<T, V>, ...rest: Arguments<V>): Promise<Answer<T>>;
  /** Retries with the same variables, so with the same idempotency key; without one, a mutation is sent once. */
  mutate<T, V>(document: TadaDocumentNode<T, V>, ...rest: Arguments<V>): Promise<Answer<T>>;
}

interface Call {
  readonly document: object;
  readonly operation: Operation;
  readonly variables: unknown;
  readonly requestId: string;
  readonly signal: AbortSignal | undefined;
  /** False as long as the hash alone may do. */
  withText: boolean;
}

/** One for each submission: make it when the person begins, keep it until there is an answer. */
export const idempotencyKey = (): string => crypto.randomUUID();

export function createClient(options: ClientOptions): Client {
  const policy = { ...DEFAULT_RETRY, ...options.retry };

  const run = async <T, V>(document: TadaDocumentNode<T, V>, ...rest: Arguments<V>): Promise<Answer<T>> => {
    const [variables, { signal } = {}] = rest;
    const operation = operationOf(document);
    const repeatable = isRepeatable(operation, variables);
    const requestId = crypto.randomUUID();
    const call = { document, operation, variables, requestId, signal, withText: options.persisted !== true };
    for (let attempt = 1; ; attempt++) {
      const answer = await once<T>(call);
      const wait = pauseBefore(attempt, answer, operation, repeatable, policy);
      if (wait === null || signal?.aborted) return answer;
      await pause(wait, signal);
    }
  };

  /** One try, with what the protocol itself asks for: the text of an unknown hash, a new token for an old one. */
  const once = async <T>(call: Call, renewed = false): Promise<Answer<T>> => {
    const answer = await exchange<T>({
      url: options.url,
      headers: await headers(call.requestId, renewed),
      body: await body(call),
      requestId: call.requestId,
      timeoutMs: options.timeoutMs ?? 15_000,
      signal: call.signal,
      fetch: options.fetch ?? fetch,
    });
    const code = answer.state === 'failed' ? answer.failure.code : null;
    if (code?.startsWith('PERSISTED_QUERY_NOT_') && !call.withText) {
      call.withText = true;
      return once(call, renewed);
    }
    if (code === 'UNAUTHENTICATED' && !renewed && options.token !== undefined) return once(call, true);
    return answer;
  };

  const headers = async (requestId: string, renew: boolean): Promise<Record<string, string>> => {
    const token = (await options.token?.(renew)) ?? null;
    return {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      'x-request-id': requestId,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(options.language === undefined ? {} : { 'accept-language': options.language }),
    };
  };

  const body = async ({ document, operation, variables, withText }: Call): Promise<string> =>
    JSON.stringify({
      operationName: operation.name,
      variables,
      ...(withText ? { query: textOf(document) } : {}),
      ...(options.persisted
        ? { extensions: { persistedQuery: { version: 1, sha256Hash: await hashOf(document) } } }
        : {}),
    });

  return { query: run, mutate: run };
}
