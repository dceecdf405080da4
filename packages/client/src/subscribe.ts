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
const MAX_PAUSE_MS = 10_000;
/** Closes a WebSocket whose token is no good. */
const FORBIDDEN = 4403;

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
      let tries = 0;
      let current = 0;
      const request = { query: textOf(document), operationName, variables: variables as Record<string, unknown> };
      const start = () => {
        const mine = ++current;
        let connected = false;
        /** What may be otherwise the next time is asked for again; a transport does so itself when its connection is lost. */
        const over = (error: unknown) => {
          if (mine !== current) return;
          if (!mayPass(error, connected)) return finish({ error });
          current++;
          stop();
          void waitBefore(options.maxPauseMs ?? MAX_PAUSE_MS)(tries++).then(() => {
            if (end !== undefined) return;
            stop = start();
            push({ state: 'resumed' });
          });
        };
        return transport.subscribe(request, {
          next: (result) => {
            if (mine !== current) return;
            if (!('data' in result)) return over(result.errors);
            tries = 0;
            push(updateOf<T>(result));
          },
          error: over,
          complete: () => (mine === current ? finish({}) : undefined),
          connected: (again) => {
            connected = true;
            if (again) push({ state: 'resumed' });
          },
        });
      };
      let stop = start();
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

/** The graph says so itself (a token that is over, too many at once), or a stream broke off in the middle. */
function mayPass(error: unknown, connected: boolean): boolean {
  if (Array.isArray(error)) return error.length > 0 && error.map(graphError).every(({ retryable }) => retryable);
  return connected && error instanceof TypeError;
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

function overSse({ url, token, language, maxPauseMs = MAX_PAUSE_MS }: SubscriptionOptions): Transport {
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

function overSocket({ url, token, language, maxPauseMs = MAX_PAUSE_MS, webSocket }: SubscriptionOptions): Transport {
  const listeners = new Set<Listener>();
  let connections = 0;
  let acknowledged = false;
  const client = createSocket({
    url,
    retryAttempts: Infinity,
    retryWait: waitBefore(maxPauseMs),
    // Whatever is lost comes back, save what the graph has refused itself (4400 to 4499); a token that was good may be renewed.
    shouldRetry: (event) => !isRefusal(event) || (acknowledged && codeOf(event) === FORBIDDEN),
    keepAlive: 15_000,
    ...(webSocket === undefined ? {} : { webSocketImpl: webSocket }),
    connectionParams: async () => {
      const bearer = await token();
      return { ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), language };
    },
    on: {
      connecting: () => {
        acknowledged = false;
      },
      connected: () => {
        acknowledged = true;
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
  const code = codeOf(event);
  return code !== undefined && code >= 4400 && code < 4500 && code !== 4408;
}

function codeOf(event: unknown): number | undefined {
  const { code } = (event ?? {}) as { code?: number };
  return typeof code === 'number' ? code : undefined;
}
