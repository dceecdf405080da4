import {
  bearerToken,
  type Caller,
  inTrace,
  type Log,
  PublicError,
  SpanKind,
  traceparent,
  tracing,
} from '@atrium/platform/light';
import type { GatewayConfig } from '../config';
import { Refusal } from '../edge/refusal';
import type { RequestContext } from '../edge/request-context';
import type { Graph, Operation } from '../graph/graph';
import type { TokenVerifier } from '../identity/verify-caller';
import type { Metrics } from '../observe/metrics';
import { answerTo } from './answers';
import { again, type Ending, endingOf, endingOfBegun } from './ending';
import type { Feed } from './feed';
import type { SubscriptionField } from './fields';
import type { ReadSubscription } from './reader';
import { type Read, Subscription } from './subscription';
import { targetOf } from './target';
import { Turns } from './turns';

export type Transport = 'sse' | 'websocket';

/** A request for a subscription, and who sent it. */
export type Asked = {
  operation: Operation;
  context: RequestContext;
  authorization: string | undefined;
  transport: Transport;
};

export type Subscriptions = {
  /** Throws a Refusal. */
  open(asked: Asked): Promise<Subscription>;
  /** Takes no more, and sends those that are there elsewhere. */
  drain(): void;
  stop(): Promise<void>;
};

type Parts = {
  graph: Graph;
  feed: Feed;
  tokens: TokenVerifier;
  config: Pick<GatewayConfig, 'subscriptions' | 'requestTimeoutMs' | 'tracing'>;
  metrics: Metrics;
  log: Log;
};

type Open = { subscription: Subscription; authorization: string | undefined; until: number };

/** Events come for many clients at once; queries of others must not wait behind all of them. */
const READS_AT_ONCE = 64;

