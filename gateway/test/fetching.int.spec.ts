import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { ANONYMOUS, type Caller } from '@atrium/platform';
import { eventually, freePort } from '@atrium/testkit';
import type { RequestContext } from '../src/edge/request-context';
import { SubgraphClient } from '../src/fetch/subgraph-client';
import { createMetrics } from '../src/observe/metrics';
import { PATIENCE_MS } from './harness';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const QUERY = '{"query":"{ a }","variables":{}}';
const LI: Caller = { ...ANONYMOUS, id: 'li' };
const WANG: Caller = { ...ANONYMOUS, id: 'wang' };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A subgraph that does what the test says, and a client of it. */
async function subgraph(answer: Answer, options: { timeoutMs?: number } = {}) {
  const sockets = new Set<Socket>();
  const seen = { requests: 0, connections: 0 };
  const server = createServer((request, response) => {
    seen.requests++;
    request.resume();
    answer(request, response);
  });
  server.on('connection', (socket) => {
    seen.connections++;
    sockets.add(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = clientOf((server.address() as AddressInfo).port, options.timeoutMs);
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    const closed = once(server, 'close');
    server.close();
    await closed;
  });
  return { ...client, seen };
}

function clientOf(port: number, timeoutMs = PATIENCE_MS, http2 = false) {
  const failures: string[] = [];
  const metrics = createMetrics();
  const meter = metrics.subgraph('people');
  const client = new SubgraphClient({
    name: 'people',
    url: `http://127.0.0.1:${port}/graphql`,
    connections: 8,
    timeoutMs,
    maxBytes: 100_000,
    http2,
    tokens: async () => 'token',
    meter,
    onFailure: (_, __, error) => failures.push(error instanceof Error ? error.message : ''),
  });
  closing.push(() => client.close());
  const ask = (caller: Caller, body = QUERY, query = true, language?: string) =>
    client.ask(body, query, contextOf(caller, language));
  return { ask, failures, meter, metrics };
}

function contextOf(caller: Caller, acceptLanguage: string | undefined): RequestContext {
  const deadline = performance.now() + PATIENCE_MS;
  const fixed = { identity: 'anyone', traceparent: undefined, readOnly: false, seen: {} };
  return { requestId: 'request-1', caller, acceptLanguage, deadline, ...fixed };
}

const json = (response: ServerResponse, value: unknown) => response.end(JSON.stringify(value));

describe('the same fetch under way', () => {
  it('is made once for one caller, and never shared with another', async () => {
    const held: ServerResponse[] = [];
    const { ask, seen } = await subgraph((_, response) => held.push(response));
    const asked = [ask(LI), ask(LI), ask(LI), ask(WANG), ask(LI, QUERY, true, 'zh-CN'), ask(LI, '{"query":"{ b }"}')];
    await eventually(() => held.length === 4, { what: 'four requests' });
    held.forEach((response, at) => json(response, { data: { at } }));
    const answers = await Promise.all(asked);
    expect(seen.requests).toBe(4);
    expect(answers[1]).toEqual(answers[0]);
    // Each may change its own.
    expect(answers[1]).not.toBe(answers[0]);
    expect(new Set([0, 3, 4, 5].map((at) => JSON.stringify(answers[at]))).size).toBe(4);
  });

  it('is made again once it was answered, and after a change', async () => {
    const held: ServerResponse[] = [];
    const { ask, seen } = await subgraph((_, response) => held.push(response));
    const before = ask(LI);
    await eventually(() => held.length === 1, { what: 'the first query' });
    const change = ask(LI, '{"query":"mutation { b }"}', false);
    const twice = ask(LI, '{"query":"mutation { b }"}', false);
    await eventually(() => held.length === 3, { what: 'both mutations' });
    held.slice(1).forEach((response) => json(response, { data: { b: 1 } }));
    await Promise.all([change, twice]);
    const after = ask(LI);
    await eventually(() => held.length === 4, { what: 'the second query' });
    json(held[0]!, { data: { a: 'old' } });
    json(held[3]!, { data: { a: 'new' } });
    expect([(await before).data, (await after).data]).toEqual([{ a: 'old' }, { a: 'new' }]);
    expect(seen.requests).toBe(4);
  });
});

describe('a subgraph that misbehaves', () => {
  const cases: [string, Answer, string][] = [
    ['sends too much', (_, response) => response.end('x'.repeat(1_000_000)), 'more than 100000 bytes'],
    ['sends half', (_, r) => r.writeHead(200, { 'content-length': 100 }).write('{"data":', () => r.destroy()), ''],
    ['sends garbage', (_, response) => response.end('<html>'), 'is not JSON'],
    ['sends no GraphQL', (_, response) => json(response, { ok: true }), 'no GraphQL response'],
    ['is behind a proxy that fails', (_, response) => response.writeHead(502).end('{"data":{}}'), 'status 502'],
    ['says nothing', () => undefined, 'No answer in time'],
  ];

  it.each(cases)('and %s has not answered', async (what, answer, message) => {
    const { ask, failures } = await subgraph(answer, what === 'says nothing' ? { timeoutMs: 300 } : {});
    await expect(ask(LI)).rejects.toThrow();
    expect(failures).toEqual([expect.stringContaining(message)]);
  });

  it('is asked a second time for a query whose connection was closed, not for a mutation', async () => {
    let close = true;
    const { ask, seen } = await subgraph((request, response) => {
      if (close) request.socket.destroy();
      else json(response, { data: {} });
      close = false;
    });
    await expect(ask(LI)).resolves.toEqual({ data: {} });
    close = true;
    await expect(ask(LI, '{"query":"mutation { b }"}', false)).rejects.toThrow();
    expect(seen.requests).toBe(3);
  });

  it('is left alone after ten failures, and found again when it is back', async () => {
    let away = true;
    const { ask, seen, failures } = await subgraph((_, response) => {
      if (away) response.writeHead(503).end();
      else json(response, { data: {} });
    });
    for (let i = 0; i < 30; i++) await ask(LI).catch(() => undefined);
    expect(seen.requests).toBe(10);
    expect(failures.at(-1)).toContain('left alone');
    away = false;
    await eventually(() => ask(LI).catch(() => null), { what: 'an answer' });
    for (let i = 0; i < 5; i++) await ask(LI);
  });

  it('is not left alone because one pod of it took many connections along', async () => {
    let ending = true;
    const { ask } = await subgraph((request, response) => {
      if (ending) request.socket.destroy();
      else json(response, { data: {} });
    });
    const asked = Array.from({ length: 20 }, () => ask(LI, '{"query":"mutation { b }"}', false));
    expect((await Promise.allSettled(asked)).every(({ status }) => status === 'rejected')).toBe(true);
    ending = false;
    await expect(ask(LI)).resolves.toEqual({ data: {} });
  });

  it('keeps no request that nobody waits for', async () => {
    const { ask, metrics } = await subgraph(() => undefined, { timeoutMs: 200 });
    const asked = Array.from({ length: 100 }, (_, at) => ask(LI, `{"query":"{ a${at} }"}`));
    expect((await Promise.allSettled(asked)).every(({ status }) => status === 'rejected')).toBe(true);
    expect(await metrics.registry.metrics()).toMatch(/subgraph_duration_seconds_count\{.*timeout"\} 100/);
  });
});

it('speaks HTTP/2 without TLS where that is configured', async () => {
  const versions: string[] = [];
  const server = createHttp2Server((request: Http2ServerRequest, response) => {
    versions.push(`${request.httpVersion} ${request.method} ${String(request.headers['x-request-id'])}`);
    request.resume();
    response.end('{"data":{"a":1}}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => server.close());
  const { ask } = clientOf((server.address() as AddressInfo).port, PATIENCE_MS, true);
  const answers = await Promise.all(Array.from({ length: 5 }, (_, at) => ask(LI, `{"query":"{ a${at} }"}`)));
  expect(answers).toEqual(Array.from({ length: 5 }, () => ({ data: { a: 1 } })));
  expect(new Set(versions)).toEqual(new Set(['2.0 POST request-1']));
});

it('closes idle connections before a subgraph that stops does, whatever that says', async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('keep-alive', 'timeout=65').end('{"data":{}}');
  });
  // As `shutdownDelayMs` of the charts.
  server.keepAliveTimeout = 6_000;
  const closedBy = new Promise<string>((resolve) => {
    server.on('connection', (socket) => {
      socket.on('end', () => resolve('the gateway')).on('close', () => resolve('the subgraph'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => server.close());
  await clientOf((server.address() as AddressInfo).port).ask(LI);
  expect(await closedBy).toBe('the gateway');
});

describe('a mutation that had no connection', () => {
  it('is sent when somebody listens', async () => {
    const port = await freePort();
    const { ask, meter } = clientOf(port);
    const back = createServer((request, response) => json(response, { data: { a: 1 } }));
    closing.push(async () => {
      back.closeAllConnections();
      back.close();
    });
    // From the first failure on, before the next try.
    const retried = jest.spyOn(meter.retries, 'add').mockImplementationOnce(() => void back.listen(port, '127.0.0.1'));
    await expect(ask(LI, QUERY, false)).resolves.toEqual({ data: { a: 1 } });
    expect(retried).toHaveBeenCalledTimes(1);
  });

  it('fails when nobody ever does', async () => {
    await expect(clientOf(await freePort()).ask(LI, QUERY, false)).rejects.toThrow('ECONNREFUSED');
  });
});
