import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { GraphQLError, Kind, OperationTypeNode, parse } from 'graphql';
import { Pool } from 'undici';
import type { Metrics } from '../observe/metrics';
import type { RequestContext } from '../edge/request-context';
import type { SubgraphTokens } from '../identity/subgraph-tokens';

type Response = Awaited<ReturnType<GraphQLDataSource['process']>>;
type Path = readonly (string | number)[];
type Options = {
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
export class SubgraphSource implements GraphQLDataSource<RequestContext> {
  private readonly pool: Pool;
  private readonly path: string;

  constructor(private readonly options: Options) {
    const url = new URL(options.url);
    this.path = url.pathname + url.search;
    this.pool = new Pool(url.origin, {
      connections: options.connections,
      keepAliveTimeout: 30_000,
      connect: { timeout: Math.min(options.timeoutMs, 2_000) },
    });
  }

  async process(call: GraphQLDataSourceProcessOptions<RequestContext>): Promise<Response> {
    // The supergraph is a file: subgraphs are asked for callers only, never for their schema.
    if (!('incomingRequestContext' in call)) throw new Error('Only operations of callers go to subgraphs');
    const { query = '', variables, operationName } = call.request;
    const context = call.context;
    const body = JSON.stringify({ query, variables, operationName });
    const done = this.options.metrics.subgraphs.startTimer({ subgraph: this.options.name });
    try {
      const answer = await this.send(body, context, isQuery(query));
      done({ outcome: answer.errors === undefined ? 'ok' : 'errors' });
      return answer;
    } catch (error) {
      done({ outcome: 'unavailable' });
      this.options.onFailure(this.options.name, context.requestId, error);
      return this.unavailable(query, call.pathInIncomingRequest);
    }
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async send(body: string, context: RequestContext, repeatable: boolean): Promise<Response> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${await this.options.tokens(this.options.name, context.caller)}`,
      'x-request-id': context.requestId,
    };
    if (context.acceptLanguage !== undefined) headers['accept-language'] = context.acceptLanguage;
    if (context.traceparent !== undefined) headers['traceparent'] = context.traceparent;
    try {
      return await this.post(headers, body, context.deadline);
    } catch (error) {
      if (repeatable && isStale(error)) return this.post(headers, body, context.deadline);
      throw error;
    }
  }

  private async post(headers: Record<string, string>, body: string, deadline: number): Promise<Response> {
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

  /** The rest of the answer is served; what this subgraph would have added is null with a typed, retryable error. */
  private unavailable(query: string, at: Path | undefined): Response {
    const message = `${this.options.name} is away; its part of the answer is missing.`;
    const extensions = { code: 'UNAVAILABLE', retryable: true, serviceName: this.options.name };
    const base = at ?? [];
    if (base.length === 0) {
      const fields = topLevelKeys(query);
      return { data: null, errors: fields.map((key) => new GraphQLError(message, { path: [key], extensions })) };
    }
    // Inside a list ('@') the error belongs to the list as a whole.
    const list = base.indexOf('@');
    throw new GraphQLError(message, { path: list === -1 ? base : base.slice(0, list), extensions });
  }
}

/** A refusal may come with status 400 or 500 and a GraphQL body: the body counts, unless nobody was there to speak. */
function answerOf(status: number, text: string): Response {
  if (NOBODY_ANSWERED.has(status)) throw new Error(`Answered with status ${status}`);
  const answer: unknown = JSON.parse(text);
  if (!isResponse(answer)) throw new Error(`Answered with status ${status} and no GraphQL response`);
  return answer;
}

function isResponse(answer: unknown): answer is Response {
  return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer);
}

function isStale(error: unknown): boolean {
  return error instanceof Error && 'code' in error && STALE_CONNECTION.has(String(error.code));
}

/** The planner writes `mutation` in front of mutations only; a query may begin with `query` or a brace. */
function isQuery(text: string): boolean {
  return !text.startsWith(OperationTypeNode.MUTATION);
}

function topLevelKeys(query: string): string[] {
  for (const definition of parse(query, { noLocation: true }).definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    return definition.selectionSet.selections.flatMap((selection) =>
      selection.kind === Kind.FIELD ? [(selection.alias ?? selection.name).value] : [],
    );
  }
  return [];
}
