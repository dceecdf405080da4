// The logins of NATS and what each may do: one text for the release's own NATS and for k8s/nats.
const FACTS = { 'merchant-settlement': 'settlement' };
export const SERVICES = ['member', 'points', 'coupon', 'tier', 'merchant-settlement', 'messaging'];

/** A service states its own facts, reads what it likes and takes nothing away. */
const service = (name) => ({
  publish: {
    allow: [`atrium.${FACTS[name] ?? name}.v1.>`, `dead.${name}.>`, 'request.>', '_INBOX.>', '$JS.API.>', '$JS.ACK.>'],
    deny: ['$JS.API.STREAM.DELETE.>', '$JS.API.STREAM.PURGE.>', '$JS.API.STREAM.MSG.DELETE.>'],
  },
  subscribe: { allow: ['_INBOX.>', 'request.>'] },
});

/** By login. The operator's has no limits within its account. */
export const NATS_PERMISSIONS = {
  ...Object.fromEntries(SERVICES.map((name) => [name, service(name)])),
  // The gateway tells subscribers what is stated, and states nothing.
  gateway: { publish: { deny: ['>'] }, subscribe: { allow: ['atrium.>', '_INBOX.>'] } },
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
    ...LOGINS.map((login) => user(login, NATS_PERMISSIONS[login])),
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
