import type { TadaDocumentNode } from 'gql.tada';
import { createClient as createSse } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import { type GraphError, graphError } from './errors';
import { operationOf, textOf } from './persisted';
import { pause } from './retry';

/**
 * What comes out of a subscription. `resumed`: the connection was lost and is there again; what happened meanwhile was not
 * heard, so whoever shows a state reads it again now.
 */
export type Update<T> =
  | { readonly state: 'resumed' }
  | { readonly state: 'complete'; readonly data: T }
  | { readonly state: 'partial'; readonly data: T | null; readonly errors: readonly GraphError[] };

export interface SubscriptionOptions {
  /** SSE goes through every proxy; a WebSocket carries many subscriptions over one connection. */
  transport: 'sse' | 'websocket';
  url: string;
  token: () => string | null | Promise<string | null>;
  language?: string | undefined;
  /** The longest pause between two tries; there are as many as it takes. */
  maxPauseMs?: number;
  /** Where there is no global WebSocket: before Node.js 22, that of the package `ws`. */
  webSocket?: unknown;
}

type Request = { query: string; operationName: string; variables: Record<string, unknown> };
type Result = { data?: unknown; errors?: readonly unknown[] | undefined };
type Listener = {
  next(result: Result): void;
  error(error: unknown): void;
  complete(): void;
  connected(again: boolean): void;
};
type Transport = { subscribe(request: Request, listener: Listener): () => void; dispose(): void };

/** Updates that nobody has taken yet; a reader who is further behind starts anew. */
const MOST_WAITING = 1_000;
const FIRST_PAUSE_MS = 250;

export interface Subscriber {
  /** Ends when the graph completes it, when the signal is aborted, or with an exception when it is refused. */
  subscribe<T, V extends object>(
    document: TadaDocumentNode<T, V>,
    variables: V,
    signal?: AbortSignal,
  ): AsyncGenerator<Update<T>, void, void>;
  close(): void;
}

export function createSubscriber(options: SubscriptionOptions): Subscriber {
  const transport = options.transport === 'sse' ? overSse(options) : overSocket(options);

  return {
    async *subscribe<T, V extends object>(document: TadaDocumentNode<T, V>, variables: V, signal?: AbortSignal) {
      const { name: operationName } = operationOf(document);
      const waiting: Update<T>[] = [];
      let end: { error?: unknown } | undefined;
      let wake = () => undefined as void;
      const push = (update: Update<T>) => {
        if (waiting.length >= MOST_WAITING) waiting.splice(0, waiting.length, { state: 'resumed' });
        else waiting.push(update);
        wake();
      };
      const finish = (how: { error?: unknown }) => {
        end ??= how;
        wake();
      };
      const stop = transport.subscribe(
        { query: textOf(document), operationName, variables: variables as Record<string, unknown> },
        {
          next: (result) => push(updateOf<T>(result)),
          error: (error) => finish({ error }),
          complete: () => finish({}),
          connected: (again) => (again ? push({ state: 'resumed' }) : undefined),
        },
      );
      const abort = () => finish({});
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
      try {
        for (;;) {
          for (let update = waiting.shift(); update !== undefined; update = waiting.shift()) yield update;
          if (end !== undefined) break;
          await new Promise<void>((resolve) => (wake = resolve));
        }
        if (end.error !== undefined) throw refusalOf(end.error);
      } finally {
        signal?.removeEventListener('abort', abort);
        stop();
      }
    },
    close: () => transport.dispose(),
  };
}

/** The graph does not want this subscription, now or ever. */
export class SubscriptionRefused extends Error {
  override readonly name = 'SubscriptionRefused';
}

function refusalOf(error: unknown): Error {
  if (Array.isArray(error)) {
    return new SubscriptionRefused(
      error
        .map(graphError)
        .map(({ code, message }) => `${code}: ${message}`)
        .join('; '),
    );
  }
  const { reason, message } = (error ?? {}) as { reason?: string; message?: string };
  return new SubscriptionRefused(reason || message || 'The subscription was ended', { cause: error });
}

function updateOf<T>({ data, errors }: Result): Update<T> {
  if (errors === undefined || errors.length === 0) return { state: 'complete', data: data as T };
  return { state: 'partial', data: (data ?? null) as T | null, errors: errors.map(graphError) };
}

/** Grows from try to try, and differs between clients: after a restart they must not all come at once. */
const waitBefore = (maxMs: number) => (tries: number) =>
  pause(Math.random() * Math.min(maxMs, FIRST_PAUSE_MS * 2 ** tries), undefined);

function overSse({ url, token, language, maxPauseMs = 10_000 }: SubscriptionOptions): Transport {
  const client = createSse({
    url,
    retryAttempts: Infinity,
    retry: waitBefore(maxPauseMs),
    headers: async (): Promise<Record<string, string>> => {
      const bearer = await token();
      return {
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...(language === undefined ? {} : { 'accept-language': language }),
      };
    },
  });
  return {
    subscribe: (request, { next, error, complete, connected }) =>
      client.subscribe(request, { next: next as never, error, complete }, { connected }),
    dispose: () => client.dispose(),
  };
}

function overSocket({ url, token, language, maxPauseMs = 10_000, webSocket }: SubscriptionOptions): Transport {
  const listeners = new Set<Listener>();
  let connections = 0;
  const client = createSocket({
    url,
    retryAttempts: Infinity,
    retryWait: waitBefore(maxPauseMs),
    // Whatever is lost comes back, save what the graph has refused itself (4400 to 4499).
    shouldRetry: (event) => !isRefusal(event),
    keepAlive: 15_000,
    ...(webSocket === undefined ? {} : { webSocketImpl: webSocket }),
    connectionParams: async () => {
      const bearer = await token();
      return { ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), language };
    },
    on: {
      connected: () => {
        connections++;
        if (connections > 1) for (const listener of listeners) listener.connected(true);
      },
    },
  });
  return {
    subscribe(request, listener) {
      const stop = client.subscribe(request, {
        next: (result) => listener.next(result as Result),
        error: listener.error,
        complete: listener.complete,
      });
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
    dispose: () => void client.dispose(),
  };
}

function isRefusal(event: unknown): boolean {
  const { code } = (event ?? {}) as { code?: number };
  return typeof code === 'number' && code >= 4400 && code < 4500 && code !== 4408;
}
