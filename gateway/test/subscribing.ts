import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type AtriumClaim, HEADERS, subjectOf } from '@atrium/platform';
import { freePort, type Nats, startNats } from '@atrium/testkit';
import { connect, headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import { parse } from 'graphql';
import { exportJWK, generateKeyPair } from 'jose';
import { WebSocket } from 'ws';
import type { GatewayConfig } from '../src/config';
import { GROUP, type Harness, MEMBER, PATIENCE_MS, startHarness } from './harness';
import { type Context, startSubgraph, type TestSubgraph } from './subgraph';

export const [OTHER, STORE, MERCHANT, MALL, FAR_STORE] = [3, 4, 5, 6, 7].map(
  (n) => `0197a000-0000-7000-8000-00000000000${n}`,
) as [string, string, string, string, string];

const SHOP = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { member(id: ID!): Member  purchase(id: ID!): Purchase  store(id: ID!): Store  merchant(id: ID!): Merchant  mall(id: ID!): Mall }
  type Member @key(fields: "id") { id: ID!  points: Int!  secret: String!  long: String }
  type Purchase @key(fields: "id") { id: ID!  member: ID }
  type Store { id: ID!  merchant: Merchant! }
  type Merchant { id: ID!  mall: Mall! }
  type Mall { id: ID! }`;

const mall = { id: MALL };
const merchant = { id: MERCHANT, mall };

export type Shop = Harness & {
  nats: Nats;
  shop: TestSubgraph;
  /** Answers of `points` count up. */
  reads: () => number;
  state<S extends DescMessage>(event: S, message: MessageInitShape<S>, groupId?: string): Promise<void>;
  bearer(claim?: AtriumClaim, expires?: string): Promise<string>;
  metric(series: string): Promise<number>;
};

/** A gateway with the real subscriptions over one small subgraph, and a broker. */
export async function startShop(change: Partial<GatewayConfig> = {}, limits: object = {}): Promise<Shop> {
  const key = await generateKeyPair('EdDSA', { extractable: true });
  let reads = 0;
  const sees = ({ caller }: Context, id: string) => caller.memberId === id || caller.kind !== 'MEMBER';
  const shop = await startSubgraph(
    'shop',
    SHOP,
    {
      Query: {
        member: (_: unknown, { id }: { id: string }, context: Context) => (sees(context, id) ? { id } : null),
        purchase: (_: unknown, { id }: { id: string }) => (id === FAR_STORE ? null : { id }),
        store: (_: unknown, { id }: { id: string }) => (id === STORE || id === FAR_STORE ? { id, merchant } : null),
        merchant: (_: unknown, { id }: { id: string }) => (id === MERCHANT ? merchant : null),
        mall: (_: unknown, { id }: { id: string }) => (id === MALL ? mall : null),
      },
      Member: {
        points: () => ++reads,
        long: () => 'x'.repeat(900_000),
        secret: () => {
          throw Object.assign(new Error('Not for this caller.'), { extensions: { code: 'FORBIDDEN' } });
        },
      },
    },
    await exportJWK(key.publicKey),
  );
  const composed = composeServices([
    { name: 'shop', url: shop.url, typeDefs: parse(SHOP) },
    {
      name: 'gateway',
      url: 'http://gateway:4000/graphql',
      typeDefs: parse(readFileSync(join(__dirname, '../subscriptions.graphql'), 'utf8')),
    },
  ]);
  if (composed.errors) throw new AggregateError(composed.errors);
  const nats = await startNats();
  const graph = await startHarness({
    supergraphSdl: composed.supergraphSdl,
    subgraphTokenKey: await exportJWK(key.privateKey),
    natsUrl: nats.url,
    port: await freePort(),
    // A WebSocket that has not answered when the next heartbeat is due is cut off, so no test may be slower than one.
    subscriptions: {
      max: 100,
      perCaller: 5,
      lifetimeMs: 3_600_000,
      heartbeatMs: PATIENCE_MS,
      sendMs: PATIENCE_MS,
      ...limits,
    },
    ...change,
  });
  let connection: NatsConnection | undefined;
  return {
    ...graph,
    nats,
    shop,
    reads: () => reads,
    async state(event, message, groupId = GROUP) {
      connection ??= await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
      const headers = natsHeaders();
      headers.set(HEADERS.eventId, randomUUID());
      headers.set(HEADERS.groupId, groupId);
      connection.publish(subjectOf(event.typeName, null, MEMBER), toBinary(event, create(event, message) as never), {
        headers,
      });
      await connection.flush();
    },
    bearer: async (claim, expires = '5m') =>
      `Bearer ${await graph.token(claim, (jwt) => jwt.setExpirationTime(expires))}`,
    async metric(series) {
      const text = await (await fetch(`${graph.gateway.url}metrics`)).text();
      const line = text.split('\n').find((one) => one.startsWith(`atrium_gateway_${series} `));
      return Number(line?.split(' ')[1] ?? 0);
    },
    async stop() {
      await connection?.close();
      await graph.stop();
      await Promise.allSettled([shop.stop(), nats.stop()]);
    },
  };
}

type Payload = {
  data?: Record<string, Record<string, unknown>> | null;
  errors?: { extensions: Record<string, unknown> }[];
};

/** A subscription as the wire shows it. `end`: how it ended: `complete`, `broken`, an HTTP status, a code of the WebSocket. */
export type Stream = { seen: Payload[]; end: () => string | undefined; close: () => void };
export type Opened = { query: string; variables?: object };
export type Open = (shop: Shop, authorization: string | undefined, operation: Opened) => Promise<Stream>;

export const overSse: Open = async (shop, authorization, operation) => {
  const abort = new AbortController();
  const seen: Payload[] = [];
  let end: string | undefined;
  const response = await fetch(`${shop.gateway.url}graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify(operation),
    signal: abort.signal,
  });
  void (async () => {
    if (!response.ok) {
      seen.push((await response.json()) as Payload);
      end = String(response.status);
      return;
    }
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const [, payload] = /^event: next\ndata: (.*)$/s.exec(event) ?? [];
        if (payload !== undefined) seen.push(JSON.parse(payload) as Payload);
        if (event.startsWith('event: complete')) end = 'complete';
      }
    }
    end ??= 'broken';
  })().catch(() => (end ??= 'broken'));
  return { seen, end: () => end, close: () => abort.abort() };
};

export async function connectSocket(shop: Shop, authorization: string | undefined, headers: object = {}) {
  const socket = new WebSocket(`${shop.gateway.url.replace('http', 'ws')}graphql`, 'graphql-transport-ws', {
    headers: { ...headers },
  });
  const closed = once(socket, 'close').then(([code, reason]) => `${code} ${String(reason).split(':')[0]}`);
  await once(socket, 'open');
  socket.send(
    JSON.stringify({ type: 'connection_init', payload: authorization === undefined ? {} : { authorization } }),
  );
  return { socket, closed };
}

export const overSocket: Open = async (shop, authorization, operation) => {
  const { socket, closed } = await connectSocket(shop, authorization);
  const seen: Payload[] = [];
  let end: string | undefined;
  void closed.then((how) => (end ??= how));
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse(String(data)) as { type: string; payload: never };
    if (type === 'connection_ack') socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: operation }));
    if (type === 'next') seen.push(payload);
    if (type === 'error') seen.push({ errors: payload });
    if (type === 'error' || type === 'complete') end = 'complete';
  });
  return { seen, end: () => end, close: () => socket.terminate() };
};
