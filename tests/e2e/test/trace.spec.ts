import { eventually, graphqlClient, mustMutate } from '@atrium/testkit';
import { type SeenSpan, startCollector } from './collector';
import { startStoryGraph, type StoryGraph } from './graph';
import { enrol, line, makeWorld, type World } from './world';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PHONE = /\+?86\d{9,}/;

describe('one trace for what one request caused', () => {
  let graph: StoryGraph;
  let world: World;
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let memberId: string;

  beforeAll(async () => {
    collector = await startCollector();
    graph = await startStoryGraph({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '1' },
    });
    world = await makeWorld(graph, 'TRACED');
    [memberId = ''] = await enrol(world.clients.service, ['TRACED']);
    await graph.settled();
  });
  afterAll(async () => {
    await graph?.end();
    collector?.stop();
  });

  it('gateway, subgraph, SQL, and over the outbox the consumers of three services', async () => {
    const token = await graph.token('till', { kind: 'TILL', group: world.ids.groupId, store: world.ids.storeId });
    // The caller's trace goes on, also where the caller itself does not record it.
    const till = graphqlClient(graph.url, token, { traceparent: `00-${TRACE}-00f067aa0ba902b7-00` });
    const input = {
      sourceSystem: 'till',
      externalId: 'TILL-0815',
      storeId: world.ids.storeId,
      occurredAt: new Date().toISOString(),
      member: { memberId },
      lines: [line(1, '120.00')],
    };
    await mustMutate(till, 'recordPurchase', input, 'purchase { id }');
    await graph.settled();
    const seen = () => collector.spans.filter(({ traceId }) => traceId === TRACE);
    const has = (service: string, name: RegExp) =>
      seen().find((span) => span.service === `atrium-${service}` && name.test(span.name));
    const last = [
      has.bind(null, 'tier', /^apply /),
      has.bind(null, 'points', /^apply /),
      has.bind(null, 'merchant-settlement', /^graphql/),
      has.bind(null, 'gateway', /^graphql/),
    ];
    await eventually(() => last.every((look) => look() !== undefined), { what: 'the last span of each service' });

    const spans = new Map(seen().map((span) => [span.spanId, span]));
    const way = (span: SeenSpan | undefined): string[] =>
      span === undefined ? [] : [...way(spans.get(span.parentSpanId)), `${span.service} ${span.name}`];
    const door = [
      'atrium-gateway graphql',
      'atrium-gateway fetch merchant-settlement',
      'atrium-merchant-settlement graphql',
    ];
    // The subgraph was called by the gateway; the consumer was caused by the subgraph, through outbox and broker.
    const steps = way(has('points', /^apply /));
    expect(steps.filter((step) => door.includes(step))).toEqual(door);
    expect(steps[0]).toBe(door[0]);
    expect(has('gateway', /^graphql/)?.parentSpanId).toBe('00f067aa0ba902b7');
    for (const service of ['merchant-settlement', 'points']) {
      const statements = seen().filter(
        (span) => span.service === `atrium-${service}` && span.attributes['db.system.name'] === 'postgresql',
      );
      expect(statements.length).toBeGreaterThan(2);
    }
    // Statements, not what was in them.
    const text = JSON.stringify(collector.spans.map(({ name, attributes }) => [name, attributes]));
    expect(text.includes('TILL-0815')).toBe(false);
    expect(text.includes(memberId)).toBe(false);
    expect(PHONE.test(text)).toBe(false);
  });
});
