// Two releases on one cluster: a hub, and a mall with a recording of its own behind a line that is cut under load.
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  createOrganisation,
  type GraphQLClient,
  groupClients,
  type MadeStore,
  mustMutate,
  signCallerToken,
  untilSettled,
} from '@atrium/testkit';
import { Client } from 'pg';
import { type Attached, attached, forward } from './attach';
import { must } from './command';
import { makeNamespace } from './namespace';
import { labelsOf, runPod, until } from './pods';
import { CHART, type Release } from './release';
import type { Report } from './report';

const GROUP = 'LINE';
const SITE = 'north';
const LEAF_PORT = 7422;
const SILENT_SECONDS = 15;
const CATCH_UP_SECONDS = 900;

export interface Cut {
  report: Report;
  hub: Release;
  site: Release;
  image: string;
  minutes: number;
  /** Sales of a second. */
  rate: number;
}

const namespaceOf = ({ namespace }: Release) => [
  { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
];
const hubValues = (site: Release) => ({
  // Helm would wait for a volume that nothing uses before its first backup.
  backup: { enabled: false },
  global: { sites: [SITE] },
  nats: { leaf: { secret: 'sites', from: namespaceOf(site) } },
});
const siteValues = (hub: Release) => ({
  backup: { enabled: false },
  global: { profile: 'site', site: { name: SITE, secret: SITE }, networkPolicy: { hub: namespaceOf(hub) } },
  gateway: { callers: { issuer: `https://${hub.name}.atrium.localhost`, audience: 'atrium' } },
});

const secret = (name: string, stringData: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData,
});

export async function installBoth({ report, hub, site, image }: Cut): Promise<void> {
  // One that is there stays: the hub's broker has read it.
  const known = await hub.tryKubectl(['get', 'secret', 'sites', '-o', `jsonpath={.data.${SITE}}`]);
  const password = known.ok ? Buffer.from(known.out, 'base64').toString() : `p${randomBytes(16).toString('hex')}`;
  for (const { namespace } of [hub, site]) await makeNamespace(namespace);
  await report.check('the hub is up', async () => {
    await hub.apply(secret('sites', { [SITE]: password }));
    await hub.bring(image, hubValues(site));
  });
  await report.check('the site is up, with its own database, broker and gateway', async () => {
    const { BLIND_INDEX_KEY = '' } = await hub.secret(`${hub.name}-merchant-settlement-app`);
    const callers = await hub.secret(`${hub.name}-callers`);
    const LEAF_URL = `nats-leaf://site-${SITE}:${password}@${hub.name}-nats.${hub.namespace}.svc.cluster.local:${LEAF_PORT}`;
    await site.apply(secret(SITE, { BLIND_INDEX_KEY, LEAF_URL, 'jwks.json': callers['jwks.json'] ?? '' }));
    await site.bring(image, siteValues(hub));
  });
}

/** Seconds since the hub heard of the site, as its metrics say. */
async function silence(metrics: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  const [, seconds = 'NaN'] = /^atrium_site_link_silent_seconds\{.*from="north".*\} (\S+)$/m.exec(text) ?? [];
  return seconds === '+Inf' ? Infinity : Number.parseFloat(seconds);
}

interface NetworkPolicy {
  metadata: { name: string; namespace: string; labels: object };
  spec: { ingress: { ports: { port: string | number }[] }[]; egress?: { ports: { port: string | number }[] }[] };
}

/** Takes the line out of both policies, and ends the connection that is there; answers how to mend it. */
async function cut(hub: Release, site: Release): Promise<() => Promise<void>> {
  const mends: (() => Promise<void>)[] = [];
  for (const release of [hub, site]) {
    const { metadata, spec } = await release.get<NetworkPolicy>('networkpolicy', `${release.name}-nats`);
    const whole = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: metadata.name, labels: metadata.labels },
    };
    const without = <R extends { ports: { port: string | number }[] }>(rules: R[]) =>
      rules.filter(({ ports }) => !ports.some(({ port }) => port === 'leaf' || port === LEAF_PORT));
    const closed = {
      ...spec,
      ingress: without(spec.ingress),
      ...(spec.egress ? { egress: without(spec.egress) } : {}),
    };
    const put = (policy: object) =>
      must('kubectl', ['-n', release.namespace, 'replace', '-f', '-'], { input: JSON.stringify(policy) });
    await put({ ...whole, spec: closed });
    mends.push(async () => void (await put({ ...whole, spec })));
  }
  // A policy leaves connections that are there: the leaf's ends with its pod.
  await site.kubectl('delete', 'pod', `${site.name}-nats-0`, '--wait=false');
  return async () => {
    for (const mend of mends) await mend();
  };
}

