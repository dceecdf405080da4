import type { IncomingMessage } from 'node:http';
import { type ExecutionResult, GraphQLError, GraphQLSchema, parse } from 'graphql';
import { CloseCode, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { GatewayConfig } from '../config';
import type { VerifyCaller } from '../edge/callers';
import type { ResolveDocument } from '../edge/documents';
import { operationIn } from '../edge/operation-request';
import { clientAddress, identityOf, type RateLimits } from '../edge/rate-limit';
import { acceptLanguageOf, type RequestContext, requestIdOf } from '../edge/request-context';
import { countError, countRequest, type Metrics } from '../observe/metrics';
import { type Ending, endingOf } from './ending';
import type { Subscription } from './subscription';
import type { Subscriptions } from './subscriptions';

/** What is known of one connection. */
export type Connection = {
  socket: WebSocket;
  request: IncomingMessage;
  /** `ANONYMOUS …` until the connection has said who it is. */
  identity: string;
  authorization: string | undefined;
  language: string | undefined;
  open: Set<Subscription>;
  usedAt: number;
};

export type ProtocolParts = {
  verifyCaller: VerifyCaller;
  rateLimits: RateLimits;
  resolveDocument: ResolveDocument;
  subscriptions: Subscriptions;
  config: Pick<GatewayConfig, 'requestTimeoutMs' | 'proxies'>;
  metrics: Metrics;
};

const INIT_MS = 5_000;
/** Standard codes after which clients come again. */
export const RESTARTING = 1012;
export const TRY_AGAIN = 1013;

/** graphql-ws looks at an operation to see that it is a subscription; ours is read and opened before. */
const OPENED = { schema: new GraphQLSchema({}), document: parse('subscription { opened }') };

/** The protocol of graphql-ws. Whoever connects says who it is in `connection_init`: `{"authorization": "Bearer …", "language": "zh-CN"}`. */
export function createProtocol(parts: ProtocolParts, joined: (connection: Connection) => void): Server<Connection> {
  const { verifyCaller, rateLimits, resolveDocument, subscriptions, config, metrics } = parts;
  const admit = async (connection: Connection) => {
    const address = clientAddress(connection.request, config.proxies);
    const caller = await verifyCaller(connection.authorization, address);
    connection.identity = identityOf(caller, address);
    await rateLimits.request(caller, connection.identity);
    return caller;
  };

  const open = async (
    connection: Connection,
    payload: SubscribePayload,
    context: Omit<RequestContext, 'caller' | 'identity'>,
  ) => {
    const caller = await admit(connection);
    const sent = operationIn(payload);
    const operation = { ...sent, query: resolveDocument(sent, caller) };
    return subscriptions.open({
      operation,
      context: { ...context, caller, identity: connection.identity },
      authorization: connection.authorization,
      transport: 'websocket',
    });
  };

  return makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: INIT_MS,
    async onConnect({ extra: connection, connectionParams = {} }) {
      const { authorization, language } = connectionParams;
      if (typeof authorization === 'string') connection.authorization = authorization;
      if (typeof language === 'string') connection.language = language;
      try {
        await admit(connection);
        joined(connection);
        return true;
      } catch (error) {
        close(connection, endingOf(error));
        return false;
      }
    },
    async onSubscribe({ extra: connection }, _, payload) {
      const start = performance.now();
      const requestId = requestIdOf({});
      const seen: RequestContext['seen'] = {};
      const context = {
        requestId,
        acceptLanguage: acceptLanguageOf({ 'accept-language': connection.language }),
        traceparent: undefined,
        deadline: start + config.requestTimeoutMs,
        readOnly: false,
        seen,
      };
      connection.usedAt = start;
      try {
        const subscription = await open(connection, payload, context);
        metrics.requests.of({ operation: 'subscription', status: '200' }).since(start);
        return { ...OPENED, contextValue: answersOf(connection, subscription, requestId) };
      } catch (error) {
        const ending = endingOf(error);
        const { status, code } = ending.refusal;
        countError(metrics, seen, code);
        countRequest(metrics, seen, status, start);
        if (ending.cause !== undefined) throw ending.cause;
        return [errorOf(ending, requestId)];
      }
    },
    subscribe: ({ contextValue }) => contextValue as AsyncIterableIterator<ExecutionResult>,
  });
}

/** An object, not a generator: the protocol must be able to end it before its first answer was asked for. */
function answersOf(connection: Connection, subscription: Subscription, requestId: string) {
  connection.open.add(subscription);
  const finish = () => {
    connection.open.delete(subscription);
    connection.usedAt = performance.now();
    return { done: true as const, value: undefined };
  };
  const answers: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => answers,
    async next() {
      try {
        return { done: false, value: JSON.parse(await subscription.next()) as ExecutionResult };
      } catch (error) {
        const ending = endingOf(error);
        finish();
        if (ending.reason === 'client' || close(connection, ending)) return { done: true, value: undefined };
        throw errorOf(ending, requestId);
      }
    },
    async return() {
      subscription.close();
      return finish();
    },
  };
  return answers;
}

function errorOf({ refusal: { code, message, extra } }: Ending, requestId: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extra, requestId } });
}

/** Closes the connection where the ending is about all of it. The reason is short by the protocol of WebSockets. */
export function close({ socket }: Pick<Connection, 'socket'>, { reason, again, refusal }: Ending): boolean {
  const retryable = again || refusal.extra['retryable'] === true;
  if (reason !== 'token' && !retryable) return false;
  const code = reason === 'token' ? CloseCode.Forbidden : reason === 'drain' ? RESTARTING : TRY_AGAIN;
  socket.close(code, `${refusal.code}: ${refusal.message}`.slice(0, 120));
  return true;
}
