import { inSpan, SpanKind, traceparent } from '@atrium/platform';
import { Pool } from 'undici';
import type { RequestContext } from '../edge/request-context';
import type { SubgraphAnswer } from '../execute/run';
import type { SubgraphTokens } from '../identity/subgraph-tokens';
import type { Metrics } from '../observe/metrics';

export type ClientOptions = {
  name: string;
  url: string;
  connections: number;
  timeoutMs: number;
  tokens: SubgraphTokens;
  metrics: Metrics;
  /** What a person should know when a subgraph is away or talks nonsense. */
  onFailure: (subgraph: string, requestId: string, error: unknown) => void;
};

/** The connection was closed before an answer: a kept-alive socket whose other end has gone. Safe to repeat for a query. */
const STALE_CONNECTION = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** The subgraph refuses the gateway itself, or something in between answers for it. */
const NOBODY_ANSWERED = new Set([401, 403, 502, 503, 504]);

/** One subgraph behind one pool of kept-alive connections. Sends what RequestContext holds and not one header more. */
export class SubgraphClient {
  private readonly pool: Pool;
  private readonly path: string;

  constructor(private readonly options: ClientOptions) {
    const url = new URL(options.url);
    this.path = url.pathname + url.search;
    this.pool = new Pool(url.origin, {
      connections: options.connections,
      keepAliveTimeout: 30_000,
      connect: { timeout: Math.min(options.timeoutMs, 2_000) },
    });
  }

  /** The subgraph's answer; throws when there is none. A query may be sent twice. */
  async ask(body: string, query: boolean, context: RequestContext): Promise<SubgraphAnswer> {
    const done = this.options.metrics.subgraphs.startTimer({ subgraph: this.options.name });
    try {
      const span = { kind: SpanKind.CLIENT };
      const answer = await inSpan(`fetch ${this.options.name}`, span, () => this.send(body, query, context));
      done({ outcome: answer.errors === undefined ? 'ok' : 'errors' });
      return answer;
    } catch (error) {
      done({ outcome: 'unavailable' });
      this.options.onFailure(this.options.name, context.requestId, error);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async send(body: string, query: boolean, context: RequestContext): Promise<SubgraphAnswer> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${await this.options.tokens(this.options.name, context.caller)}`,
      'x-request-id': context.requestId,
    };
    if (context.acceptLanguage !== undefined) headers['accept-language'] = context.acceptLanguage;
    const trace = traceparent() ?? context.traceparent;
    if (trace !== undefined) headers['traceparent'] = trace;
    try {
      return await this.post(headers, body, context.deadline);
    } catch (error) {
      if (query && isStale(error)) return this.post(headers, body, context.deadline);
      throw error;
    }
  }

  private async post(headers: Record<string, string>, body: string, deadline: number): Promise<SubgraphAnswer> {
    const left = Math.min(this.options.timeoutMs, deadline - performance.now());
    if (left <= 0) throw new Error('No time left for this subgraph');
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new Error('No answer in time')), left);
    try {
      const { statusCode, body: stream } = await this.pool.request({
        path: this.path,
        method: 'POST',
        headers,
        body,
        signal: abort.signal,
      });
      return answerOf(statusCode, await stream.text());
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A refusal may come with status 400 or 500 and a GraphQL body: the body counts, unless nobody was there to speak. */
function answerOf(status: number, text: string): SubgraphAnswer {
  if (NOBODY_ANSWERED.has(status)) throw new Error(`Answered with status ${status}`);
  const answer: unknown = JSON.parse(text);
  if (!isAnswer(answer)) throw new Error(`Answered with status ${status} and no GraphQL response`);
  return answer;
}

function isAnswer(answer: unknown): answer is SubgraphAnswer {
  return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer);
}

function isStale(error: unknown): boolean {
  return error instanceof Error && 'code' in error && STALE_CONNECTION.has(String(error.code));
}