async function count(database: string, sql: string): Promise<number> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    return (await client.query<{ n: number }>(sql)).rows[0]?.n ?? 0;
  } finally {
    await client.end();
  }
}

const OF_THE_SITE = `from purchase where source_system = '${SITE}'`;

/** A till that does not stop: what was answered as recorded is counted. */
function sell(till: GraphQLClient, storeId: string, members: readonly string[], rate: number) {
  let ended = false;
  const kept = new Set<string>();
  const failed: string[] = [];
  let next = 0;
  const one = async () => {
    const number = `${next++}`;
    const memberId = members[next % members.length];
    const at = { sourceSystem: SITE, storeId, occurredAt: new Date().toISOString() };
    const amount = { amount: '10.00', currency: 'CNY' };
    const lines = [{ lineNo: 1, sku: 'cup', category: 'FOOD', quantity: '1', gross: amount }];
    try {
      await mustMutate(
        till,
        'recordPurchase',
        { ...at, externalId: number, member: { memberId }, lines },
        'purchase { id }',
      );
      kept.add(number);
      if (next % 20 === 0) await giveBack(till, number, amount);
    } catch (error) {
      failed.push(error instanceof Error ? error.message : String(error));
    }
  };
  const under = new Set<Promise<void>>();
  const loop = (async () => {
    while (!ended) {
      const work = one().finally(() => under.delete(work));
      under.add(work);
      await setTimeout(1000 / rate);
    }
    await Promise.all(under);
  })();
  return {
    kept,
    failed,
    stop: async () => {
      ended = true;
      await loop;
    },
  };
}

const giveBack = (till: GraphQLClient, sale: string, amount: object) =>
  mustMutate(
    till,
    'refundPurchase',
    {
      ...{
        sourceSystem: SITE,
        externalId: `R-${sale}`,
        purchaseExternalId: sale,
        occurredAt: new Date().toISOString(),
      },
      lines: [{ lineNo: 1, amount }],
    },
    '__typename',
  );

async function makeMall({ state, keys }: Attached): Promise<{ store: MadeStore; members: string[] }> {
  const clients = await groupClients(state.gatewayUrl, GROUP, (subject, claim) =>
    signCallerToken(keys, subject, claim),
  );
  const place = { timeZone: 'Asia/Shanghai', currency: 'CNY' };
  const merchants = [{ code: 'm01', name: 'Cups', stores: [{ code: 'N-1', name: 'Cups, North' }] }];
  const stores = await createOrganisation(clients, { code: GROUP, name: 'Line', ...place }, [
    { code: SITE, name: 'North', ...place, merchants },
  ]);
  const effectiveFrom = '2020-01-01T00:00:00Z';
  const rule = { idempotencyKey: 'earn', code: 'BASE', effectiveFrom, earn: { rate: '1' } };
  await mustMutate(clients.admin, 'publishPointsRule', rule, '__typename');
  const cards = Array.from({ length: 20 }, (_, i) => `LINE-${i}`);
  type Enrolled = { members: { member: { id: string } }[] };
  const enrolled = await mustMutate<Enrolled>(
    clients.service,
    'enrolCards',
    { idempotencyKey: 'cards', cards },
    'members { member { id } }',
  );
  return { store: stores.get('N-1') as MadeStore, members: enrolled.members.map(({ member }) => member.id) };
}

