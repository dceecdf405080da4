import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PointsAdjustedSchema } from '@atrium/contracts';
import { eventually } from '@atrium/testkit';
import { WebSocket } from 'ws';
import { MEMBER, replaceFile } from './harness';
import { connectSocket, type Open, overSocket, overSse, type Shop, startShop } from './subscribing';

const POINTS = { query: 'subscription { pointsChanged { id points } }' };
const LONG = 'subscription { pointsChanged { id long } }';
const SALES = { query: 'subscription { purchaseApplied { id } }' };

describe.each([
  ['SSE', overSse, { restarted: 'broken', missed: 'broken', expired: 'complete' }],
  [
    'a WebSocket',
    overSocket,
    { restarted: '1012 UNAVAILABLE', missed: '1013 UNAVAILABLE', expired: '4403 UNAUTHENTICATED' },
  ],
] as [string, Open, { restarted: string; missed: string; expired: string }][])(
  'faults over %s',
  (transport, open, ends) => {
    let shop: Shop;
    beforeEach(async () => {
      shop = await startShop();
    });
    afterEach(() => shop?.stop());

    it('ends a subscription whose token is over, though nothing happens', async () => {
      await shop.stop();
      // Looked at with each heartbeat.
      shop = await startShop({}, { heartbeatMs: 2_000 });
      const points = await open(shop, await shop.bearer(undefined, '4s'), POINTS);
      await eventually(() => points.seen.length === 1, { what: 'the state' });
      await eventually(() => points.end() !== undefined, { what: 'the end of the token' });
      expect(points.end()).toBe(ends.expired);
      if (transport === 'SSE') {
        expect(points.seen[1]?.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', retryable: true });
      }
      expect(await shop.metric('subscriptions_ended_total{field="pointsChanged",reason="token"}')).toBe(1);
    });

    it('refuses a token that is no good', async () => {
      const points = await open(shop, 'Bearer nonsense', POINTS);
      await eventually(() => points.end() !== undefined, { what: 'the refusal' });
      const code = points.seen[0]?.errors?.[0]?.extensions['code'] ?? points.end();
      expect(['UNAUTHENTICATED', '4403 UNAUTHENTICATED']).toContain(code);
    });

    it('reads states again when the broker was away, and sends those for whom each event counts to begin anew', async () => {
      const authorization = await shop.bearer();
      const points = await open(shop, authorization, POINTS);
      const sales = await open(shop, authorization, SALES);
      await eventually(
        async () =>
          (await shop.metric(
            `subscriptions{field="purchaseApplied",transport="${transport === 'SSE' ? 'sse' : 'websocket'}"}`,
          )) === 1,
        { what: 'both' },
      );
      await eventually(() => points.seen.length === 1, { what: 'the state' });
      await shop.nats.kill();
      await shop.nats.restart();
      await eventually(() => points.seen.length >= 2 && sales.end() !== undefined, {
        what: 'the broker',
      });
      expect(sales.end()).toBe(ends.missed);
      expect(points.end()).toBeUndefined();
      const before = points.seen.length;
      await shop.state(PointsAdjustedSchema, { memberId: MEMBER });
      await eventually(() => points.seen.length > before, { what: 'events again' });
      points.close();
    });

    it('breaks off when the gateway stops, so that clients come again', async () => {
      const points = await open(shop, await shop.bearer(), POINTS);
      await eventually(() => points.seen.length === 1, { what: 'the state' });
      await shop.gateway.stop();
      await eventually(() => points.end() !== undefined, { what: 'the end' });
      expect(points.end()).toBe(ends.restarted);
    });
  },
);

describe('a new supergraph under a subscription', () => {
  it('is what the next event is read with; a subscription that is not valid in it ends and says so', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'atrium-')), 'supergraph.graphql');
    const shop = await startShop({ supergraphPath: path, supergraphPollMs: 50 });
    try {
      const points = await overSse(shop, await shop.bearer(), POINTS);
      await eventually(() => points.seen.length === 1, { what: 'the state' });
      const load = async (sdl: string, times: number) => {
        replaceFile(path, sdl);
        await eventually(async () => (await shop.metric('supergraph_reloads_total{outcome="loaded"}')) === times, {
          what: 'the new graph',
        });
        await shop.state(PointsAdjustedSchema, { memberId: MEMBER });
      };
      await load(shop.supergraphSdl.replace(/points: (Int![^\n]*)/, 'points: $1\n  more: $1'), 1);
      await eventually(() => points.seen.length === 2, { what: 'an event read with it' });
      expect(points.seen[1]?.data?.['pointsChanged']).toMatchObject({ id: MEMBER });
      await load(shop.supergraphSdl.replace('points: Int!', 'score: Int!'), 2);
      await eventually(() => points.end() !== undefined, { what: 'the end' });
      expect(points.seen.at(-1)?.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    } finally {
      await shop.stop();
    }
  });
});

