// What may be set, as closed JSON schemas: a typing error in values is refused before anything is rendered.
const object = (properties, required = []) => ({ type: 'object', additionalProperties: false, properties, required });
const string = { type: 'string' };
const flag = { type: 'boolean' };
const integer = (minimum, maximum) => ({ type: 'integer', minimum, ...(maximum === undefined ? {} : { maximum }) });
const oneOf = (...values) => ({ type: 'string', enum: values });
const listOf = (items) => ({ type: 'array', items });
/** Kubernetes' own kinds: the API server knows them better. */
const kubernetes = { type: 'object' };
const strings = { type: 'object', additionalProperties: string };
const name = { type: 'string', pattern: '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$' };
const variables = {
  type: 'object',
  propertyNames: { pattern: '^[A-Z][A-Z0-9_]*$' },
  additionalProperties: { type: ['string', 'number', 'boolean'] },
};
const quantity = { type: ['string', 'number'], pattern: '^[0-9.]+(m|[kKMGTPE]i?B?)?$' };
const resources = object({
  requests: object({ cpu: quantity, memory: quantity, 'ephemeral-storage': quantity }),
  limits: object({ cpu: quantity, memory: quantity, 'ephemeral-storage': quantity }),
});
const cron = { type: 'string', pattern: '^\\S+( \\S+){4}$' };
const calendar = listOf(
  object({ timezone: { type: 'string', minLength: 1 }, start: cron, end: cron, replicas: integer(1) }, [
    'timezone',
    'start',
    'end',
    'replicas',
  ]),
);
const scaling = (more = {}) =>
  object({
    kind: oneOf('none', 'hpa', 'keda'),
    min: integer(1),
    max: integer(1),
    cpu: integer(1, 100),
    downAfterSeconds: integer(0, 3600),
    calendar,
    ...more,
  });
const pullPolicy = oneOf('Always', 'IfNotPresent', 'Never');

const siteName = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,31}$', not: { const: 'hub' } };

const scheduling = { priorityClassName: string, nodeSelector: strings, tolerations: listOf(kubernetes) };

const global = object({
  profile: oneOf('small', 'ha', 'site'),
  sites: listOf(siteName),
  site: object({ name: { anyOf: [{ const: '' }, siteName] }, secret: name }),
  image: object({
    repository: { type: 'string', minLength: 1 },
    tag: { type: ['string', 'integer'] },
    digest: { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
    pullPolicy,
    pullSecrets: listOf(name),
  }),
  nats: object({
    url: { type: 'string', pattern: '^((nats|tls)://[^,\\s]+(,(nats|tls)://[^,\\s]+)*)?$' },
    streamReplicas: { type: 'integer', enum: [0, 1, 3, 5] },
  }),
  caSecret: name,
  otlpEndpoint: { type: 'string', pattern: '^(https?://.+)?$' },
  logLevel: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'silent'),
  spread: oneOf('ScheduleAnyway', 'DoNotSchedule'),
  scheduling: object(scheduling),
  externalSecrets: object({
    enabled: flag,
    store: string,
    storeKind: oneOf('SecretStore', 'ClusterSecretStore'),
    prefix: { type: 'string', minLength: 1 },
    refreshInterval: { type: 'string', pattern: '^[0-9]+[smh]$' },
  }),
  monitoring: object({ enabled: flag, labels: strings, runbooks: string, prometheus: string }),
  networkPolicy: object({
    enabled: flag,
    database: listOf(kubernetes),
    nats: listOf(kubernetes),
    telemetry: listOf(kubernetes),
    dns: listOf(kubernetes),
    hub: listOf(kubernetes),
    monitoring: listOf(kubernetes),
  }),
});

const anywhere = {
  shutdownDelayMs: integer(0, 10_000),
  // The gateway and services end after 35 s at the latest, with the delay; the rest is for the kubelet.
  terminationGracePeriodSeconds: integer(40),
  maxUnavailable: { anyOf: [integer(1), { type: 'string', pattern: '^[1-9][0-9]?%$' }] },
  ...scheduling,
  egress: listOf(kubernetes),
};
const part = (more, around = {}) =>
  object({ replicas: integer(1), resources, autoscaling: scaling(more), env: variables, ...around });

/** Of environment variables. */
const names = listOf({ type: 'string', pattern: '^[A-Z][A-Z0-9_]*$' });

const subgraph = object({
  global,
  service: oneOf('', 'member', 'points', 'coupon', 'tier', 'merchant-settlement', 'messaging'),
  enabled: flag,
  api: part(),
  worker: part({ lag: integer(1) }, { startAfterSeconds: integer(0, 300) }),
  env: variables,
  databasePool: integer(1, 64),
  database: listOf(kubernetes),
  secrets: object({ app: name, owner: name, keys: names, optionalKeys: names }),
  migration: object({ enabled: flag, deadline: integer(60), keep: integer(60) }),
  ...anywhere,
});

const gateway = object({
  global,
  enabled: flag,
  replicas: integer(1),
  resources,
  autoscaling: scaling(),
  callers: object({ issuer: string, audience: string, jwks: { type: 'string', pattern: '^(https?://.+)?$' } }),
  secret: name,
  cache: flag,
  subgraphs: { ...listOf({ ...name, minLength: 1 }), minItems: 1 },
  supergraph: name,
  graphiql: flag,
  env: variables,
  service: object({ type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer'), port: integer(1, 65_535) }),
  ingress: object({ enabled: flag, className: string, host: string, tlsSecret: name, annotations: strings }),
  from: listOf(kubernetes),
  ...anywhere,
});

const server = (more) =>
  object({
    image: { type: 'string', minLength: 1 },
    pullPolicy,
    uid: integer(1),
    storage: quantity,
    storageClass: name,
    resources,
    ...more,
  });
/** Each part has a closed schema of its own, which Helm applies too. */
const parts = ['member', 'points', 'coupon', 'tier', 'merchantSettlement', 'messaging', 'gateway'];
const atrium = object({
  global,
  ...Object.fromEntries(parts.map((key) => [key, { type: 'object' }])),
  postgres: server({ maxConnections: integer(50) }),
  nats: server({ store: quantity, leaf: object({ secret: name, from: listOf(kubernetes) }) }),
  backup: object({
    enabled: flag,
    schedule: cron,
    keep: integer(1),
    maxAgeHours: integer(1),
    storage: quantity,
    storageClass: name,
    claim: name,
    upload: kubernetes,
    egress: listOf(kubernetes),
    restore: { type: 'string', pattern: '^([0-9]{8}T[0-9]{6}Z)?$' },
    resources,
  }),
  operations: object({ replicas: integer(0, 1), secret: name, resources }),
  ledgerCheck: object({ enabled: flag, schedule: cron, deadline: integer(60), resources }),
  switches: object({ tierRecompute: oneOf('now', 'later'), messaging: oneOf('sending', 'paused') }),
  keys: object({ apiServerPorts: listOf(integer(1, 65_535)) }),
});

const schema = (title, content) => ({ $schema: 'http://json-schema.org/draft-07/schema#', title, ...content });
export const SCHEMAS = {
  subgraph: schema('Values of one subgraph', subgraph),
  gateway: schema('Values of the gateway', gateway),
  atrium: schema('Values of Atrium', atrium),
};