export function createSubscriptions({ graph, feed, tokens, config, metrics, log }: Parts): Subscriptions {
  const limits = config.subscriptions;
  const opened = new Set<Open>();
  const byIdentity = new Map<string, number>();
  let places = 0;
  let draining = false;
  let busy = false;
  const turns = new Turns(READS_AT_ONCE);
  const checking = setInterval(() => void checkAll(), limits.heartbeatMs).unref();

  /** Who the token names, as long as it is good. */
  const verifyCaller = async (authorization: string | undefined): Promise<Caller> => {
    const token = authorization === undefined ? null : bearerToken(authorization);
    if (token === null) throw new PublicError('UNAUTHENTICATED', 'Sign in first.');
    return tokens.known(token) ?? tokens.verify(token);
  };

  /** A place for one more, given back by the function. */
  const takePlace = (identity: string): (() => void) => {
    if (draining) throw again('drain').refusal;
    if (places >= limits.max) throw full('This gateway holds as many subscriptions as it may.', limits.max);
    const own = byIdentity.get(identity) ?? 0;
    if (own >= limits.perCaller) {
      throw full('The caller has as many subscriptions as it may.', limits.perCaller);
    }
    places++;
    byIdentity.set(identity, own + 1);
    return () => {
      places--;
      const left = (byIdentity.get(identity) ?? 1) - 1;
      if (left > 0) byIdentity.set(identity, left);
      else byIdentity.delete(identity);
    };
  };

  /** One read of what an event is about, as the caller who is to be told. */
  const execute = async (asked: Asked, caller: Caller, operation: Operation, cause: string | undefined) => {
    const { requestId, identity, acceptLanguage } = asked.context;
    const context: RequestContext = {
      requestId,
      caller,
      identity,
      acceptLanguage,
      traceparent: tracing() ? traceparent() : cause,
      deadline: performance.now() + config.requestTimeoutMs,
      readOnly: true,
      subscription: 'event',
      seen: {},
    };
    const { body } = await turns.take(() => graph.execute(operation, context));
    return body;
  };

  const readerOf = (asked: Asked, { field, key, ask }: ReadSubscription): Read => {
    return async ({ subject, traceparent: cause }, first) => {
      const caller = await verifyCaller(asked.authorization);
      const options = { kind: SpanKind.SERVER, ratio: config.tracing.ratio, caller: cause };
      const body = await inTrace(field.name, options, () => execute(asked, caller, ask(subject), cause));
      const { outcome, text } = answerTo(body, key, field.state, first);
      metrics.subscriptions.events.inc({ field: field.name, outcome });
      return text;
    };
  };

  const checkAll = async () => {
    const now = performance.now();
    if (busy) return;
    busy = true;
    for (const { subscription, authorization, until } of [...opened]) {
      if (now > until) subscription.end(again('lifetime'));
      else await verifyCaller(authorization).catch((error: unknown) => endExpired(subscription, error));
    }
    busy = false;
  };

  /** Keys that cannot be looked up just now say nothing about the token. */
  const endExpired = (subscription: Subscription, error: unknown) => {
    const ending = endingOfBegun(error);
    if (ending.reason === 'token') subscription.end(ending);
  };

  const closed = (field: SubscriptionField, transport: Transport, ending: Ending) => {
    metrics.subscriptions.open.dec({ field: field.name, transport });
    metrics.subscriptions.ended.inc({ field: field.name, reason: ending.reason });
    const end = { field: field.name, transport, reason: ending.reason };
    if (ending.cause !== undefined) log.error({ ...end, err: ending.cause }, 'subscription failed');
    else if (ending.reason !== 'client') log.info(end, 'subscription ended');
  };

  /** Whose changes, if the caller may hear of them at all. */
  const aim = (asked: Asked, { field, args }: ReadSubscription) =>
    targetOf(field, args, asked.context.caller, async (query, variables) => {
      const operation = { query, variables, operationName: undefined, extensions: undefined, hash: undefined };
      const body = await execute(asked, asked.context.caller, operation, asked.context.traceparent);
      return (JSON.parse(body) as { data?: Record<string, unknown> }).data ?? {};
    });

  const start = async (asked: Asked, read: ReadSubscription, leavePlace: () => void) => {
    const { field } = read;
    const { transport, authorization } = asked;
    const { groupId, id } = await aim(asked, read);
    let leaveFeed: () => void = () => undefined;
    const subscription = new Subscription(field.state, readerOf(asked, read), (ending) => {
      leavePlace();
      leaveFeed();
      opened.delete(entry);
      closed(field, transport, ending);
    });
    const entry: Open = { subscription, authorization, until: performance.now() + lifetime(limits.lifetimeMs) };
    opened.add(entry);
    metrics.subscriptions.open.inc({ field: field.name, transport });
    try {
      leaveFeed = await feed.listen(field, groupId, id, {
        heard: (subject, cause) => subscription.heard({ subject, traceparent: cause }),
        missed: () => subscription.missed(id),
      });
      if (field.state) await subscription.begin(id);
    } catch (error) {
      subscription.end(endingOf(error));
      throw error;
    }
    if (subscription.ended) leaveFeed();
    return subscription;
  };

  return {
    async open(asked) {
      const leavePlace = once(takePlace(asked.context.identity));
      try {
        const context: RequestContext = { ...asked.context, subscription: 'asked' };
        return await start(asked, await graph.subscription(asked.operation, context), leavePlace);
      } catch (error) {
        leavePlace();
        throw error;
      }
    },
    drain() {
      draining = true;
      for (const { subscription } of [...opened]) subscription.end(again('drain'));
    },
    async stop() {
      clearInterval(checking);
      await feed.stop();
    },
  };
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}

/** Not all at the same time: those that were opened together after a restart come back one by one. */
function lifetime(most: number): number {
  return most * (0.8 + 0.2 * Math.random());
}

function full(message: string, max: number): Refusal {
  return new Refusal(429, 'LIMIT_EXCEEDED', message, { max, retryable: true }, [['retry-after', '10']]);
}
