// The logins of NATS and what each may do: one text for the release's own NATS and for k8s/nats. From the catalogue: nobody may do what no
// service of this release or of the one before it does (ADR 0045).
import { createRequire } from 'node:module';
import { build } from '../build.mjs';

await build(['packages/kernel', 'packages/contracts']);
const {
  DEAD_LETTER_STREAM,
  HUB,
  SERVICES,
  siteDurable,
  SITE_FACTS,
  siteStream,
  STREAMS,
  streamOf,
  streamsOf,
  subscriptionsOf,
} = createRequire(import.meta.url)('../../packages/contracts/dist/index.js');

export { SERVICES };
const FACTS = { 'merchant-settlement': 'settlement' };
const SETTLEMENT = 'merchant-settlement';

/** Makes a stream as the catalogue says, whosever it is: services start in any order. */
const makes = (stream) => [`$JS.API.STREAM.CREATE.${stream}`, `$JS.API.STREAM.UPDATE.${stream}`];
/** Makes its consumer, takes from it, acknowledges: with and without the domain and account that newer servers put before it. */
const hears = ({ stream, durable }) => [
  `$JS.API.CONSUMER.CREATE.${stream}.${durable}.>`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
  `$JS.ACK.${stream}.${durable}.>`,
  `$JS.ACK.*.*.${stream}.${durable}.>`,
];
const unique = (subjects) => [...new Set(subjects)];

/** A service states its own facts, takes what the catalogue says that it hears, and nothing away. */
function service(name) {
  const context = FACTS[name] ?? name;
  const here = subscriptionsOf(name, HUB);
  // Which mall it is makes no difference to what its settlement hears.
  const atSite = name === SETTLEMENT ? subscriptionsOf(name, { site: 'any', sites: [] }) : [];
  const publish = [
    ...[`atrium.${context}.v1.>`, `dead.${name}.>`, 'request.>'],
    ...['$JS.API.INFO', '$JS.API.STREAM.INFO.*', '$JS.API.CONSUMER.INFO.*.*'],
    ...[...STREAMS, DEAD_LETTER_STREAM].flatMap((stream) => makes(stream.name)),
    ...[...here, ...atSite].flatMap(hears),
  ];
  return {
    publish: { allow: unique(publish) },
    subscribe: { allow: ['_INBOX.>', `request.atrium.${context}.v1.>`] },
    // To who asked, once, and to nobody else's inbox.
    allow_responses: true,
  };
}

/** What settlement at the hub may do beside, for each mall with a recording of its own. */
export function ofSite(site) {
  const own = streamsOf(SETTLEMENT, { site: null, sites: [site] }).filter(({ name }) => name === siteStream(site));
  const heard = subscriptionsOf(SETTLEMENT, { site: null, sites: [site] }).filter(
    ({ stream }) => stream === siteStream(site),
  );
  // The release before hears sites in the hub's own stream.
  const before = SITE_FACTS.map((event) => ({ stream: streamOf(event), durable: siteDurable(event, site) }));
  return [...own.flatMap((stream) => makes(stream.name)), ...[...heard, ...before].flatMap(hears)];
}

function settlementWith(sites) {
  const { publish, ...others } = NATS_PERMISSIONS[SETTLEMENT];
  return { publish: { allow: [...publish.allow, ...sites.flatMap(ofSite)] }, ...others };
}

/** By login. The operator's has no limits within its account. */
export const NATS_PERMISSIONS = {
  ...Object.fromEntries(SERVICES.map((name) => [name, service(name)])),
  // The gateway tells subscribers what is stated. It states nothing and asks nothing, so it has no use for answers either.
  gateway: { publish: { deny: ['>'] }, subscribe: { allow: ['atrium.>'] } },
};

/** A mall with a recording of its own. It is filled from what it needs, and its own stream is read; it asks for nothing else. */
export const sitePermissions = (site) => ({
  publish: {
    allow: [
      `site.${site}.up.>`,
      '$JSC.R.>',
      '$JS.FC.>',
      '$JS.hub.API.CONSUMER.CREATE.MEMBER',
      '$JS.hub.API.CONSUMER.CREATE.POINTS.*.atrium.points.v1.PointsRulesPublished.>',
      `$JS.hub.API.CONSUMER.CREATE.COUPON.*.atrium.coupon.v1.*.${site}.>`,
      '$JS.hub.API.CONSUMER.CREATE.SETTLEMENT.*.atrium.settlement.v1.*.hub.>',
    ],
  },
  subscribe: { allow: [`site.${site}.down.>`, `$JS.${site}.API.>`, '$JSC.R.>', '$JS.FC.>'] },
});

const variable = (login) => `PASSWORD_${login.replaceAll('-', '_')}`;
const LOGINS = [...Object.keys(NATS_PERMISSIONS), 'operator'];
const siteLogin = (site) => `site-${site}`;
const loginsWith = (sites) => [...LOGINS, ...sites.map(siteLogin)];

/** Values for the official chart: `<< … >>` is written without quotes, so that the server reads the variable. */
export const natsLogins = (sites) => {
  const logins = loginsWith(sites);
  const user = (login, permissions) => ({
    user: login,
    password: `<< $${variable(login)} >>`,
    ...(permissions ? { permissions } : {}),
  });
  const users = [
    ...LOGINS.map((login) => user(login, login === SETTLEMENT ? settlementWith(sites) : NATS_PERMISSIONS[login])),
    ...sites.map((site) => user(siteLogin(site), sitePermissions(site))),
  ];
  const password = (login) => ({ valueFrom: { secretKeyRef: { name: 'nats-logins', key: login } } });
  return {
    config: { merge: { accounts: { ATRIUM: { jetstream: 'enabled', users } } } },
    container: { env: Object.fromEntries(logins.map((login) => [variable(login), password(login)])) },
  };
};

/** Where the same passwords come from as services' own: the entries of k8s/secrets/store.yaml. */
const entry = (login) => (SERVICES.includes(login) ? `${login}-app` : login);
export const natsSecret = (sites) => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name: 'nats-logins', namespace: 'nats' },
  spec: {
    refreshInterval: '1h',
    secretStoreRef: { name: 'atrium', kind: 'ClusterSecretStore' },
    target: { name: 'nats-logins', creationPolicy: 'Owner' },
    data: loginsWith(sites).map((login) => ({
      secretKey: login,
      remoteRef: { key: `atrium/${entry(login)}`, property: 'NATS_PASSWORD' },
    })),
  },
});
