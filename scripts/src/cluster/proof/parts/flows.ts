import { SERVICES, type ServiceName } from '@atrium/contracts';
import { groupIdOf, mustMutate, signCallerToken } from '@atrium/testkit';
import { graphqlClient } from '@atrium/testkit';
import { makeWorld } from '../../../load/world';
import { attached } from '../attach';
import { labelsOf, restrictedPod, until } from '../pods';
import { type Attempts, type Outcomes, probe } from '../probe';
import type { Proof } from '../proof';
import type { Release } from '../release';
import type { Row } from '../report';

const COLLECTOR = 'collector';
const OTLP_PORT = 4318;
const databaseOf = (service: ServiceName) => service.replaceAll('-', '_');
const subjectOf = (service: ServiceName) =>
  `atrium.${service === 'merchant-settlement' ? 'settlement' : service}.v1.Probe.none`;

const peers = (label: string) => [{ podSelector: { matchLabels: { app: label } } }];
const WITH_TELEMETRY = {
  global: { otlpEndpoint: `http://${COLLECTOR}:${OTLP_PORT}`, networkPolicy: { telemetry: peers(COLLECTOR) } },
};

/** Something that listens where traces go. */
async function startCollector(release: Release, image: string): Promise<string> {
  const listen = `require('node:net').createServer((socket) => socket.end()).listen(${OTLP_PORT}, '0.0.0.0')`;
  const command = ['/usr/bin/tini', '--', 'node', '-e', listen];
  await release.tryKubectl(['delete', 'pod', COLLECTOR, '--ignore-not-found']);
  await release.apply(restrictedPod(COLLECTOR, image, { labels: { app: COLLECTOR }, command }));
  let ip = '';
  await until('the collector runs', 120, async () => {
    const { status } = await release.get<{ status: { phase: string; podIP?: string } }>('pod', COLLECTOR);
    ip = status.podIP ?? '';
    return status.phase === 'Running' && ip !== '';
  });
  return ip;
}

function expected(outcomes: Outcomes, wanted: Outcomes): void {
  const wrong = Object.entries(wanted).filter(([what, outcome]) => outcomes[what] !== outcome);
  if (wrong.length > 0)
    throw new Error(wrong.map(([what, outcome]) => `${what}: ${outcomes[what]} instead of ${outcome}`).join('\n'));
}

