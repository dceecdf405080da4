import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES, type ServiceName } from '@atrium/contracts';
import { LOCAL_AUDIENCE, ROOT, UsageError } from '@atrium/testkit';
import { parse, parseAllDocuments } from 'yaml';
import { releaseSecrets } from '../../release-secrets';
import { must } from '../command';
import { inNamespace, makeNamespace, removeNamespace } from '../namespace';
import { restrictedPod } from '../pods';
import { cpu, type Ground, modestParts, PARTS } from './ground';
import { databaseOf, postgresOf } from './postgres';

export interface HaOptions {
  namespace: string;
  release: string;
  /** Folder of NATS' own chart. */
  natsChart: string;
  natsImage: string;
  postgresImage: string;
  /** Has Node.js: what answers in the place of an identity provider. */
  image: string;
}

const PROVIDER = 'identity-provider';
const PROVIDER_PORT = 8080;
const SERVE = `require('node:http').createServer((_, answer) => answer.setHeader('content-type', 'application/json').end(require('node:fs').readFileSync('/keys/jwks.json'))).listen(${PROVIDER_PORT})`;

/** Values have capitals where services have dashes. */
const serviceOf = (part: string) => part.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * Production's own files, and what they need around them: NATS by its own chart with three servers, a database of its own for each
 * service, namespaces and policies of k8s/. CloudNativePG, External Secrets and an identity provider are not there: one plain server
 * for each Cluster, Secrets made here, and a pod that shows keys stand in for them. Places that are one on a laptop (zones, the image
 * of NATS, sizes) are said by values.
 */
export function haGround({ namespace, release, natsChart, natsImage, postgresImage, image }: HaOptions): Ground {
  if (!existsSync(join(natsChart, 'Chart.yaml')))
    throw new UsageError(`${natsChart || 'nothing'} is no chart: --nats-chart names the folder of NATS' own chart`);
  const brokers = `${namespace}-nats`;
  const databases = `${namespace}-postgres`;
  const outside = `${namespace}-outside`;
  const database = (service: ServiceName) => ({ namespace: databases, service: `${service}-rw` });
  const server = (service: ServiceName) =>
    ({ namespace: databases, name: `${service}-rw`, kind: 'statefulset', covered: false }) as const;
  const broker = (at: number) =>
    ({ namespace: brokers, name: 'nats', kind: 'statefulset', pod: `nats-${at}`, covered: true }) as const;
  return {
    profile: 'ha',
    files: ['charts/atrium/values-ha.yaml', 'k8s/sites/hub.yaml'],
    values: valuesOf(
      release,
      `nats://nats.${brokers}:4222`,
      `http://${PROVIDER}.${outside}:${PROVIDER_PORT}/jwks.json`,
    ),
    nats: { namespace: brokers, service: 'nats' },
    database,
    beside: [broker(0), broker(1), broker(2), ...SERVICES.map(server)],
    async prepare() {
      await makeNamespace(namespace, ['atrium/flows=graph']);
      await makeNamespace(brokers, ['atrium/flows=nats']);
      await makeNamespace(databases, ['atrium/flows=postgres']);
      await makeNamespace(outside);
      await allow('nats', brokers);
      await allow('postgres', databases);
      const { tryKubectl } = inNamespace(namespace);
      if (!(await tryKubectl(['get', 'secret', `${release}-gateway`])).ok)
        await makeSecrets({ namespace, release, brokers, databases, outside, image, postgresImage });
      await bringNats(natsChart, brokers, natsImage);
      for (const kind of ['statefulset', 'pod']) await waitFor(kind === 'pod' ? outside : databases, kind);
    },
    async remove() {
      await Promise.all([brokers, databases, outside].map(removeNamespace));
    },
  };
}

async function waitFor(namespace: string, kind: string): Promise<void> {
  const { kubectl, get } = inNamespace(namespace);
  const { items } = await get<{ items: { metadata: { name: string } }[] }>(kind);
  for (const { metadata } of items)
    if (kind === 'pod')
      await kubectl('wait', '--for=jsonpath={.status.phase}=Running', `pod/${metadata.name}`, '--timeout=5m');
    else await kubectl('rollout', 'status', kind, metadata.name, '--timeout=5m');
}

/** The hub of k8s/sites, where what it names is. */
function valuesOf(release: string, nats: string, jwks: string): object {
  const secrets = (service: string) => ({
    secrets: { app: `${release}-${service}-app`, owner: `${release}-${service}-owner` },
  });
  const parts = modestParts('30m', '10m');
  const scaled = { autoscaling: { min: 2, max: 2 } };
  return {
    global: {
      nats: { url: nats },
      // A laptop has no zones.
      spread: 'ScheduleAnyway',
      otlpEndpoint: '',
      externalSecrets: { enabled: false },
      monitoring: { enabled: false },
    },
    ...Object.fromEntries(
      PARTS.map((part) => {
        const { api, worker } = parts[part] ?? {};
        const workers = part === 'points' || part === 'merchantSettlement' ? scaled : {};
        return [part, { ...secrets(serviceOf(part)), api: { ...api, ...scaled }, worker: { ...worker, ...workers } }];
      }),
    ),
    gateway: {
      ...cpu('100m', '256Mi'),
      ...scaled,
      secret: `${release}-gateway`,
      callers: { issuer: `https://${release}.atrium.localhost`, audience: LOCAL_AUDIENCE, jwks },
      cache: false,
      // k6, and who else asks in the proof's own namespace.
      from: [{ podSelector: {} }],
      egress: [
        {
          to: [{ podSelector: { matchLabels: { app: PROVIDER } }, namespaceSelector: {} }],
          ports: [{ protocol: 'TCP', port: PROVIDER_PORT }],
        },
      ],
    },
    operations: { secret: `${release}-operator` },
  };
}

