import { askWhileAway, eventually } from '@atrium/testkit';
import { type Harness, startHarness } from './harness';

describe('errors', () => {
  let graph: Harness;
  beforeAll(async () => (graph = await startHarness()));
  afterAll(() => graph.stop());

  it('masks what went wrong inside, with the id to find it by', async () => {
    const { headers, body } = await graph.post({ query: '{ fail people { id } }' }, { 'x-request-id': 'find-me-123' });
    expect(body.data).toMatchObject({ fail: null, people: [{}, {}] });
    expect(body.errors).toEqual([
      {
        message: expect.stringContaining('requestId'),
        path: ['fail'],
        extensions: { code: 'INTERNAL', retryable: false, requestId: 'find-me-123' },
      },
    ]);
    expect(headers.get('x-request-id')).toBe('find-me-123');
    expect(JSON.stringify(body)).not.toContain('hunter2');
    expect(graph.logs.some((line) => line.includes('find-me-123') && line.includes('internal error'))).toBe(true);
  });

  it('masks an answer that breaks the schema', async () => {
    const { body } = await graph.post({ query: '{ broken }' });
    expect(body.data).toBeNull();
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL' });
    expect(body).not.toHaveProperty('extensions');
  });

  it("keeps a subgraph's refusal", async () => {
    const { body } = await graph.post({ query: '{ refuse }' });
    expect(body.errors?.[0]).toMatchObject({
      message: 'This needs the permission points:adjust here.',
      path: ['refuse'],
      extensions: { code: 'FORBIDDEN', retryable: false, serviceName: 'people' },
    });
    expect(body.errors?.[0]).not.toHaveProperty('locations');
  });

  it.each([
    ['variable', { query: 'query ($n: Int!) { count(n: $n) }', variables: { n: '13800138000' } }, 'BAD_USER_INPUT'],
    ['literal', { query: '{ count(n: "13800138000") }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['misplaced string', { query: '{ count "13800138000" }' }, 'GRAPHQL_PARSE_FAILED'],
    [
      '32-bit overflow',
      { query: 'query ($n: Int!) { count(n: $n) }', variables: { n: 13800138000 } },
      'BAD_USER_INPUT',
    ],
  ])('says what is wrong with a %s and does not repeat it', async (_, request, code) => {
    const { status, body } = await graph.post(request);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions).toMatchObject({ code });
    expect(JSON.stringify(body)).not.toContain('13800138000');
    expect(graph.logs.join('')).not.toContain('13800138000');
  });
});

describe('a subgraph that is away', () => {
  let graph: Harness;
  // Who waited longer than this would not be answered before the test is over.
  beforeEach(async () => (graph = await startHarness({ subgraphTimeoutMs: 3_000, requestTimeoutMs: 3_600_000 })));
  afterEach(() => graph.stop());

  const away = { code: 'UNAVAILABLE', retryable: true, serviceName: 'wallet', requestId: expect.any(String) };

  it('leaves the rest of the answer as it is', async () => {
    const authorization = `Bearer ${await graph.token()}`;
    const query = '{ me { id name balance } people { name balance } }';
    const whole = await graph.post({ query }, { authorization });
    expect(whole.body.data?.['me']).toMatchObject({ name: 'Li', balance: 7 });

    await graph.wallet.stop();
    const { status, body } = await graph.post({ query }, { authorization });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      me: { name: 'Li', balance: null },
      people: [
        { name: 'Li', balance: null },
        { name: 'Wang', balance: null },
      ],
    });
    // Each in its own time: both were tried again for a while.
    const said = body.errors?.toSorted((a, b) => String(a.path).localeCompare(String(b.path)));
    expect(said).toEqual([
      { message: expect.stringContaining('wallet'), path: ['me'], extensions: away },
      { message: expect.stringContaining('wallet'), path: ['people'], extensions: away },
    ]);
    // What an alert looks at: one request, HTTP 200, failed once.
    const metrics = await (await fetch(`${graph.gateway.url}metrics`)).text();
    expect(metrics).toContain('atrium_gateway_errors_total{name="unnamed",code="UNAVAILABLE"} 2\n');
    expect(metrics).toContain('atrium_gateway_failed_total 1\n');
  });

  it('is not waited for beyond its deadline', async () => {
    graph.wallet.hang(true);
    const { body } = await graph.post({ query: '{ people { name balance } }' });
    expect(body.data?.['people']).toHaveLength(2);
    expect(body.errors?.[0]?.extensions).toEqual(away);
  });

  it('is used again when it is back', async () => {
    graph.wallet.hang(true);
    await graph.post({ query: '{ people { balance } }' });
    graph.wallet.hang(false);
    const { body } = await graph.post({ query: '{ people { balance } }' });
    expect(body.errors).toBeUndefined();
    expect(body.data?.['people'][0].balance).toBe(7);
  });
});