/** Nothing is reached but by a flow that has a name: tried from each side, with connections. */
export async function flows({ report, release, image }: Proof): Promise<void> {
  const { name } = release;
  await report.check('with a collector of traces', () => release.bring(image, WITH_TELEMETRY));
  const collector = await startCollector(release, image);
  const hosts = {
    postgres: [`${name}-postgres`, 5432],
    nats: [`${name}-nats`, 4222],
    ...Object.fromEntries(SERVICES.map((service) => [service, [`${name}-${service}`, 8080]])),
    gateway: [`${name}-gateway`, 80],
    telemetry: [collector, OTLP_PORT],
    'API server': ['kubernetes.default.svc', 443],
  } as Attempts['reach'];
  const table: Row[] = [];
  const from = async (
    who: string,
    open: string[],
    labels: Record<string, string>,
    more: Partial<Attempts> = {},
    wanted: Outcomes = {},
    secrets: string[] = [],
  ) => {
    const shut = Object.keys(hosts).filter((host) => !open.includes(host));
    const outcomes = await probe(
      release,
      `like-${who.replaceAll(' ', '-')}`,
      image,
      { reach: hosts, shut, ...more },
      { labels, secrets },
    );
    table.push({
      from: who,
      ...Object.fromEntries(Object.keys(hosts).map((host) => [host, outcomes[host] === 'open' ? 'open' : '·'])),
    });
    const reached = Object.fromEntries(
      Object.keys(hosts).map((host) => [host, open.includes(host) ? 'open' : 'closed']),
    );
    expected(outcomes, { ...reached, ...wanted });
    return Object.entries(wanted)
      .map(([what, outcome]) => `${what}: ${outcome}`)
      .join('; ');
  };
  const nats = `nats://${name}-nats:4222`;

  // Outside the release nothing is denied but what the release denies; telemetry and the API server are not its own.
  await report.check('a stranger reaches the gateway, and no database, no NATS, no subgraph', () =>
    from('a stranger', ['gateway', 'telemetry', 'API server'], {}),
  );
  for (const service of SERVICES) {
    const others = SERVICES.filter((other) => other !== service);
    const wanted = {
      [`enters ${databaseOf(service)}`]: 'entered',
      ...Object.fromEntries(others.map((other) => [`enters ${databaseOf(other)}`, 'refused'])),
      'NATS without a login': 'refused',
      [`states ${subjectOf(service)}`]: 'allowed',
      ...Object.fromEntries(others.map((other) => [`states ${subjectOf(other)}`, 'refused'])),
    };
    await report.check(
      `${service} reaches its own database, its own subjects and telemetry, and nothing else`,
      async () => {
        const more = { databases: SERVICES.map(databaseOf), publish: SERVICES.map(subjectOf), nats };
        await from(service, ['postgres', 'nats', 'telemetry'], labelsOf(release, service, 'api'), more, wanted, [
          `${name}-${service}-app`,
        ]);
        return `${others.length} other databases and ${others.length} others' subjects refused`;
      },
    );
  }
  await report.check('a worker reaches the same and no subgraph', () =>
    from('points worker', ['postgres', 'nats', 'telemetry'], labelsOf(release, 'points', 'worker')).then(
      () => undefined,
    ),
  );
  await report.check('a migration reaches the database alone', () =>
    from('points migration', ['postgres'], labelsOf(release, 'points', 'migrate')).then(() => undefined),
  );
  await report.check(
    'the gateway reaches subgraphs, NATS and telemetry, and no database; it hears and states nothing',
    async () => {
      const subject = subjectOf('points');
      const wanted = {
        'NATS without a login': 'refused',
        [`states ${subject}`]: 'refused',
        'hears atrium.>': 'allowed',
      };
      const more = { nats, publish: [subject], subscribe: ['atrium.>'] };
      await from('gateway', ['nats', 'telemetry', ...SERVICES], labelsOf(release, 'gateway', 'server'), more, wanted, [
        `${name}-gateway`,
      ]);
    },
  );
  report.table(table);
  await report.check('a subscription through the gateway is told of a sale', () => subscription(release));
  await release.kubectl('delete', 'pod', COLLECTOR);
}

/** What the till hears when its sale has been applied: a fact of a subgraph, by NATS, through the gateway. */
async function subscription(release: Release): Promise<string> {
  return attached(release, 'LOAD', async ({ state, keys }) => {
    const sign = (subject: string, claim: Parameters<typeof signCallerToken>[2]) =>
      signCallerToken(keys, subject, claim);
    const world = await makeWorld(state.gatewayUrl, sign, `flows-${Date.now().toString(36)}`, { members: 1, stock: 1 });
    const [store] = world.stores;
    const [member] = world.members;
    if (store === undefined || member === undefined) throw new Error('no store, no member');
    const ended = new AbortController();
    const answer = await fetch(state.gatewayUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${store.token}`,
      },
      body: JSON.stringify({ query: 'subscription { purchaseApplied { externalId points { earned } } }' }),
      signal: AbortSignal.any([ended.signal, AbortSignal.timeout(120_000)]),
    });
    if (answer.status !== 200 || answer.body === null) throw new Error(`${answer.status} ${await answer.text()}`);
    const externalId = world.run;
    const till = graphqlClient(
      state.gatewayUrl,
      await sign('till', { kind: 'TILL', group: groupIdOf('LOAD'), store: store.id }),
    );
    const sell = () =>
      mustMutate(
        till,
        'recordPurchase',
        {
          sourceSystem: 'flows',
          externalId,
          storeId: store.id,
          occurredAt: new Date().toISOString(),
          member: { memberId: member.id },
          lines: [
            {
              lineNo: 1,
              sku: 'COAT',
              category: 'FASHION',
              quantity: '1',
              gross: { amount: '100.00', currency: 'CNY' },
            },
          ],
        },
        'purchase { id }',
      );
    let text = '';
    let sold: Promise<unknown> | undefined;
    const decoder = new TextDecoder();
    for await (const chunk of answer.body) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      // Its first line says that the gateway listens.
      sold ??= sell();
      if (text.includes(externalId)) break;
    }
    ended.abort();
    await sold;
    if (!text.includes(externalId)) throw new Error(`the stream ended: ${text}`);
    return 'one sale, heard once it was applied';
  });
}