/** The policies of k8s/network for one namespace, in another. */
async function allow(of: string, namespace: string): Promise<void> {
  const folder = join(ROOT, 'k8s', 'network');
  const policies = readdirSync(folder)
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8'), { version: '1.1' }))
    .map((one) => one.toJSON() as { metadata: { namespace: string } })
    .filter(({ metadata }) => metadata.namespace === of)
    .map((policy) => ({ ...policy, metadata: { ...policy.metadata, namespace } }));
  if (policies.length === 0) throw new Error(`k8s/network has no policy for ${of}`);
  await inNamespace(namespace).apply(...policies);
}

interface Making extends Pick<HaOptions, 'namespace' | 'release' | 'image' | 'postgresImage'> {
  brokers: string;
  databases: string;
  outside: string;
}

/** Everything that a secret store would hold, and what is made with it. */
async function makeSecrets(making: Making): Promise<void> {
  const { namespace, release, brokers, databases, outside, image, postgresImage } = making;
  const secrets = releaseSecrets(randomBytes(32), release, SERVICES);
  const word = () => `p${randomBytes(20).toString('hex')}`;
  const operators: Record<string, string> = {};
  for (const service of SERVICES) {
    const is = { superuser: word(), owner: word(), app: word() };
    const of = databaseOf(service);
    await inNamespace(databases).apply(...postgresOf(of, postgresImage, is));
    const login = (user: string, password: string) =>
      `postgres://${user}:${password}@${service}-rw.${databases}:5432/${of.database}`;
    operators[service] = login('postgres', is.superuser);
    Object.assign(secrets[`${release}-${service}-owner`] ?? {}, { MIGRATION_DATABASE_URL: login(of.owner, is.owner) });
    Object.assign(secrets[`${release}-${service}-app`] ?? {}, { DATABASE_URL: login(of.app, is.app) });
  }
  Object.assign(secrets[`${release}-operator`] ?? {}, { CHECK_DATABASE_URLS: JSON.stringify(operators) });
  delete secrets[`${release}-postgres`];

  const password = (secret: string) => secrets[`${release}-${secret}`]?.['NATS_PASSWORD'] ?? word();
  const { sites } = (parse(readFileSync(join(ROOT, 'k8s', 'sites', 'hub.yaml'), 'utf8')) as Hub).global;
  const logins = {
    ...Object.fromEntries(SERVICES.map((service) => [service, password(`${service}-app`)])),
    gateway: password('gateway'),
    operator: password('operator'),
    ...Object.fromEntries(sites.map((site) => [`site-${site}`, word()])),
  };
  await inNamespace(brokers).apply(secretOf('nats-logins', logins));
  const keys = { 'jwks.json': secrets[`${release}-callers`]?.['jwks.json'] ?? '' };
  await inNamespace(outside).apply(secretOf(PROVIDER, keys), ...providerOf(image));
  // The gateway's is looked for to see whether all are there: last.
  const last = `${release}-gateway`;
  const names = [...Object.keys(secrets).filter((name) => name !== last), last];
  await inNamespace(namespace).apply(...names.map((name) => secretOf(name, secrets[name] ?? {})));
}

interface Hub {
  global: { sites: string[] };
}

const secretOf = (name: string, stringData: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData,
});

function providerOf(image: string): object[] {
  const labels = { app: PROVIDER };
  const pod = restrictedPod(PROVIDER, image, {
    labels,
    command: ['/usr/bin/tini', '--', 'node', '-e', SERVE],
    mounts: { '/keys': { secret: { secretName: PROVIDER } } },
    ready: true,
  });
  const service = { selector: labels, ports: [{ port: PROVIDER_PORT }] };
  return [pod, { apiVersion: 'v1', kind: 'Service', metadata: { name: PROVIDER }, spec: service }];
}

/** By the files of k8s/nats, without what a laptop lacks: zones, a certificate for malls, exporters and reloaders. */
async function bringNats(chart: string, namespace: string, reference: string): Promise<void> {
  const [, repository = '', tag = ''] = /^(.+):([^:/]+)$/.exec(reference) ?? [];
  const values = {
    config: { leafnodes: { enabled: false } },
    container: { image: { repository, tag }, ...cpu('60m', '128Mi') },
    reloader: { enabled: false },
    promExporter: { enabled: false, podMonitor: { enabled: false } },
    podTemplate: { topologySpreadConstraints: null },
  };
  const files = ['values.yaml', 'logins.yaml'].flatMap((file) => ['-f', join(ROOT, 'k8s', 'nats', file)]);
  await must(
    'helm',
    ['upgrade', '--install', 'nats', chart, '-n', namespace, ...files, '-f', '-', '--wait', '--timeout', '5m'],
    {
      input: JSON.stringify(values),
    },
  );
}