describe('who does not keep to it', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop({ corsOrigins: ['https://mall.test'] }, { sendMs: 1_000 });
  });
  afterAll(() => shop?.stop());
  const slow = () => shop.metric('subscriptions_ended_total{field="pointsChanged",reason="slow"}');

  /** Answers of 0.9 MB to somebody who reads none of them, until more than any buffer holds. */
  const pour = async (ended: () => Promise<boolean>) => {
    await eventually(
      async () => {
        await shop.state(PointsAdjustedSchema, { memberId: MEMBER });
        return ended();
      },
      { what: 'the end of a client that does not read', everyMs: 50 },
    );
  };

  it('a client of SSE that does not read is cut off', async () => {
    const before = await slow();
    const { port, hostname } = new URL(shop.gateway.url);
    const body = JSON.stringify({ query: LONG });
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    await once(socket, 'connect');
    socket.pause();
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: text/event-stream\r\nauthorization: ${await shop.bearer()}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await pour(async () => (await slow()) > before);
    socket.destroy();
  });

  it('so is one of a WebSocket', async () => {
    const before = await slow();
    const { socket } = await connectSocket(shop, await shop.bearer());
    await once(socket, 'message');
    socket.on('error', () => undefined);
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: LONG } }));
    socket.pause();
    await pour(async () => (await slow()) > before);
    socket.terminate();
  });

  it('pages of other origins open no WebSocket; those of ours and of the gateway itself do', async () => {
    const tryFrom = async (origin: string, path = 'graphql') => {
      const socket = new WebSocket(`${shop.gateway.url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', {
        headers: { origin },
      });
      const answer = await once(socket, 'open').then(() => 'open', String);
      socket.terminate();
      return answer;
    };
    expect(await tryFrom('https://evil.test')).toContain('403');
    expect(await tryFrom('https://mall.test')).toBe('open');
    expect(await tryFrom(new URL(shop.gateway.url).origin)).toBe('open');
    expect(await tryFrom('https://mall.test', 'elsewhere')).toContain('404');
  });

  it('a connection that does not say who it is is closed, and so is one that says too much', async () => {
    const silent = new WebSocket(`${shop.gateway.url.replace('http', 'ws')}graphql`, 'graphql-transport-ws');
    const [code] = (await once(silent, 'close')) as [number];
    expect(code).toBe(4408);
    const { socket, closed } = await connectSocket(shop, await shop.bearer());
    socket.send('x'.repeat(2_000_000));
    expect(await closed).toMatch(/^1006|^1009/);
  });

  it('a subscription that is sent as a plain request, or without a broker, is told so', async () => {
    const headers = { authorization: await shop.bearer() };
    const { status, body } = await shop.post(POINTS, headers);
    expect([status, body.errors?.[0]?.extensions['code']]).toEqual([400, 'BAD_REQUEST']);
    await shop.nats.kill();
    const points = await overSse(shop, headers.authorization, POINTS);
    await eventually(() => points.end() !== undefined, { what: 'the refusal' });
    expect([points.end(), points.seen[0]?.errors?.[0]?.extensions['code']]).toEqual(['503', 'UNAVAILABLE']);
  });
});
