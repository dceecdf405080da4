import { type Redis, startRedis } from '@atrium/testkit';
import type { GatewayConfig } from '../src/config';
import { localRates } from '../src/edge/rate-store';
import { GROUP, type Harness, startHarness } from './harness';

const perHour = (count: number) => ({ count, periodMs: 3_600_000 });
const PEOPLE = { query: '{ people { id } }' };
const RENAME = { query: 'mutation { rename(name: "x") { id } }' };

describe('rate limits', () => {
  let redis: Redis;
  const running: Harness[] = [];
  beforeAll(async () => (redis = await startRedis()));
  afterEach(() => Promise.all(running.splice(0).map((graph) => graph.stop())));
  afterAll(() => redis.stop());

  const start = async (rates: Partial<GatewayConfig['rates']>, more: Partial<GatewayConfig> = {}) => {
    const graph = await startHarness({ rates: { callers: {}, fields: {}, ...rates }, ...more });
    running.push(graph);
    return graph;
  };
  const statuses = async (graph: Harness, count: number, body: object, headers: Record<string, string> = {}) => {
    const seen: number[] = [];
    for (let i = 0; i < count; i++) seen.push((await graph.post(body, headers)).status);
    return seen;
  };
  const bearer = async (graph: Harness, subject: string) => ({
    authorization: `Bearer ${await graph.token(undefined, (jwt) => jwt.setSubject(subject))}`,
  });

  it('are told with a typed error and when to come back, and nobody behind is asked', async () => {
    const graph = await start({ callers: { ANONYMOUS: perHour(3) } });
    expect(await statuses(graph, 3, PEOPLE)).toEqual([200, 200, 200]);
    const before = graph.people.received.length;
    const { status, headers, body } = await graph.post(PEOPLE);
    expect(status).toBe(429);
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', max: 3, retryable: true });
    // A third of an hour gives one back.
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(1190);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(1200);
    expect(graph.people.received).toHaveLength(before);
  });

  it('count each identity by itself, and strangers by their address', async () => {
    const graph = await start(
      { callers: { ANONYMOUS: perHour(1), MEMBER: perHour(2), SERVICE: undefined } },
      { proxies: 1 },
    );
    expect(await statuses(graph, 3, PEOPLE, await bearer(graph, 'li'))).toEqual([200, 200, 429]);
    expect(await statuses(graph, 3, PEOPLE, await bearer(graph, 'wang'))).toEqual([200, 200, 429]);
    const service = await graph.token({ kind: 'SERVICE', group: GROUP, permissions: [] });
    expect(await statuses(graph, 5, PEOPLE, { authorization: `Bearer ${service}` })).toEqual(Array(5).fill(200));

    const from = (forwarded: string) => statuses(graph, 2, PEOPLE, { 'x-forwarded-for': forwarded });
    expect(await from('10.0.0.1')).toEqual([200, 429]);
    expect(await from('10.0.0.2')).toEqual([200, 429]);
    // What the client itself wrote in front of what the proxy saw is not believed.
    expect(await from('1.2.3.4, 10.0.0.2')).toEqual([429, 429]);
    // One household of IPv6 is one.
    expect(await from('2001:db8:1:2::1')).toEqual([200, 429]);
    expect(await from('2001:db8:1:2:ffff::9')).toEqual([429, 429]);
  });

  it('hold for single fields, however they are asked for', async () => {
    const graph = await start({ fields: { 'Mutation.rename': perHour(3), 'Query.*': perHour(100) } });
    const li = await bearer(graph, 'li');
    const twice =
      'mutation { ...R ... { b: rename(name: "b") { id } } } fragment R on Mutation { rename(name: "a") { id } }';
    expect(await statuses(graph, 1, { query: twice }, li)).toEqual([200]);
    expect(await statuses(graph, 3, RENAME, li)).toEqual([200, 429, 429]);
    expect(await statuses(graph, 2, RENAME, await bearer(graph, 'wang'))).toEqual([200, 200]);
    expect(await statuses(graph, 2, PEOPLE, li)).toEqual([200, 200]);
  });

  it('are shared by all gateways, and go on in each of them while the store is away', async () => {
    const rates = { callers: { MEMBER: perHour(4) } };
    const [one, two] = [await start(rates, { storeUrl: redis.url }), await start(rates, { storeUrl: redis.url })];
    const subject = `shared-${process.pid}`;
    const [first, second] = [await bearer(one, subject), await bearer(two, subject)];
    expect(await statuses(one, 2, PEOPLE, first)).toEqual([200, 200]);
    expect(await statuses(two, 3, PEOPLE, second)).toEqual([200, 200, 429]);
    expect(await statuses(one, 1, PEOPLE, first)).toEqual([429]);

    await redis.kill();
    expect(await statuses(one, 5, PEOPLE, first)).toEqual([200, 200, 200, 200, 429]);
    expect(one.logs.filter((line) => line.includes('each gateway counts for itself'))).toHaveLength(1);
    await redis.restart();
  });

  it('give back evenly, never twice the allowance around the turn of a period', () => {
    let now = 0;
    const store = localRates(() => now);
    const rate = { count: 10, periodMs: 1_000 };
    const take = (count: number) =>
      Array.from({ length: count }, () => store.take('k', rate)).filter((w) => w === 0).length;
    expect(take(20)).toBe(10);
    expect(store.take('k', rate)).toBe(100);
    now = 100;
    expect(take(5)).toBe(1);
    now = 999;
    expect(take(20)).toBe(8);
    now = 60_000;
    expect(take(20)).toBe(10);
  });
});
