import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayConfig } from '../config';
import { sendAnswer } from '../edge/answer';
import { errorBody } from '../edge/errors';
import type { Receive } from '../edge/receive';
import type { RequestContext } from '../edge/request-context';
import { requestIdOf } from '../edge/request-context';
import { countError, countRequest, type Metrics } from '../observe/metrics';
import { again, type Ending, endingOf } from './ending';
import type { Subscription } from './subscription';
import type { Subscriptions } from './subscriptions';

export type EventStreams = (request: IncomingMessage, response: ServerResponse, search: string) => Promise<void>;

type Parts = {
  receive: Receive;
  subscriptions: Subscriptions;
  config: Pick<GatewayConfig, 'subscriptions'>;
  metrics: Metrics;
};

const EVENT_STREAM = 'text/event-stream';
const COMPLETE = 'event: complete\ndata:\n\n';
const HEARTBEAT = ':\n\n';

/** Whether a stream of events is all that the client takes; many name it beside JSON for everything they send. */
export function wantsEvents(accept: string | undefined): boolean {
  return accept !== undefined && accept.includes(EVENT_STREAM) && !/json|\*\/\*|application\/\*/.test(accept);
}

/** Subscriptions by the protocol of graphql-sse, each over a connection of its own. */
export function createEventStreams({ receive, subscriptions, config, metrics }: Parts): EventStreams {
  const { heartbeatMs, sendMs } = config.subscriptions;

  return async (request, response, search) => {
    const requestId = requestIdOf(request.headers);
    const start = performance.now();
    const seen: RequestContext['seen'] = {};
    response.setHeader('x-request-id', requestId);
    let subscription: Subscription;
    try {
      const { operation, context } = await receive(request, search, requestId, seen);
      const { authorization } = request.headers;
      subscription = await subscriptions.open({ operation, context, authorization, transport: 'sse' });
    } catch (error) {
      const ending = endingOf(error);
      if (ending.cause !== undefined) throw ending.cause;
      const { status, code } = ending.refusal;
      countError(metrics, seen, code);
      countRequest(metrics, seen, status, start);
      return refuse(request, response, ending, requestId);
    }
    metrics.requests.of({ operation: 'subscription', status: '200' }).since(start);
    await stream(response, subscription, requestId);
  };

  async function stream(response: ServerResponse, subscription: Subscription, requestId: string): Promise<void> {
    // Also true of a client that left while its subscription was opened.
    if (response.destroyed) return subscription.close();
    response.once('close', () => subscription.close());
    begin(response);
    const heartbeat = setInterval(() => response.write(HEARTBEAT), heartbeatMs);
    try {
      for (;;) await send(response, `event: next\ndata: ${await subscription.next()}\n\n`);
    } catch (error) {
      const ending = endingOf(error);
      subscription.end(ending);
      finish(response, ending, requestId);
    } finally {
      clearInterval(heartbeat);
    }
  }

  /** Waits until the client has room for more, not for ever. */
  async function send(response: ServerResponse, text: string): Promise<void> {
    if (response.write(text)) return;
    await once(response, 'drain', { signal: AbortSignal.timeout(sendMs) }).catch(() => {
      throw again('slow');
    });
  }
}

function begin(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': `${EVENT_STREAM}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
}

/** What is over for good is said and completed; otherwise the stream breaks off, which is what makes clients come again. */
function finish(response: ServerResponse, ending: Ending, requestId: string): void {
  if (response.destroyed) return;
  if (ending.again) return void response.destroy();
  response.end(lastWords(ending, requestId));
}

/**
 * Clients of this protocol try again whatever comes with an error's status, and end when the stream says so: a refusal that
 * will not change with time is said in the stream.
 */
function refuse(request: IncomingMessage, response: ServerResponse, ending: Ending, requestId: string): void {
  const { status, code, message, extra, headers } = ending.refusal;
  if (extra['retryable'] !== true) {
    begin(response);
    response.end(lastWords(ending, requestId));
    return;
  }
  const type: [string, string] = ['content-type', 'application/json; charset=utf-8'];
  const body = errorBody(code, message, requestId, extra);
  const answer = { status, headers: [type, ['cache-control', 'no-store'] as [string, string], ...headers], body };
  sendAnswer(response, answer, request.headers['accept-encoding'], Infinity);
}

function lastWords({ refusal: { code, message, extra } }: Ending, requestId: string): string {
  return `event: next\ndata: ${errorBody(code, message, requestId, extra)}\n\n${COMPLETE}`;
}
