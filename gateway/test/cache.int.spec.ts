import { type Redis, startRedis } from '@atrium/testkit';
import { GROUP, type Harness, startHarness } from './harness';

const BLOCK = 'query Block($n: Int!) { pointsLedgerBlock(number: $n) { number group } }';
const OTHER_GROUP = '0197a000-0000-7000-8000-0000000000ff';

describe('answers that are the same for everybody', () => {
  let redis: Redis;
  const running: Harness[] = [];
  beforeAll(async () => (redis = await startRedis()));
  afterEach(() => Promise.all(running.splice(0).map((graph) => graph.stop())));
  afterAll(() => redis.stop());

  const start = async (storeUrl?: string) => {
    const graph = await startHarness({ storeUrl });
    running.push(graph);
    return graph;
  };
  let number = 0;
  const ask = (graph: Harness, n: number, headers: Record<string, string> = {}) =>
    graph.post({ query: BLOCK, variables: { n } }, headers);
  const service = async (graph: Harness, group: string) => ({
    authorization: `Bearer ${await graph.token({ kind: 'SERVICE', group, permissions: [] })}`,
  });

  it('say how long they may be kept, and by whom; all others may not be kept', async () => {
    const graph = await start();
    const header = async (headers: Record<string, string> = {}, query = BLOCK, n = 1) => {
      const answer = await graph.post({ query, variables: { n } }, headers);
      return answer.headers.get('cache-control');
    };
    expect(await header()).toBe('public, max-age=3600');
    expect((await ask(graph, 1)).headers.get('vary')).toContain('authorization');
    expect(await header(await service(graph, GROUP))).toBe('private, max-age=3600');
    expect(await header({}, BLOCK, -1)).toBe('no-store');
    expect(await header({}, 'query ($n: Int!) { pointsLedgerBlock(number: $n) { number } people { id } }')).toBe(
      'no-store',
    );
    expect(await header({}, '{ nothing }')).toBe('no-store');
  });

  it('are asked for once, by whichever gateway, and never cross a group or a language', async () => {
    const [one, two] = [await start(redis.url), await start(redis.url)];
    const n = ++number;
    const first = await ask(one, n);
    expect(first.body.data).toEqual({ pointsLedgerBlock: { number: n, group: null } });
    const again = await ask(one, n);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('cache-control')).toMatch(/^public, max-age=3[56]\d\d$/);
    expect(one.people.received).toHaveLength(1);
    // The other gateway learns from its first answer that the operation is public; from then on it shares.
    await ask(two, ++number);
    await ask(two, n);
    expect(two.people.received).toHaveLength(1);

    const asked = async (headers: Record<string, string>) =>
      (await ask(one, n, headers)).body.data?.['pointsLedgerBlock'];
    expect(await asked(await service(one, GROUP))).toEqual({ number: n, group: GROUP });
    expect(await asked(await service(one, OTHER_GROUP))).toEqual({ number: n, group: OTHER_GROUP });
    expect(await asked(await service(one, GROUP))).toEqual({ number: n, group: GROUP });
    expect(one.people.received).toHaveLength(3);
    await ask(one, n, { 'accept-language': 'zh-CN' });
    expect(one.people.received).toHaveLength(4);
  });

  it('with errors are not kept', async () => {
    const graph = await start(redis.url);
    for (let i = 0; i < 3; i++) expect((await ask(graph, -1)).body.errors).toHaveLength(1);
    expect(graph.people.received).toHaveLength(3);
  });

  it('come from the subgraph while the store is away', async () => {
    const graph = await start(redis.url);
    const n = ++number;
    await ask(graph, n);
    await redis.kill();
    expect((await ask(graph, n)).body.errors).toBeUndefined();
    expect((await ask(graph, n)).body.data).toEqual({ pointsLedgerBlock: { number: n, group: null } });
    expect(graph.people.received).toHaveLength(3);
    await redis.restart();
  });
});
