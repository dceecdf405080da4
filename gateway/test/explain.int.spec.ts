import type { AtriumClaim } from '@atrium/platform';
import { eventually } from '@atrium/testkit';
import { type Answer, GROUP, type Harness, startHarness } from './harness';

const STORE = '0197a000-0000-7000-8000-000000000009';
const ADMIN: AtriumClaim = { kind: 'STAFF', group: GROUP, grants: [{ role: 'group-admin', node: GROUP }] };
const ASKS = { 'atrium-explain': 'plan,timings' };
/** Two waves: the names, then the balances of those who came. */
const WAVES = { query: 'query Waves { people { name balance } }' };

type Fetch = Record<'startMs' | 'durationMs' | 'bytes' | 'status' | 'retries', number> & {
  subgraph: string;
  outcome: string;
  coalesced: boolean;
};
type Told = {
  answer: string;
  executor?: string;
  reason?: string;
  cost?: number;
  operation?: string;
  plan?: string | null;
  timings?: { totalMs: number; plannedMs: number | null; fetches: Fetch[] };
};
const toldIn = (body: Answer) => (body as Answer & { extensions?: { atrium: Told } }).extensions?.atrium;

describe.each(['compiled', 'stock', 'shadow'] as const)('an explained answer, %s', (executor) => {
  let graph: Harness;
  beforeEach(async () => (graph = await startHarness({ executor })));
  afterEach(() => graph.stop());

  const as = async (claim: AtriumClaim | undefined, headers: Record<string, string> = ASKS) =>
    claim === undefined ? headers : { ...headers, authorization: `Bearer ${await graph.token(claim)}` };

  it('has the plan, and the fetches in their waves', async () => {
    const headers = await as(ADMIN);
    for (const operation of ['new', 'known']) {
      const { status, body, headers: answered } = await graph.post(WAVES, headers);
      expect([status, answered.get('cache-control')]).toEqual([200, 'no-store']);
      expect(body.data?.['people']).toHaveLength(2);
      const told = toldIn(body);
      const why =
        executor === 'compiled' ? { executor, reason: operation, operation } : { executor: 'stock', reason: 'chosen' };
      expect(told).toMatchObject({ answer: 'executed', cost: 10, ...why });
      expect(told?.plan).toMatch(
        /QueryPlan \{\s+Sequence \{\s+Fetch\(service: "people"\)[^]*Fetch\(service: "wallet"\)/,
      );

      const [people, wallet, ...more] = told?.timings?.fetches ?? [];
      expect(more).toEqual([]);
      const whole = { outcome: 'ok', status: 200, coalesced: false, retries: 0 };
      expect(people).toMatchObject({ subgraph: 'people', ...whole });
      expect(wallet).toMatchObject({ subgraph: 'wallet', ...whole });
      expect(people?.bytes).toBeGreaterThan(50);
      // The second wave begins when the first has ended, give or take the rounding.
      expect(wallet!.startMs).toBeGreaterThanOrEqual(people!.startMs + people!.durationMs - 0.02);
      expect(told?.timings?.totalMs).toBeGreaterThanOrEqual(wallet!.startMs + wallet!.durationMs - 0.02);
      expect(told?.timings?.plannedMs).toBeLessThanOrEqual(people!.startMs + 0.02);
    }
  });

  it('has what was asked for only, and nothing when nothing was', async () => {
    const plan = toldIn((await graph.post(WAVES, await as(ADMIN, { 'atrium-explain': 'plan' }))).body);
    expect([plan?.plan?.startsWith('QueryPlan'), plan?.timings]).toEqual([true, undefined]);
    const timings = toldIn((await graph.post(WAVES, await as(ADMIN, { 'atrium-explain': ' timings' }))).body);
    expect([timings?.plan, timings?.timings?.fetches.length]).toEqual([undefined, 2]);
    expect((await graph.post(WAVES, await as(ADMIN, {}))).body).not.toHaveProperty('extensions');
    const { status, body } = await graph.post(WAVES, await as(ADMIN, { 'atrium-explain': 'everything' }));
    expect([status, body.errors?.[0]?.extensions['code']]).toEqual([400, 'BAD_REQUEST']);
  });

  it('says what became of subgraphs that did not answer', async () => {
    await graph.stop();
    graph = await startHarness({ executor, subgraphTimeoutMs: 3_000 });
    graph.wallet.hang(true);
    const { body } = await graph.post(WAVES, await as(ADMIN));
    expect(body.errors?.[0]?.extensions['code']).toBe('UNAVAILABLE');
    expect(toldIn(body)?.timings?.fetches).toEqual([
      expect.objectContaining({ subgraph: 'people', outcome: 'ok' }),
      expect.objectContaining({ subgraph: 'wallet', outcome: 'timeout' }),
    ]);
  });

  it('holds neither tokens nor values of variables', async () => {
    const query = 'mutation Rename($name: String!) { rename(name: $name) { id name } }';
    const { body } = await graph.post({ query, variables: { name: 'a-secret' } }, await as(ADMIN));
    expect(body.data?.['rename'].name).toBe('a-secret');
    const text = JSON.stringify(toldIn(body));
    expect(text).toContain('rename(name: $name)');
    expect(text).not.toMatch(/a-secret|Bearer|eyJ|someone/);
  });

  it('is explained when it is a refusal of the operation, too', async () => {
    const { status, body } = await graph.post({ query: '{ nothing }' }, await as(ADMIN));
    expect([status, body.errors?.[0]?.extensions['code']]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    expect(toldIn(body)).toMatchObject({ plan: null, timings: { fetches: [] } });
  });
});

describe('an explanation', () => {
  let graph: Harness;
  beforeAll(async () => (graph = await startHarness({ executor: 'compiled' })));
  afterAll(() => graph.stop());
  const as = async (claim: AtriumClaim | undefined) =>
    claim === undefined ? ASKS : { ...ASKS, authorization: `Bearer ${await graph.token(claim)}` };

  it.each<[string, AtriumClaim | undefined]>([
    ['nobody', undefined],
    ['a member', { kind: 'MEMBER', group: GROUP, member: STORE }],
    ['a till', { kind: 'TILL', group: GROUP, store: STORE }],
    ['a clerk', { kind: 'STAFF', group: GROUP, grants: [{ role: 'clerk', node: STORE }] }],
    ['an auditor', { kind: 'STAFF', group: GROUP, grants: [{ role: 'auditor', node: GROUP }] }],
    ['a service without it', { kind: 'SERVICE', group: GROUP, permissions: ['purchase:record'] }],
  ])('is refused to %s, and nothing is executed', async (_, claim) => {
    const before = graph.people.received.length;
    const { status, body } = await graph.post(WAVES, await as(claim));
    expect([status, body.errors?.[0]?.extensions]).toEqual([
      403,
      expect.objectContaining({ code: 'FORBIDDEN', retryable: false }),
    ]);
    expect(body).not.toHaveProperty('extensions');
    expect(graph.people.received).toHaveLength(before);
  });

  it.each<[string, AtriumClaim]>([
    ['the administration of a group', ADMIN],
    ['a service that may', { kind: 'SERVICE', group: GROUP, permissions: ['graph:explain'] }],
    ['a service of the platform', { kind: 'SERVICE', permissions: ['graph:explain'] }],
  ])('is given to %s', async (_, claim) => {
    expect(toldIn((await graph.post(WAVES, await as(claim))).body)?.plan).toContain('QueryPlan');
  });

  it('says which fetch was shared with another request of the same caller', async () => {
    const headers = await as(ADMIN);
    await graph.post(WAVES, headers);
    graph.people.hold();
    const before = graph.people.received.length;
    const first = graph.post(WAVES, headers);
    await eventually(() => graph.people.received.length === before + 1, { what: 'the first request' });
    const second = graph.post(WAVES, headers);
    await eventually(
      async () =>
        (await (await fetch(`${graph.gateway.url}metrics`)).text()).includes('coalesced_total{subgraph="people"} 1'),
      { what: 'the second, which shares it' },
    );
    graph.people.release();
    const shared = async (answer: typeof first) => toldIn((await answer).body)?.timings?.fetches[0]?.coalesced;
    expect([await shared(first), await shared(second)]).toEqual([false, true]);
    expect(graph.people.received).toHaveLength(before + 1);
  });
});
