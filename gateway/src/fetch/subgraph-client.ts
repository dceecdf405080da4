import { isAscii } from 'node:buffer';
import { setTimeout } from 'node:timers/promises';
import { inSpan, SpanKind, traceparent } from '@atrium/platform/light';
import { type Client, type Dispatcher, H2CClient, Pool } from 'undici';
import type { RequestContext } from '../edge/request-context';
import { OnlyAtHub } from '../execute/absence';
import type { SubgraphAnswer } from '../execute/run';
import type { SubgraphTokens } from '../identity/subgraph-tokens';
import type { FetchNote } from '../observe/explanation';
import type { SubgraphMeter, SubgraphOutcome, SubgraphState } from '../observe/subgraph-metrics';
import { Breaker, CircuitOpen } from './breaker';
import { Coalescing } from './coalescing';
import { AnswerTooLarge, exchange, NoAnswerInTime, type Reply } from './exchange';
import { RetryBudget } from './retry-budget';

export type ClientOptions = {
  name: string;
  url: string;
  connections: number;
  timeoutMs: number;
  maxBytes: number;
  /** HTTP/2 without TLS over one connection, for subgraphs that are known to speak it. */
  http2: boolean;
  /** It is not at this site, and not asked. */
  onlyAtHub?: boolean;
  tokens: SubgraphTokens;
  meter: SubgraphMeter;
  /** What a person should know when a subgraph is away or talks nonsense. */
  onFailure: (subgraph: string, requestId: string, error: unknown) => void;
};

/** The connection was closed before an answer: a kept-alive socket whose other end has gone. Safe to repeat for a query. */
const STALE_CONNECTION = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** No connection, so nothing was sent: safe to repeat for a mutation too. A pod that goes is named for a moment longer. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
const CONNECT_PAUSES_MS = [100, 200, 400, 800];

/**
 * An idle connection ends after it, whatever the subgraph says: a subgraph that stops goes on for longer (`shutdownDelayMs`, 6 s), so it
 * never closes one under a request. The pool's timers are up to a second late.
 */
const IDLE_MS = 4_000;

/** The subgraph refuses the gateway itself, or something in between answers for it. */
const NOBODY_ANSWERED = new Set([401, 403, 502, 503, 504]);

/** Of one connection, or of a pool of them. */
type Stats = Client['stats'] | Pool['stats'];

/** The caller's own time was over before the subgraph was asked. */
class NoTimeLeft extends Error {}

/** One subgraph behind one pool of kept-alive connections. Sends what RequestContext holds and not one header more. */
export class SubgraphClient {
  private readonly dispatcher: Dispatcher & { readonly stats: Stats };
  private readonly unwatch: () => void;
  private inFlight = 0;
  private readonly path: string;
  private readonly breaker = new Breaker();
  private readonly retries = new RetryBudget();
  private readonly coalescing: Coalescing<Reply>;

  constructor(private readonly options: ClientOptions) {
    const url = new URL(options.url);
    this.path = url.pathname + url.search;
    const connecting = {
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      connect: { timeout: Math.min(options.timeoutMs, 2_000) },
    };
    this.dispatcher = options.http2
      ? (new H2CClient(url.origin, connecting) as Dispatcher as Client)
      : new Pool(url.origin, { ...connecting, connections: options.connections });
    this.coalescing = new Coalescing(() => options.meter.coalesced.add());
    this.unwatch = options.meter.watch(() => this.state());
  }

  /** The subgraph's answer; throws when there is none. A query may be sent twice, and shared. */
  async ask(body: string, query: boolean, context: RequestContext): Promise<SubgraphAnswer> {
    const { name, onFailure, onlyAtHub } = this.options;
    if (onlyAtHub) throw new OnlyAtHub(name);
    const start = performance.now();
    const note = context.explain?.fetch(name);
    const ended = (outcome: SubgraphOutcome) => {
      this.options.meter.durations[outcome].since(start);
      if (note !== undefined) context.explain?.ended(note, outcome);
    };
    try {
      const answer = await inSpan(`fetch ${name}`, { kind: SpanKind.CLIENT }, async () =>
        answerOf(await this.reply(body, query, context, note)),
      );
      ended(answer.errors === undefined ? 'ok' : 'errors');
      return answer;
    } catch (error) {
      ended(outcomeOf(error));
      onFailure(name, context.requestId, error);
      throw error;
    }
  }

  close(): Promise<void> {
    this.unwatch();
    return this.dispatcher.close();
  }

  private state(): SubgraphState {
    const { connected, pending, running, ...more } = this.dispatcher.stats;
    const idle = { free: 'free' in more ? more.free : 0, queued: 'queued' in more ? more.queued : 0 };
    const pool = { connected: Number(connected), pending, running, ...idle };
    return { inFlight: this.inFlight, breakerOpen: this.breaker.open, pool };
  }

