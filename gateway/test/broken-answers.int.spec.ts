import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import type { AtriumClaim } from '@atrium/platform';
import { eventually } from '@atrium/testkit';
import { type Answer, GROUP, type Harness, startHarness } from './harness';
import { type GatewayProcess, startGatewayProcess } from './process';

type Behaviour = (response: ServerResponse) => void;

const MB = Buffer.alloc(1_048_576, 'x');
const QUERY = '{ people { id name balance } }';
const json = (value: unknown) => (response: ServerResponse) => response.end(JSON.stringify(value));
const entities = (value: unknown) => json({ data: { _entities: value } });

/** 100 MB, as fast as they are read. */
function endless(response: ServerResponse): void {
  const pieces = Readable.from(Array.from({ length: 100 }, () => MB));
  pipeline(pieces, response, () => undefined);
}

/** What a subgraph may say instead of an answer. Whatever it is, the other subgraph's part is served and this part is not. */
const BROKEN: [string, Behaviour][] = [
  ['100 MB', endless],
  ['100 MB, as announced', (r) => endless(r.writeHead(200, { 'content-length': 104_857_600 }))],
  [
    'half an answer, then an end',
    (r) => r.writeHead(200, { 'content-length': 100 }).write('{"data":', () => r.destroy()),
  ],
  ['half an answer, then nothing', (response) => void response.write('{"data":{"_entities":[{"bal')],
  ['half an answer, as if it were whole', (response) => response.end('{"data":{"_entities":[{"bal')],
  ['bytes', (response) => response.end(Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 37) % 256)))],
  ['a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>…</html>')],
  ['nothing at all', (response) => response.end()],
  ['null', json(null)],
  ['a number', json(7)],
  ['a list', json([{ data: {} }])],
  ['an object without meaning', json({ ok: true })],
  ['data that is text', json({ data: 'people' })],
  ['data that is a list', json({ data: [1, 2] })],
  ['data without entities', json({ data: {} })],
  ['entities that are no list', entities({ balance: 7 })],
  ['entities that are text', entities('both')],
  ['no entity', entities([])],
  ['entities that are null', entities([null, null])],
  ['entities that are numbers', entities([1, 2])],
  ['entities that are lists', entities([[{ balance: 7 }], [{ balance: 7 }]])],
  ['objects for numbers', entities([{ balance: { amount: 7 } }, { balance: [7] }])],
  ['text for numbers', entities([{ balance: 'seven' }, { balance: '' }])],
  ['numbers that are no integers', entities([{ balance: 7.5 }, { balance: 1e300 }])],
  ['other keys', entities([{ blance: 7 }, { __proto__balance: 7, constructor: { balance: 7 } }])],
  ['errors that are no list', json({ errors: 'password of the database is hunter2' })],
  ['errors that are nothing', json({ errors: [null, 1, 'hunter2', [], {}], data: null })],
  [
    'errors of another place',
    json({ errors: [{ message: 'hunter2', path: ['_entities', 99, { a: 1 }] }], data: null }),
  ],
  [
    '100,000 levels',
    (r) => r.end(`{"data":{"_entities":[{"balance":${'['.repeat(100_000)}${']'.repeat(100_000)}},null]}}`),
  ],
  ['a status without a body', (response) => response.writeHead(500).end()],
];

