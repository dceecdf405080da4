import type { IncomingMessage, ServerResponse } from 'node:http';
import { inTrace, SpanKind, traceparent, tracing } from '@atrium/platform';
import type { GatewayConfig } from '../config';
import type { Graph } from '../graph/graph';
import type { VerifyCaller } from '../identity/verify-caller';
import type { Metrics } from '../observe/metrics';
import { type Answer, sendAnswer } from './answer';
import { drain } from './body';
import type { ResolveDocument } from './documents';
import { errorBody } from './errors';
import { JSON_TYPE, type MediaType, mediaTypeFor } from './media-type';
import { readOperation } from './operation-request';
import { identityOf, type RateLimits } from './rate-limit';
import { asRefusal } from './refusal';
import { acceptLanguageOf, type RequestContext, requestIdOf, traceparentOf } from './request-context';

const DRAIN_BYTES = 64 * 1024 * 1024;
const DRAIN_MS = 10_000;
/** For refusals of those who have not said yet what they take, or who take nothing that there is. */
const UNTOLD: MediaType = { contentType: `${JSON_TYPE}; charset=utf-8`, legacy: false };

export type GraphqlHandler = (request: IncomingMessage, response: ServerResponse, search: string) => Promise<void>;

type Parts = {
  graph: Graph;
  verifyCaller: VerifyCaller;
  rateLimits: RateLimits;
  resolveDocument: ResolveDocument;
  config: Pick<GatewayConfig, 'limits' | 'requestTimeoutMs' | 'proxies' | 'compressFromBytes' | 'tracing'>;
  metrics: Metrics;
};

/** One GraphQL request over HTTP: what is asked, who asks, execution, answer. */
export function createGraphqlHandler({
  graph,
  verifyCaller,
  rateLimits,
  resolveDocument,
  config,
  metrics,
}: Parts): GraphqlHandler {
  return (request, response, search) => {
    const options = { kind: SpanKind.SERVER, ratio: config.tracing.ratio, caller: traceparentOf(request.headers) };
    return inTrace('graphql', options, () => handle(request, response, search));
  };

  async function handle(request: IncomingMessage, response: ServerResponse, search: string): Promise<void> {
    const requestId = requestIdOf(request.headers);
    const done = metrics.requests.startTimer();
    const seen: RequestContext['seen'] = {};
    let type = UNTOLD;
    let answer: Answer;
    try {
      type = mediaTypeFor(request.headers.accept);
      const sent = await readOperation(request, search, config.limits.bodyBytes);
      const caller = await verifyCaller(request.headers.authorization);
      const identity = identityOf(caller, request, config.proxies);
      await rateLimits.request(caller, identity);
      const context: RequestContext = {
        requestId,
        caller,
        identity,
        acceptLanguage: acceptLanguageOf(request.headers),
        // What is not traced here is not traced behind.
        traceparent: tracing() ? traceparent() : traceparentOf(request.headers),
        deadline: performance.now() + config.requestTimeoutMs,
        readOnly: request.method === 'GET',
        seen,
      };
      const { status, body } = await graph.execute({ ...sent, query: resolveDocument(sent, caller) }, context);
      if (seen.refused !== undefined) throw seen.refused;
      answer = { status: type.legacy && status === 400 ? 200 : status, headers: [], body };
    } catch (error) {
      answer = refused(error, requestId, metrics);
      if (answer.status === 413) await drain(request, DRAIN_BYTES, DRAIN_MS);
    }
    done({ operation: seen.operation ?? 'none', status: String(answer.status) });
    const headers: [string, string][] = [
      ['content-type', type.contentType],
      ['x-request-id', requestId],
      // Answers belong to one caller.
      ['cache-control', 'no-store'],
    ];
    const whole = { ...answer, headers: [...headers, ...answer.headers] };
    sendAnswer(response, whole, request.headers['accept-encoding'], config.compressFromBytes);
  }
}

function refused(error: unknown, requestId: string, metrics: Metrics): Answer {
  const refusal = asRefusal(error);
  if (refusal === undefined) throw error;
  const { status, code, message, extra, headers } = refusal;
  metrics.errors.inc({ code });
  return { status, headers, body: errorBody(code, message, requestId, extra) };
}
