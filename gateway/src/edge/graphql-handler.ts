import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import { PublicError } from '@atrium/platform';
import { BodyTooLarge, drain, readBody } from './body';
import type { ExecutorMode, GatewayConfig } from '../config';
import { errorBody } from './errors';
import type { Metrics } from '../observe/metrics';
import type { Graph } from '../graph/apollo';
import { acceptLanguageOf, type RequestContext, requestIdOf, traceparentOf } from './request-context';
import type { VerifyCaller } from '../identity/verify-caller';

const DRAIN_BYTES = 64 * 1024 * 1024;
const DRAIN_MS = 10_000;
const STATUS: Readonly<Record<string, number>> = { UNAUTHENTICATED: 401, UNAVAILABLE: 503 };

const JSON_HEADERS: [string, string][] = [['content-type', 'application/json; charset=utf-8']];

type Answer = { status: number; headers: Iterable<[string, string]>; body: string };

/** Refused before GraphQL has seen it. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly extra: Record<string, unknown> = {},
    readonly headers: [string, string][] = [],
  ) {
    super(message);
  }
}

export type GraphqlHandler = (request: IncomingMessage, response: ServerResponse, search: string) => Promise<void>;

/** One GraphQL request over HTTP: body, caller, execution, answer. */
export function createGraphqlHandler(
  graph: Pick<Graph, 'server' | 'lane'>,
  verifyCaller: VerifyCaller,
  config: Pick<GatewayConfig, 'limits' | 'requestTimeoutMs' | 'executor'>,
  metrics: Metrics,
): GraphqlHandler {
  return async (request, response, search) => {
    const requestId = requestIdOf(request.headers);
    const done = metrics.requests.startTimer();
    let answer: Answer;
    const seen: RequestContext['seen'] = {};
    try {
      const body = await bodyOf(request, config.limits.bodyBytes);
      const context: RequestContext = {
        requestId,
        caller: await verifyCaller(request.headers.authorization),
        acceptLanguage: acceptLanguageOf(request.headers),
        traceparent: traceparentOf(request.headers),
        deadline: performance.now() + config.requestTimeoutMs,
        seen,
      };
      answer = await answerOf(graph, config.executor, request, search, body, context);
    } catch (error) {
      answer = refused(error, requestId, metrics);
      if (answer.status === 413) await drain(request, DRAIN_BYTES, DRAIN_MS);
    }
    done({ operation: seen.operation ?? 'none', status: String(answer.status) });
    send(response, answer, requestId);
  };
}

async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  if (request.method === 'GET') return undefined;
  if (request.method !== 'POST') {
    throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'Use POST, or GET for queries.', {}, [['allow', 'GET, POST']]);
  }
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send application/json.');
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body uncompressed.');
  }
  let text: string;
  try {
    text = (await readBody(request, maxBytes)).toString('utf8');
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw new Refusal(400, 'BAD_REQUEST', 'The body did not arrive whole.');
    throw new Refusal(
      413,
      'BODY_TOO_LARGE',
      `The body is too large; ${maxBytes} bytes are allowed.`,
      { max: maxBytes },
      [['connection', 'close']],
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'BAD_REQUEST', 'The body is not JSON.');
  }
}

/** Known operations by our executor when it is chosen, everything else by the server's. */
async function answerOf(
  { server, lane }: Pick<Graph, 'server' | 'lane'>,
  executor: ExecutorMode,
  request: IncomingMessage,
  search: string,
  body: unknown,
  context: RequestContext,
): Promise<Answer> {
  const known = executor === 'stock' || !wantsJson(request) ? undefined : lane.prepare(body);
  if (known === undefined) return execute(server, request, search, body, context);
  context.seen.operation = known.operation.definition.operation;
  if (executor === 'compiled') {
    const { status, text } = await lane.execute(known, context);
    return { status, headers: JSON_HEADERS, body: text };
  }
  const answer = await execute(server, request, search, body, context);
  await lane.compare(known, context, answer.body);
  return answer;
}

/** A plain POST; anything that needs thought about media types is for the server. */
function wantsJson({ method, headers: { accept } }: IncomingMessage): boolean {
  return method === 'POST' && (accept === undefined || accept === '*/*' || accept === 'application/json');
}

async function execute(
  server: ApolloServer<RequestContext>,
  request: IncomingMessage,
  search: string,
  body: unknown,
  context: RequestContext,
): Promise<Answer> {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const result = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method ?? 'POST', headers, search, body },
    context: async () => context,
  });
  // @defer is not offered, so an answer is always one piece.
  if (result.body.kind !== 'complete') throw new Error('An answer in pieces was not expected');
  return { status: result.status ?? 200, headers: result.headers, body: result.body.string };
}

function refused(error: unknown, requestId: string, metrics: Metrics): Answer {
  const headers: [string, string][] = [['content-type', 'application/json; charset=utf-8']];
  if (error instanceof Refusal) {
    metrics.errors.inc({ code: error.code });
    const body = errorBody(error.code, error.message, requestId, error.extra);
    return { status: error.status, headers: [...headers, ...error.headers], body };
  }
  if (error instanceof PublicError) {
    metrics.errors.inc({ code: error.code });
    if (error.code === 'UNAUTHENTICATED') headers.push(['www-authenticate', 'Bearer error="invalid_token"']);
    const body = errorBody(error.code, error.message, requestId, { retryable: error.retryable });
    return { status: STATUS[error.code] ?? 400, headers, body };
  }
  throw error;
}

function send(response: ServerResponse, answer: Answer, requestId: string): void {
  if (response.destroyed) return;
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.setHeader('x-request-id', requestId);
  // Answers belong to one caller.
  response.setHeader('cache-control', 'no-store');
  response.setHeader('content-length', Buffer.byteLength(answer.body));
  response.end(answer.body);
}