describe('a subgraph that answers with', () => {
  let graph: Harness;
  let gateway: GatewayProcess;
  let behave: Behaviour = () => undefined;
  const rogue = createServer((request, response) => {
    request.resume().on('end', () => behave(response));
    response.on('error', () => undefined);
  });
  beforeAll(async () => {
    graph = await startHarness();
    rogue.listen(0, '127.0.0.1');
    await once(rogue, 'listening');
    const wallet = `http://127.0.0.1:${(rogue.address() as AddressInfo).port}/graphql`;
    gateway = await startGatewayProcess({
      ...graph.environment,
      SUBGRAPH_URLS: JSON.stringify({ wallet }),
      SUBGRAPH_TIMEOUT_MS: '5000',
    });
  });
  afterAll(async () => {
    await gateway.stop();
    rogue.closeAllConnections();
    rogue.close();
    await graph.stop();
  });

  const ask = async (query: string, token?: string): Promise<{ status: number; body: Answer }> => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const body = JSON.stringify({ query });
    const response = await fetch(`${gateway.url}graphql`, { method: 'POST', headers, body });
    return { status: response.status, body: (await response.json()) as Answer };
  };
  const live = async () => (await fetch(`${gateway.url}livez`)).status;
  const recovers = () =>
    eventually(
      async () => {
        behave = entities([{ balance: 1 }, { balance: 2 }]);
        return (await ask(QUERY)).body.errors === undefined;
      },
      { what: 'a good answer' },
    );

  it.each(BROKEN)('%s: its part is missing, the rest is there, and the next answer is good', async (_, how) => {
    behave = how;
    const [broken, other] = await Promise.all([ask(QUERY), ask('{ people { id name } }')]);
    expect(broken.body.data?.['people']).toMatchObject([
      { name: 'Li', balance: null },
      { name: 'Wang', balance: null },
    ]);
    for (const { extensions } of broken.body.errors ?? [])
      expect(['UNAVAILABLE', 'INTERNAL']).toContain(extensions['code']);
    expect(JSON.stringify(broken.body)).not.toContain('hunter2');
    expect(other.body).toEqual({ data: { people: [expect.anything(), expect.anything()] } });
    expect(await live()).toBe(200);
    await recovers();
  });

  it('all of it again and again, for many at a time: memory stays bounded', async () => {
    const seen = [gateway.rssMb()];
    const watch = setInterval(() => seen.push(gateway.rssMb()), 50);
    for (let round = 0; round < 3; round++) {
      for (const [, how] of BROKEN) {
        behave = how;
        // Never the same twice at a time: each is a fetch of its own.
        await Promise.all(Array.from({ length: 64 }, (_, i) => ask(`{ people { id a${i}: balance } }`)));
      }
    }
    clearInterval(watch);
    expect(await live()).toBe(200);
    await recovers();
    process.stdout.write(
      `broken answers: ${seen[0]?.toFixed(0)} MB, at most ${Math.max(...seen).toFixed(0)}, at the end ${gateway.rssMb().toFixed(0)} MB\n`,
    );
    expect(Math.max(...seen)).toBeLessThan(700);
  });

  it('what one may see, in flight at the same time for others with the same questions: nobody gets another one’s', async () => {
    const claims = Array.from({ length: 24 }, (_, i): AtriumClaim => {
      const id = `0197a000-0000-7000-8000-${String(i).padStart(12, '0')}`;
      // By threes the same in all but their kind, their group or their member.
      if (i % 3 === 0) return { kind: 'MEMBER', group: GROUP, member: id };
      return i % 3 === 1 ? { kind: 'MEMBER', group: id, member: GROUP } : { kind: 'TILL', group: GROUP, store: id };
    });
    const tokens = await Promise.all(claims.map((claim) => graph.token(claim)));
    await ask('{ echo { caller } }');
    const before = graph.people.received.length;
    graph.people.hold();
    const asked = [...tokens, ...tokens, ...tokens].map((token) => ask('{ echo { caller } }', token));
    await eventually(() => graph.people.received.length >= before + claims.length, { what: 'all of them asking' });
    graph.people.release();
    const answers = await Promise.all(asked);
    // Some of the same caller were one request, or this would show nothing.
    expect(graph.people.received.length).toBeLessThan(before + asked.length);
    answers.forEach(({ body }, i) => {
      const claim = claims[i % claims.length] as AtriumClaim;
      const caller = JSON.parse(body.data?.['echo'].caller) as Record<string, unknown>;
      expect(caller).toMatchObject({ kind: claim.kind, groupId: claim.group });
      expect(caller).toMatchObject(
        'member' in claim ? { memberId: claim.member } : { storeId: 'store' in claim && claim.store },
      );
    });
  });
});
