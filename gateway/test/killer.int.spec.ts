import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Subgraphs } from './fuzz/subgraphs';
import { supergraphs } from './fuzz/supergraphs';
import { type Harness, startHarness } from './harness';

/** Valid and small, and more than Apollo's planner can take. */
const KILLER = readFileSync(join(__dirname, 'fuzz', 'killer.graphql'), 'utf8');
const variables = { v0: 't1', v1: 4, if2: true };
const CALM = { nulls: 0, errors: 0, lies: 0, away: 0 };
const media = supergraphs().get('media') ?? '';

describe.each(['compiled', 'shadow', 'stock'] as const)('an operation that ends the planner, %s', (executor) => {
  let subgraphs: Server;
  let graph: Harness;

  beforeAll(async () => {
    const data = new Subgraphs(media);
    subgraphs = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const answer = data.answer(request.url?.slice(1) ?? '', Buffer.concat(chunks).toString(), 'world', CALM);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    }).listen(0, '127.0.0.1');
    await once(subgraphs, 'listening');
    const at = (name: string) => `http://127.0.0.1:${(subgraphs.address() as AddressInfo).port}/${name}`;
    graph = await startHarness({
      executor,
      supergraphSdl: media,
      subgraphUrls: { library: at('library'), reviews: at('reviews'), charts: at('charts') },
      limits: {
        depth: 20,
        aliases: 30,
        tokens: 2_000,
        fragments: 50,
        operations: 5,
        cost: 1e9,
        listSize: 2,
        bodyBytes: 1e6,
      },
    });
  });
  afterAll(async () => {
    await graph.stop();
    subgraphs.closeAllConnections();
    subgraphs.close();
  });

  const metric = async (name: string) => {
    const text = await (await fetch(`${graph.gateway.url}metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`atrium_gateway_${name} `))
        ?.split(' ')[1] ?? 0,
    );
  };
  const kill = async () => {
    const { status, body } = await graph.post({ query: KILLER, variables });
    return [status, body.errors?.[0]?.extensions];
  };
  const REFUSED = [400, { code: 'OPERATION_TOO_COMPLEX', retryable: false, requestId: expect.any(String) }];

  it('is refused, and nobody else notices', async () => {
    const query = '{ media { id title score } }';
    const known = await graph.post({ query });
    expect(known.body).toMatchObject({ data: { media: expect.any(Array) } });
    expect(known.body.errors).toBeUndefined();

    const killed = kill();
    const others = ['{ top { id rank } }', '{ review { text media { id title } } }'].map((text) =>
      graph.post({ query: text }),
    );
    for (let i = 0; i < 20; i++) expect((await graph.post({ query })).body).toEqual(known.body);
    for (const { status, body } of await Promise.all(others)) expect([status, body.errors]).toEqual([200, undefined]);
    expect(await killed).toEqual(REFUSED);
    expect((await fetch(`${graph.gateway.url}livez`)).status).toBe(200);
  });

  it('is refused again without another try', async () => {
    const before = await metric('planning_duration_seconds_count');
    for (let i = 0; i < 5; i++) expect(await kill()).toEqual(REFUSED);
    expect(await metric('planning_duration_seconds_count')).toBe(before);
    expect(await metric('planning_failures_total{reason="crash"}')).toBe(1);
  });
});