export const cutTheLine = ({ report, hub, site, image, minutes, rate }: Cut): Promise<void> =>
  attached(hub, GROUP, async (graph) => {
    const { store, members } = await makeMall(graph);
    const gateway = await forward(site, `${site.name}-gateway`, 80);
    const postgres = await forward(site, `${site.name}-postgres`, 5432);
    const worker = await forward(hub, `${hub.name}-merchant-settlement-worker`, 8080);
    const operator = await site.secret(`${site.name}-operator`);
    const own = new URL(
      (JSON.parse(operator['CHECK_DATABASE_URLS'] ?? '{}') as Record<string, string>)['merchant-settlement'] ?? '',
    );
    own.host = `127.0.0.1:${postgres.port}`;
    const sign = (subject: string, claim: Parameters<typeof signCallerToken>[2]) =>
      signCallerToken(graph.keys, subject, claim);
    const till = await (
      await groupClients(`http://127.0.0.1:${gateway.port}/graphql`, GROUP, sign)
    ).till(store.storeId);
    const atHub = (sql = 'select count(*)::int as n') =>
      count(graph.state.databases['merchant-settlement'], `${sql} ${OF_THE_SITE}`);
    const atSite = () => count(own.href, `select count(*)::int as n ${OF_THE_SITE}`);
    const load = sell(till, store.storeId, members, rate);
    try {
      await report.check('the site records and the hub hears', () =>
        until('sales at the hub', 180, async () => (await atHub()) > 5),
      );
      const mend = await cut(hub, site);
      await report.check('the line is cut', async () => {
        await until('the hub hears nothing', 120, async () => (await silence(worker.port)) > SILENT_SECONDS);
        return `silent for ${(await silence(worker.port)).toFixed(0)} s by atrium_site_link_silent_seconds`;
      });
      const before = { hub: await atHub(), kept: load.kept.size };
      let shortest = Infinity;
      for (const end = Date.now() + minutes * 60_000; Date.now() < end; await setTimeout(5_000))
        shortest = Math.min(shortest, await silence(worker.port));
      const during = { hub: await atHub(), kept: load.kept.size };
      await report.check('coupons are refused at the site at once', async () => {
        const asked = performance.now();
        const { errors } = await till.send(
          'mutation ($i: CancelCheckoutInput!) { cancelCheckout(input: $i) { __typename } }',
          {
            i: { idempotencyKey: 'x', checkoutId: store.storeId },
          },
        );
        const code = (errors?.[0]?.extensions as { code?: string } | undefined)?.code;
        if (code !== 'ONLY_AT_HUB') throw new Error(`answered ${code}`);
        return `${code} in ${(performance.now() - asked).toFixed(0)} ms`;
      });
      await mend();
      const mended = Date.now();
      await load.stop();
      const stopped = await atSite();
      await report.check('the hub has caught up', () =>
        until('as many sales at the hub as at the site', CATCH_UP_SECONDS, async () => (await atHub()) >= stopped, 500),
      );
      const seconds = (Date.now() - mended) / 1000;
      await untilSettled(graph.state, { timeoutMs: CATCH_UP_SECONDS * 1000 });
      const after = await atHub();
      const numbers = await atHub('select count(distinct external_id)::int as n');
      const rated = await count(graph.state.databases.points, `select count(*)::int as n from purchase_earn`);
      report.table([
        { what: 'minutes without a line', count: minutes },
        {
          what: 'least silence that the hub measured meanwhile, s',
          count: shortest === Infinity ? 'for ever' : shortest.toFixed(0),
        },
        { what: 'sales recorded at the site during the cut', count: during.kept - before.kept },
        { what: 'sales at the hub when it was cut', count: before.hub },
        { what: 'sales at the hub when it was mended', count: during.hub },
        { what: 'sales at the hub in the end', count: after },
        { what: 'seconds to catch up', count: seconds.toFixed(1) },
        { what: 'sales that tills were refused', count: load.failed.length },
        { what: 'doubled', count: after - numbers + Math.max(0, rated - numbers) },
        { what: 'lost', count: Math.max(0, load.kept.size - numbers) + Math.max(0, numbers - rated) },
      ]);
      await report.check('the hub heard nothing meanwhile', async () => {
        if (during.hub !== before.hub || !(shortest >= SILENT_SECONDS))
          throw new Error('the line was not down all the time');
      });
      await report.check('nothing lost, nothing doubled, nothing refused', async () => {
        const wrong = [
          ...load.failed.slice(0, 5),
          ...(after === numbers && numbers === rated && numbers >= load.kept.size ? [] : ['see the table']),
        ];
        if (wrong.length > 0) throw new Error(wrong.join('\n'));
      });
    } finally {
      await load.stop();
      for (const one of [gateway, postgres, worker]) one.stop();
    }
    await report.check('the ledger check at the hub', async () => {
      const options = {
        labels: labelsOf(hub, 'atrium', 'operation'),
        args: ['check-ledger'],
        secrets: [`${hub.name}-operator`],
      };
      return (await runPod(hub, 'check-ledger', image, options)).split('\n').at(-1);
    });
  });

/** What Helm is told of the site beside what both are told. */
export const SITE_FILE = ['-f', `${CHART}/values-site.yaml`];
