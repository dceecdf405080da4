import type { IncomingMessage, ServerResponse } from 'node:http';
import { inTrace, SpanKind } from '@atrium/platform/light';
import type { GatewayConfig } from '../config';
import type { Graph, Operation } from '../graph/graph';
import type { Explanation } from '../observe/explanation';
import { countError, countRequest, type Metrics } from '../observe/metrics';
import { type Answer, sendAnswer } from './answer';
import { drain } from './body';
import type { CacheHint } from './cache-hints';
import { errorBody } from './errors';
import { explanationFor } from './explain';
import { JSON_TYPE, type MediaType, mediaTypeFor } from './media-type';
import type { Receive } from './receive';
import type { ResponseCache } from './response-cache';
import { asRefusal, busy } from './refusal';
import { type RequestContext, requestIdOf, traceparentOf } from './request-context';

const DRAIN_BYTES = 64 * 1024 * 1024;
const DRAIN_MS = 10_000;
/** For refusals of those who have not said yet what they take, or who take nothing that there is. */
const UNTOLD: MediaType = { contentType: `${JSON_TYPE}; charset=utf-8`, legacy: false };

const NO_STORE: [string, string] = ['cache-control', 'no-store'];

export type GraphqlHandler = (request: IncomingMessage, response: ServerResponse, search: string) => Promise<void>;

type Parts = {
  graph: Graph;
  receive: Receive;
  responses: ResponseCache;
  config: Pick<GatewayConfig, 'maxOperations' | 'compressFromBytes' | 'tracing'>;
  metrics: Metrics;
};

/** One GraphQL request over HTTP: what is asked, who asks, execution, answer. */
export function createGraphqlHandler({ graph, receive, responses, config, metrics }: Parts): GraphqlHandler {
  let running = 0;
  metrics.running.watch(() => running);
  return (request, response, search) => {
    const options = { kind: SpanKind.SERVER, ratio: config.tracing.ratio, caller: traceparentOf(request.headers) };
    return inTrace('graphql', options, () => handle(request, response, search));
  };

  async function handle(request: IncomingMessage, response: ServerResponse, search: string): Promise<void> {
    const requestId = requestIdOf(request.headers);
    const start = performance.now();
    const seen: RequestContext['seen'] = {};
    let type = UNTOLD;
    let verified = false;
    let answer: Answer;
    running++;
    try {
      type = mediaTypeFor(request.headers.accept);
      if (running > config.maxOperations) {
        metrics.shed.add();
        throw busy();
      }
      const { operation, context } = await receive(request, search, requestId, seen);
      verified = context.caller.kind !== 'ANONYMOUS';
      const explain = explanationFor(request.headers['atrium-explain'], context.caller);
      answer = await (explain === undefined ? answerTo(operation, context) : explained(operation, context, explain));
      if (type.legacy && answer.status === 400) answer = { ...answer, status: 200 };
    } catch (error) {
      answer = refused(error, requestId, seen);
      if (answer.status === 413) await drain(request, DRAIN_BYTES, DRAIN_MS);
    } finally {
      running--;
    }
    countRequest(metrics, seen, answer.status, start);
    metrics.operations.of({ name: metrics.names.labelOf(seen.name) }).since(start);
    metrics.names.answered(seen.name, verified && answer.status === 200);
    const headers: [string, string][] = [
      ['content-type', type.contentType],
      ['x-request-id', requestId],
    ];
    const whole = { ...answer, headers: [...headers, ...answer.headers] };
    sendAnswer(response, whole, request.headers['accept-encoding'], config.compressFromBytes);
  }

  async function explained(operation: Operation, context: RequestContext, explain: Explanation): Promise<Answer> {
    const answer = await answerTo(operation, { ...context, explain });
    return { ...answer, headers: [NO_STORE], body: explain.addTo(answer.body, context.seen.kept === true) };
  }

  async function answerTo(operation: Operation, context: RequestContext): Promise<Answer> {
    const { seen } = context;
    const kept = await responses.find(operation, context);
    if (kept !== undefined) {
      seen.operation = 'query';
      seen.name = operation.operationName ?? '';
      seen.kept = true;
      return { status: 200, headers: cacheHeaders({ ...kept, scope: 'PUBLIC' }, context), body: kept.body };
    }
    const { status, body } = await graph.execute(operation, context);
    const whole = status === 200 && body.startsWith('{"data":');
    if (whole) responses.keep(operation, context, body);
    return { status, headers: cacheHeaders(whole ? seen.cache : undefined, context), body };
  }

  function refused(error: unknown, requestId: string, seen: RequestContext['seen']): Answer {
    const refusal = asRefusal(error);
    if (refusal === undefined) throw error;
    const { status, code, message, extra, headers } = refusal;
    countError(metrics, seen, code);
    return { status, headers: [NO_STORE, ...headers], body: errorBody(code, message, requestId, extra) };
  }
}

/** Who may keep an answer. Most belong to one caller and are out of date at once; so are all that have errors. */
function cacheHeaders(hint: CacheHint | undefined, { caller }: RequestContext): [string, string][] {
  if (hint === undefined) return [NO_STORE];
  // What is public is still that of a group: without a caller the group is in the arguments.
  const shared = hint.scope === 'PUBLIC' && caller.kind === 'ANONYMOUS';
  return [
    ['cache-control', `${shared ? 'public' : 'private'}, max-age=${hint.maxAge}`],
    ['vary', 'authorization, accept-language'],
  ];
}
