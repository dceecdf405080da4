import { connect } from 'node:net';
import { eventually } from '@atrium/testkit';
import { type Answer, type Harness, startHarness } from './harness';
import { type GatewayProcess, startGatewayProcess } from './process';

const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
const nested = (depth: number, name: string) => `${`${name} { `.repeat(depth)}id${' }'.repeat(depth)}`;
const list = (count: number) => JSON.stringify(Array.from({ length: count }, (_, i) => i));
const json = (query: string, variables?: unknown) => JSON.stringify({ query, variables });

/** What somebody sends who wants the gateway to stand still, and the code that it is refused with. */
const HOSTILE: [string, string, string][] = [
  ['500 levels', json(`{ people { ${nested(500, 'self')} } }`), 'OPERATION_TOO_DEEP'],
  ['100,000 levels', json(`{ people { ${nested(40_000, 'self')} } }`), 'TOO_MANY_TOKENS'],
  ['10,000 fields', json(`{ people { ${times(10_000, () => 'id')} } }`), 'TOO_MANY_TOKENS'],
  ['1,900 fields of one name', json(`{ people { ${times(1_900, () => 'id')} } }`), 'TOO_MANY_ALIASES'],
  ['490 objects of one name', json(`{ ${times(490, () => 'people { id }')} }`), 'TOO_MANY_ALIASES'],
  ['10,000 aliases', json(`{ ${times(10_000, (i) => `a${i}: __typename`)} }`), 'TOO_MANY_TOKENS'],
  ['100 aliases', json(`{ ${times(100, (i) => `a${i}: __typename`)} }`), 'TOO_MANY_ALIASES'],
  [
    '1 MB of fragments',
    json(`{ people { ...F0 } } ${times(20_000, (i) => `fragment F${i} on Person { ...F${i + 1} id }`)}`),
    'TOO_MANY_TOKENS',
  ],
  [
    'fragments that double each other',
    json(
      `{ people { ...F0 } } ${times(40, (i) => `fragment F${i} on Person { ...F${i + 1} ...F${i + 1} }`)} fragment F40 on Person { a: id }`,
    ),
    'TOO_MANY_ALIASES',
  ],
  [
    'a circle of fragments',
    json('{ people { ...A } } fragment A on Person { self { ...B } } fragment B on Person { self { ...A } }'),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a circle of 50',
    json(`{ people { ...F0 } } ${times(50, (i) => `fragment F${i} on Person { ...F${(i + 1) % 50} }`)}`),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    '100 fragments',
    json(`{ people { ...F0 } } ${times(100, (i) => `fragment F${i} on Person { id ...F${i + 1} }`)}`),
    'TOO_MANY_FRAGMENTS',
  ],
  [
    'a circle of 200',
    json(`{ people { ...F0 } } ${times(200, (i) => `fragment F${i} on Person { ...F${(i + 1) % 200} }`)}`),
    'TOO_MANY_FRAGMENTS',
  ],
  ['100 operations', json(times(100, (i) => `query Q${i} { __typename }`)), 'TOO_MANY_OPERATIONS'],
  ['1,500 directives', json(`{ people { id ${times(600, () => '@include')} } }`), 'GRAPHQL_VALIDATION_FAILED'],
  ['lists in lists', json('{ count(n: '.concat('['.repeat(900), ']'.repeat(900), ') }')), 'GRAPHQL_VALIDATION_FAILED'],
  ['a literal of 900 kB', json(`{ count(n: "${'x'.repeat(900_000)}") }`), 'GRAPHQL_VALIDATION_FAILED'],
  [
    'a list of 150,000',
    `{"query":"query ($n: Int!) { count(n: $n) }","variables":{"n":${list(150_000)}}}`,
    'BAD_USER_INPUT',
  ],
  [
    'a variable in 200,000 lists',
    `{"query":"query ($n: Int!) { count(n: $n) }","variables":{"n":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
    'BAD_USER_INPUT',
  ],
  ['a body of 3 MB', json('{ __typename }', { a: 'x'.repeat(3_000_000) }), 'BODY_TOO_LARGE'],
  [
    'a batch of 10,000',
    `[${Array.from({ length: 10_000 }, () => '{"query":"{ __typename }"}').join(',')}]`,
    'BAD_REQUEST',
  ],
  ['10,000 operations', json(times(10_000, (i) => `query Q${i} { __typename }`)), 'TOO_MANY_TOKENS'],
  [
    'a costly list',
    json('query ($n: Int) { page(first: $n) { edges { node { id } } } }', { n: 1_000_000 }),
    'OPERATION_TOO_COSTLY',
  ],
];

describe('hostile requests', () => {
  let graph: Harness;
  let gateway: GatewayProcess;
  beforeAll(async () => {
    graph = await startHarness();
    gateway = await startGatewayProcess(graph.environment);
  });
  afterAll(async () => {
    await gateway.stop();
    await graph.stop();
  });

  const send = async (body: string, to = gateway): Promise<{ status: number; body: Answer }> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${to.url}graphql`, { method: 'POST', headers, body });
    return { status: response.status, body: (await response.json()) as Answer };
  };
  const polite = async (to = gateway) => {
    const [live, answer] = await Promise.all([
      fetch(`${to.url}livez`).then(({ status }) => status),
      send('{"query":"{ people { name balance } }"}', to),
    ]);
    return { live, status: answer.status, errors: answer.body.errors };
  };
  const GOOD = { live: 200, status: 200, errors: undefined };

  it.each(HOSTILE)('%s: refused with a typed error, and the next is answered', async (_, body, code) => {
    const asked = graph.people.received.length;
    const refused = await send(body);
    expect(refused.body.errors?.map(({ extensions }) => extensions['code'])).toContain(code);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(graph.people.received).toHaveLength(asked);
    expect(await polite()).toEqual(GOOD);
  });

  it('all of them again and again: memory stays where it is', async () => {
    const before = gateway.rssMb();
    for (let round = 0; round < 5; round++) await Promise.all(HOSTILE.map(([, body]) => send(body)));
    const settled = gateway.rssMb();
    for (let round = 0; round < 15; round++) await Promise.all(HOSTILE.map(([, body]) => send(body)));
    const after = gateway.rssMb();
    expect(await polite()).toEqual(GOOD);
    process.stdout.write(
      `hostile requests: ${before.toFixed(0)} MB, then ${settled.toFixed(0)}, at the end ${after.toFixed(0)} MB\n`,
    );
    expect(after).toBeLessThan(400);
  });

  it('hundreds who send a byte and wait: they are closed, others are answered', async () => {
    const strict = await startGatewayProcess({ ...graph.environment, REQUEST_TIMEOUT_MS: '10000' });
    const port = Number(new URL(strict.url).port);
    let closed = 0;
    const sockets = Array.from({ length: 300 }, () => {
      const socket = connect(port, '127.0.0.1', () => socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\nX-'));
      return socket
        .resume()
        .on('close', () => closed++)
        .on('error', () => undefined);
    });
    const bodies = Array.from({ length: 100 }, () => {
      const head =
        'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';
      const socket = connect(port, '127.0.0.1', () => socket.write(head));
      return socket
        .resume()
        .on('close', () => closed++)
        .on('error', () => undefined);
    });
    expect(await polite(strict)).toEqual(GOOD);
    await eventually(() => closed === 400, { what: 'all of them closed' });
    expect(await polite(strict)).toEqual(GOOD);
    for (const socket of [...sockets, ...bodies]) socket.destroy();
    await strict.stop();
  });

  it('are answered while it stops, on connections that are kept alive', async () => {
    const second = await startGatewayProcess(graph.environment);
    graph.wallet.hold();
    const mine = 'while-it-stops';
    const running = fetch(`${second.url}graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'keep-alive', 'x-request-id': mine },
      body: '{"query":"{ people { name balance } }"}',
    });
    const arrived = () => graph.wallet.received.some((headers) => headers['x-request-id'] === mine);
    await eventually(arrived, { what: 'the request at the subgraph' });
    const stopped = second.stop();
    // The signal is on its way for a moment.
    const ready = () =>
      fetch(`${second.url}readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually(async () => !(await ready()), { what: 'the stop has begun' });
    graph.wallet.release();
    const answer = await running;
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    expect(((await answer.json()) as Answer).data?.['people']).toHaveLength(2);
    expect(await stopped).toBe(0);
  });
});