describe('more operations than it can carry', () => {
  let graph: Harness;
  beforeEach(async () => (graph = await startHarness({ maxOperations: 1 })));
  afterEach(() => graph.stop());

  it('are sent away at once, to come again', async () => {
    graph.wallet.hold();
    const first = graph.post({ query: '{ people { name balance } }' });
    await eventually(() => graph.wallet.received.length === 1, { what: 'the request at the subgraph' });
    const { status, headers, body } = await graph.post({ query: '{ people { id } }' });
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    graph.wallet.release();
    expect((await first).body.data?.['people']).toHaveLength(2);
    expect((await graph.post({ query: '{ people { id } }' })).status).toBe(200);
  });
});

describe('running', () => {
  let graph: Harness;
  beforeEach(async () => (graph = await startHarness()));
  afterEach(() => graph.stop());

  it('keeps connections to subgraphs and counts requests', async () => {
    for (let i = 0; i < 10; i++) await graph.post({ query: '{ people { id } }' });
    expect(graph.people.connections()).toBe(1);
    const metrics = await (await fetch(`${graph.gateway.url}metrics`)).text();
    expect(metrics).toContain('atrium_gateway_request_duration_seconds_count{operation="query",status="200"} 10');
    expect(metrics).toContain('atrium_gateway_subgraph_duration_seconds_count{subgraph="people",outcome="ok"} 10');
  });

  it('is not ready once it stops, and still answers what it has begun', async () => {
    expect((await fetch(`${graph.gateway.url}livez`)).status).toBe(200);
    expect((await fetch(`${graph.gateway.url}readyz`)).status).toBe(200);
    graph.wallet.hold();
    const running = graph.post({ query: '{ people { name balance } }' });
    await eventually(() => graph.wallet.received.length === 1, { what: 'the request at the subgraph' });
    const stopped = graph.gateway.stop();
    graph.wallet.release();
    expect((await running).body.data?.['people']).toHaveLength(2);
    await stopped;
    await expect(fetch(`${graph.gateway.url}livez`)).rejects.toThrow();
  });

  it('answers, too, what came while it was off the processor until its delay was over', async () => {
    const late = await startHarness({ shutdownDelayMs: 100 });
    try {
      const headers = { 'content-type': 'application/json' };
      const request = { url: `${late.gateway.url}graphql`, headers, body: '{"query":"{ people { id } }"}' };
      const { before, answers } = await askWhileAway(request, () => late.gateway.stop(), 300);
      expect([before, ...answers]).toEqual(['200 keep-alive', '200 close', '200 close']);
    } finally {
      await late.stop();
    }
  });

  it('serves GraphiQL with three ready tabs from this origin only', async () => {
    const page = await fetch(graph.gateway.url);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(html).not.toMatch(/https?:\/\//);
    for (const name of ['MemberHome', 'TillQuote', 'Merchants']) expect(html).toContain(name);
    for (const [, path] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
      expect((await fetch(new URL(path ?? '', graph.gateway.url))).status).toBe(200);
    }
  });
});