  private async reply(body: string, query: boolean, context: RequestContext, note?: FetchNote): Promise<Reply> {
    if (query) {
      const { timeoutMs } = this.options;
      const until = Math.min(performance.now() + timeoutMs, context.deadline);
      if (note !== undefined) note.coalesced = true;
      const send = () => this.send(body, true, context, note);
      const reply = await this.coalescing.share(body, context, until, timeoutMs / 2, send);
      return noted(reply, note);
    }
    try {
      return noted(await this.send(body, false, context, note), note);
    } finally {
      this.coalescing.forget();
    }
  }

  private async send(body: string, query: boolean, context: RequestContext, note?: FetchNote): Promise<Reply> {
    if (note !== undefined) note.coalesced = false;
    this.breaker.enter();
    this.inFlight++;
    try {
      const reply = await this.attempt(body, query, context, note);
      this.options.meter.bytes.add(reply.body.length);
      if (NOBODY_ANSWERED.has(reply.status)) throw new Error(`Answered with status ${reply.status}`);
      this.breaker.answered();
      this.retries.answered();
      return reply;
    } catch (error) {
      if (saysItIsAway(error)) this.breaker.failed();
      throw error;
    } finally {
      this.inFlight--;
    }
  }

  private async attempt(body: string, query: boolean, context: RequestContext, note?: FetchNote): Promise<Reply> {
    const headers = await this.headers(context);
    for (let tries = 0; ; tries++) {
      try {
        return await this.post(headers, body, context.deadline);
      } catch (error) {
        const pauseMs = this.pauseBeforeNext(error, query, tries);
        if (pauseMs === undefined || pauseMs > context.deadline - performance.now()) throw error;
        this.options.meter.retries.add();
        if (note !== undefined) note.retries++;
        if (pauseMs > 0) await setTimeout(pauseMs);
      }
    }
  }

  /** Undefined: it must not be sent again. */
  private pauseBeforeNext(error: unknown, query: boolean, tries: number): number | undefined {
    const code = codeOf(error);
    if (NEVER_SENT.has(code)) {
      const pauseMs = CONNECT_PAUSES_MS[tries];
      return pauseMs === undefined ? undefined : pauseMs * (0.5 + Math.random());
    }
    return query && tries === 0 && STALE_CONNECTION.has(code) && this.retries.spend() ? 0 : undefined;
  }

  private async headers(context: RequestContext): Promise<string[]> {
    const token = await this.options.tokens(this.options.name, context.caller);
    const headers = ['content-type', 'application/json', 'accept', 'application/json'];
    headers.push('authorization', `Bearer ${token}`, 'x-request-id', context.requestId);
    if (context.acceptLanguage !== undefined) headers.push('accept-language', context.acceptLanguage);
    const trace = traceparent() ?? context.traceparent;
    if (trace !== undefined) headers.push('traceparent', trace);
    return headers;
  }

  private post(headers: string[], body: string, deadline: number): Promise<Reply> {
    const { timeoutMs: mostMs, maxBytes } = this.options;
    const timeoutMs = Math.min(mostMs, deadline - performance.now());
    if (timeoutMs <= 0) throw new NoTimeLeft('No time left for this subgraph');
    return exchange(this.dispatcher, { path: this.path, headers, body, timeoutMs, maxBytes });
  }
}

/** A refusal may come with status 400 or 500 and a GraphQL body: the body counts. */
function answerOf({ status, body }: Reply): SubgraphAnswer {
  const answer = jsonOf(isAscii(body) ? body.toString('latin1') : body.toString('utf8'));
  if (!isAnswer(answer)) throw new Error(`Answered with status ${status} and no GraphQL response`);
  return answer;
}

/** The parser's own message would quote the answer, and find its way into logs. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('Answered with something that is not JSON');
  }
}

function isAnswer(answer: unknown): answer is SubgraphAnswer {
  return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer);
}

function noted(reply: Reply, note: FetchNote | undefined): Reply {
  if (note !== undefined) [note.status, note.bytes] = [reply.status, reply.body.length];
  return reply;
}

/** One pod that ends takes all its connections along in the same instant; if there is no other, the next connection fails. */
const saysItIsAway = (error: unknown): boolean =>
  !(error instanceof AnswerTooLarge) && !(error instanceof NoTimeLeft) && !STALE_CONNECTION.has(codeOf(error));

function outcomeOf(error: unknown): SubgraphOutcome {
  if (error instanceof CircuitOpen) return 'spared';
  if (error instanceof AnswerTooLarge) return 'too_large';
  return error instanceof NoAnswerInTime || error instanceof NoTimeLeft ? 'timeout' : 'unavailable';
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
