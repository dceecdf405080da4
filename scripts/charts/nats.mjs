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

const variable = (login) => `PASSWORD_${login.replaceAll('-', '_')}`;
const LOGINS = [...Object.keys(NATS_PERMISSIONS), 'operator'];

/** Values for the official chart: `<< … >>` is written without quotes, so that the server reads the variable. */
export const NATS_LOGINS = {
  config: {
    merge: {
      accounts: {
        ATRIUM: {
          jetstream: 'enabled',
          users: LOGINS.map((login) => ({
            user: login,
            password: `<< $${variable(login)} >>`,
            ...(NATS_PERMISSIONS[login] ? { permissions: NATS_PERMISSIONS[login] } : {}),
          })),
        },
      },
    },
  },
  container: {
    env: Object.fromEntries(
      LOGINS.map((login) => [variable(login), { valueFrom: { secretKeyRef: { name: 'nats-logins', key: login } } }]),
    ),
  },
};

/** Where the same passwords come from as services' own: the entries of k8s/secrets/store.yaml. */
const entry = (login) => (SERVICES.includes(login) ? `${login}-app` : login);
export const NATS_SECRET = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name: 'nats-logins', namespace: 'nats' },
  spec: {
    refreshInterval: '1h',
    secretStoreRef: { name: 'atrium', kind: 'ClusterSecretStore' },
    target: { name: 'nats-logins', creationPolicy: 'Owner' },
    data: LOGINS.map((login) => ({
      secretKey: login,
      remoteRef: { key: `atrium/${entry(login)}`, property: 'NATS_PASSWORD' },
    })),
  },
};
