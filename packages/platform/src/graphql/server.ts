import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { ANONYMOUS, type Caller } from '../auth/caller';
import { PublicError } from '../auth/errors';
import { bearerToken, type VerifySubgraphToken } from '../auth/subgraph-token';
import { isDatabaseAway, wasRolledBack } from '../database/failures';
import { UnavailableError } from '../events/request-reply';
import type { Health } from '../runtime/health';
import { listen, takeWhatArrived } from '../runtime/listen';
import type { Log } from '../runtime/log';
import type { Metrics } from '../runtime/metrics';
import { STOP } from '../runtime/stopping';
import { inSpan, SpanKind } from '../telemetry/tracing';
import { Admission, type AdmissionLimits } from './admission';
import { type Locale, localeOf } from './refusals';

/** What every resolver knows about its request. */
export interface RequestContext {
  caller: Caller;
  locale: Locale;
  requestId: string;
}

export interface SubgraphServerOptions<C extends RequestContext> {
  schema: GraphQLSchema;
  /** Adds the service's verbs and loaders. Called once a request. */
  createContext(request: RequestContext): C;
  verifyToken: VerifySubgraphToken;
  health: Health;
  metrics: Metrics;
  log: Log;
  host: string;
  port: number;
  /** How long it goes on answering once it is told to stop, each answer ending its connection. */
  delayMs: number;
  maxBodyBytes?: number;
  admission: AdmissionLimits;
}

export interface HttpServer {
  url: string;
  /** Answers what comes until its delay is over and what is under way then, and refuses what is new. */
  stop(): Promise<void>;
}

/** Much longer than the gateway keeps an idle connection (4 s): who closes first must be the one who asks. */
const KEEP_ALIVE_MS = 65_000;
const MAX_BODY = 8 * 1024 * 1024;
const BUSY = {
  message: 'Too much to do at the moment; nothing was done. Try again.',
  extensions: { code: 'UNAVAILABLE', retryable: true },
};

/** Serves a subgraph at `/graphql` to the gateway alone, with `/livez`, `/readyz` and `/metrics` beside it. */
export async function startSubgraphServer<C extends RequestContext>(
  options: SubgraphServerOptions<C>,
): Promise<HttpServer> {
  const { log } = options;
  const apollo = new ApolloServer<C>({
    schema: options.schema,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    introspection: true,
    csrfPrevention: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: (formatted, error) => present(formatted, error, log),
  });
  await apollo.start();
  const admission = new Admission(options.admission);

  async function admitted(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(await admission.enter(() => response.destroyed))) {
      if (response.destroyed) return;
      options.metrics.requestsRefused.inc();
      return json(response, 429, { errors: [BUSY] });
    }
    try {
      // Nobody hears it any more.
      if (!response.destroyed) await graphql(request, response);
    } finally {
      admission.leave();
    }
  }

  async function graphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = header(request, 'x-request-id') ?? randomUUID();
    let caller: Caller = ANONYMOUS;
    try {
      const token = bearerToken(header(request, 'authorization'));
      if (!token) throw new PublicError('UNAUTHENTICATED', "Only the gateway's token opens this subgraph.");
      caller = await options.verifyToken(token);
    } catch (error) {
      if (!(error instanceof PublicError)) throw error;
      return json(response, 401, { errors: [{ message: error.message, extensions: error.extensions }] });
    }
    const text = await readBody(request, options.maxBodyBytes ?? MAX_BODY);
    if (text === null) {
      response.setHeader('connection', 'close');
      return json(response, 413, {
        errors: [{ message: 'The request is too large.', extensions: { code: 'LIMIT_EXCEEDED' } }],
      });
    }
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return json(response, 400, {
        errors: [{ message: 'The body is not JSON.', extensions: { code: 'BAD_REQUEST' } }],
      });
    }
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers))
      if (typeof value === 'string') headers.set(name, value);
    const end = options.metrics.startRequest();
    const span = { kind: SpanKind.SERVER, from: [header(request, 'traceparent')] };
    const answer = await inSpan('graphql', span, () =>
      apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: request.method ?? 'POST', headers, search: '', body },
        context: () =>
          Promise.resolve(
            options.createContext({ caller, locale: localeOf(header(request, 'accept-language')), requestId }),
          ),
      }),
    );
    end();
    response.statusCode = answer.status ?? 200;
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    if (answer.body.kind === 'complete') response.end(answer.body.string);
    else response.end();
  }

  let stopping = false;
  const underWay = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (stopping) response.setHeader('connection', 'close');
    underWay.add(response);
    response.on('close', () => underWay.delete(response));
    const path = (request.url ?? '/').split('?')[0];
    const done =
      path === '/graphql' && request.method === 'POST'
        ? admitted(request, response)
        : serveOperations(path ?? '/', response, options.health, options.metrics);
    done.catch((error: unknown) => {
      log.error({ err: error }, 'request broke');
      if (!response.headersSent)
        json(response, 500, { errors: [{ message: 'Internal error', extensions: { code: 'INTERNAL' } }] });
      else response.destroy();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host === '0.0.0.0' ? '127.0.0.1' : options.host}:${port}/graphql`,
    async stop() {
      stopping = true;
      // A connection that is kept alive after its last answer would hold the end up.
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
      // Whoever sends requests here hears of it by and by. Used connections end with their next answer; with a delay above 5 s the
      // gateway has closed all that were idle by then.
      await setTimeout(options.delayMs);
      await takeWhatArrived();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const late = globalThis.setTimeout(() => server.closeAllConnections(), STOP.underWayMs);
      await closed;
      clearTimeout(late);
      await apollo.stop();
    },
  };
}

/** `/livez`, `/readyz` and `/metrics`, the same in every process. */
export async function serveOperations(
  path: string,
  response: ServerResponse,
  health: Health,
  metrics: Metrics,
): Promise<void> {
  if (path === '/livez') return json(response, 200, { status: 'ok' });
  if (path === '/readyz') {
    const state = await health.ready();
    return json(response, state.ready ? 200 : 503, state);
  }
  if (path === '/metrics') {
    response.setHeader('content-type', metrics.registry.contentType);
    response.end(await metrics.registry.metrics());
    return;
  }
  json(response, 404, { errors: [{ message: 'Not found', extensions: { code: 'NOT_FOUND' } }] });
}

function present(formatted: GraphQLFormattedError, error: unknown, log: Log): GraphQLFormattedError {
  const original = error instanceof GraphQLError ? (error.originalError ?? null) : error;
  const place = { locations: formatted.locations, path: formatted.path };
  if (original instanceof PublicError) {
    return { ...place, message: original.message, extensions: { ...original.extensions } };
  }
  if (original instanceof UnavailableError || isDatabaseAway(original) || wasRolledBack(original)) {
    log.warn({ err: original }, 'a dependency is away, or too busy');
    return {
      ...place,
      message: 'A part of the system is away. Try again.',
      extensions: { code: 'UNAVAILABLE', retryable: true },
    };
  }
  const code = formatted.extensions?.['code'];
  // The request's own mistakes may be told; whatever else went wrong stays inside.
  if (original === null || original === undefined || (typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR')) {
    return { ...place, message: formatted.message, extensions: { code: code ?? 'BAD_REQUEST' } };
  }
  const errorId = randomUUID();
  log.error({ err: original, errorId }, 'unexpected error');
  return { ...place, message: 'Internal error', extensions: { code: 'INTERNAL', requestId: errorId } };
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage, limit: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early must not end the connection: the refusal still goes over it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
