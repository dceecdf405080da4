import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@atrium/testkit';
import { OperationNames } from '../src/observe/operation-names';
import { type Harness, startHarness } from './harness';

type Metric = { type: string; labels: string[] };

/** What docs/reference/metrics.md says. */
function documented(): Map<string, Metric> {
  const text = readFileSync(join(__dirname, '../../docs/reference/metrics.md'), 'utf8');
  const rows = text.matchAll(/^\| `(atrium_\w+)` \| (\w+) \| ([^|]*)\|/gm);
  return new Map(
    [...rows].map(([, name = '', type = '', labels = '']) => [
      name,
      { type, labels: [...labels.matchAll(/\w+/g)].map(([label]) => label).sort() },
    ]),
  );
}

/** What /metrics says; labels of those that have a sample. */
function exposed(text: string): Map<string, { type: string; labels: Set<string> }> {
  const found = new Map<string, { type: string; labels: Set<string> }>();
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (atrium_\w+) (\w+)$/gm)) {
    const samples = new RegExp(`^${name}(?:_bucket|_sum|_count)?(?:\\{([^}]*)\\})? `, 'gm');
    const sets = [...text.matchAll(samples)].map(([, labels = '']) =>
      [...labels.matchAll(/(\w+)="/g)].flatMap(([, label = '']) => (label === 'le' ? [] : [label])).sort(),
    );
    found.set(name, { type, labels: new Set(sets.map((set) => set.join())) });
  }
  return found;
}

describe('metrics', () => {
  let graph: Harness;
  beforeAll(async () => {
    graph = await startHarness({
      rates: { callers: { ANONYMOUS: { count: 5, periodMs: 3_600_000 } }, fields: {} },
      executor: 'compiled',
    });
  });
  afterAll(() => graph.stop());

  const scrape = async () => (await fetch(`${graph.gateway.url}metrics`)).text();
  const value = (text: string, series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1] ?? 0,
    );
  const member = async () => ({ authorization: `Bearer ${await graph.token()}` });

  it('are those of docs/reference/metrics.md, with their types and labels', async () => {
    const headers = await member();
    for (let i = 0; i < 2; i++) await graph.post({ query: 'query Known { people { name balance } }' }, headers);
    await graph.post({ query: '{ fail }' }, headers);
    await graph.post({ query: '{ nothing }' }, headers);
    await graph.post({ query: '{ __schema { types { name } } }' }, headers);
    await graph.post({ query: '{ people { id } }' }, { authorization: 'Bearer abc' });
    for (let i = 0; i < 6; i++) await graph.post({ query: '{ people { id } }' });

    const told = documented();
    const seen = exposed(await scrape());
    expect([...seen.keys()].sort()).toEqual([...told.keys()].sort());
    for (const [name, { type, labels }] of seen) {
      const row = told.get(name);
      expect({ name, type }).toEqual({ name, type: row?.type });
      for (const set of labels) expect({ name, set }).toEqual({ name, set: row?.labels.join() });
    }
  });

  it('count what happened', async () => {
    const text = await scrape();
    const is = (series: string, expected: number) =>
      expect({ [series]: value(text, `atrium_gateway_${series}`) }).toEqual({ [series]: expected });
    is('rate_limited_total{limit="caller",of="ANONYMOUS"}', 1);
    is('errors_total{name="none",code="RATE_LIMITED"}', 1);
    is('errors_total{name="unnamed",code="INTERNAL"}', 1);
    // What callers did wrong, and too often, is not ours.
    is('failed_total', 1);
    is('executions_total{executor="compiled",reason="new"}', 3);
    is('executions_total{executor="stock",reason="introspection"}', 0);
    is('request_duration_seconds_bucket{operation="query",status="200",le="+Inf"}', 8);
    is('request_duration_seconds_count{operation="none",status="429"}', 1);
    is('subgraph_breaker_open{subgraph="people"}', 0);
    is('subgraph_in_flight{subgraph="people"}', 0);
    is('pool{subgraph="people",state="running"}', 0);
    expect(value(text, 'atrium_gateway_plan_cache_entries')).toBeGreaterThanOrEqual(3);
    expect(value(text, 'atrium_gateway_subgraph_answer_bytes_total{subgraph="people"}')).toBeGreaterThan(100);
    expect(value(text, 'atrium_gateway_event_loop_seconds_total{state="active"}')).toBeGreaterThan(0);
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('say what is under way, and where it waits', async () => {
    const headers = await member();
    graph.people.hold();
    // Four connections to a subgraph: two of six wait for one. Each asks for something else, so that none is shared.
    const waiting = [1, 2, 3, 4, 5, 6].map((n) => graph.post({ query: `query { count(n: ${n}) }` }, headers));
    await eventually(async () => /pool\{subgraph="people",state="queued"\} 2/.test(await scrape()), {
      what: 'two that wait for a connection',
    });
    const text = await scrape();
    expect(value(text, 'atrium_gateway_pool{subgraph="people",state="running"}')).toBe(4);
    expect(value(text, 'atrium_gateway_subgraph_in_flight{subgraph="people"}')).toBe(6);
    expect(value(text, 'atrium_gateway_requests_in_flight')).toBe(6);
    graph.people.release();
    await Promise.all(waiting);
    expect(value(await scrape(), 'atrium_gateway_subgraph_in_flight{subgraph="people"}')).toBe(0);
  });

  it("show an operation's name once verified callers have used it often, and nobody else's", async () => {
    const headers = await member();
    for (let i = 0; i < 101; i++) {
      await graph.post({ query: 'query Often { __typename }' }, headers);
      await graph.post({ query: 'query Card13800138000 { __typename }' }, headers);
    }
    const text = await scrape();
    expect(value(text, 'atrium_gateway_operation_duration_seconds_count{name="Often"}')).toBe(1);
    expect(text).not.toContain('13800138000');
  });
});

describe('names of operations', () => {
  const often = (names: OperationNames, name: string, verified = true) => {
    for (let i = 0; i < 200; i++) names.answered(name, verified);
    return names.labelOf(name);
  };

  it('are bounded, whoever chooses them', () => {
    const names = new OperationNames();
    names.list(['Home', 'Call13800138000']);
    expect([names.labelOf('Home'), names.labelOf('Call13800138000'), names.labelOf('')]).toEqual([
      'Home',
      'other',
      'unnamed',
    ]);
    expect(often(names, 'Stranger', false)).toBe('other');
    for (let i = 0; i < 100_000; i++) names.answered(`Flood${i % 5_000}x`, true);
    const shown = Array.from({ length: 100 }, (_, i) => `Own${i}`).filter((name) => often(names, name) === name);
    expect(shown).toHaveLength(50);
    expect(shown[0]).toBe('Own0');
    names.list(Array.from({ length: 1_000 }, (_, i) => `Listed${i}`));
    expect(names.labelOf('Listed998')).toBe('other');
    expect(names.labelOf('Own0')).toBe('Own0');
  });
});
