/** For each value of a chart another one than its default, and what else must be set for it to be seen. */
export type OtherValues = Record<string, [other: unknown, ...withs: [path: string, value: unknown][]]>;

const PEER = [{ podSelector: { matchLabels: { of: 'them' } } }];
const CALENDAR = [{ timezone: 'Asia/Shanghai', start: '0 9 * * *', end: '0 23 * * *', replicas: 3 }];
const monitored: [string, unknown] = ['global.monitoring.enabled', true];
const scraped: [string, unknown] = ['global.networkPolicy.monitoring', PEER];
const external: [string, unknown][] = [
  ['global.externalSecrets.enabled', true],
  ['global.externalSecrets.store', 'vault'],
];

const GLOBAL: OtherValues = {
  'global.profile': [
    'ha',
    ['global.nats.url', 'nats://n:4222'],
    ['global.nats.streamReplicas', 3],
    ['global.networkPolicy.database', PEER],
    ['global.networkPolicy.nats', PEER],
    ...external,
  ],
  'global.image.repository': ['mine/atrium'],
  'global.image.tag': ['2'],
  'global.image.digest': [`sha256:${'0'.repeat(64)}`],
  'global.image.pullPolicy': ['Always'],
  'global.image.pullSecrets': [['login']],
  'global.caSecret': ['authority'],
  'global.logLevel': ['debug'],
  'global.spread': ['DoNotSchedule'],
  'global.scheduling.priorityClassName': ['high'],
  'global.scheduling.nodeSelector': [{ disk: 'fast' }],
  'global.scheduling.tolerations': [[{ key: 'own', operator: 'Exists' }]],
  'global.otlpEndpoint': ['http://otel:4318'],
  'global.externalSecrets.enabled': [true, ['global.externalSecrets.store', 'vault']],
  'global.externalSecrets.store': ['other', ...external.slice(0, 1)],
  'global.externalSecrets.storeKind': ['SecretStore', ...external],
  'global.externalSecrets.prefix': ['group-one', ...external],
  'global.externalSecrets.refreshInterval': ['5m', ...external],
  'global.monitoring.enabled': [true],
  'global.monitoring.labels': [{ release: 'prometheus' }, monitored],
  'global.networkPolicy.enabled': [false],
  'global.networkPolicy.telemetry': [PEER, ['global.otlpEndpoint', 'http://otel:4318']],
  'global.networkPolicy.dns': [[{ ipBlock: { cidr: '169.254.20.10/32' } }]],
  'global.networkPolicy.monitoring': [PEER],
};

const SITE_SECRET: [string, unknown][] = [
  ['global.site.name', 'north'],
  ['global.site.secret', 'north'],
  ['global.networkPolicy.hub', PEER],
];
/** As in values-site.yaml. */
const SITE: [string, unknown][] = [
  ['global.profile', 'site'],
  ...['member', 'points', 'coupon', 'tier', 'messaging'].map((part): [string, unknown] => [`${part}.enabled`, false]),
  ['gateway.callers.issuer', 'https://login.example'],
  ['gateway.callers.audience', 'atrium'],
  ...SITE_SECRET,
];
const LEAF: [string, unknown][] = [
  ['global.sites', ['north']],
  ['nats.leaf.secret', 'sites'],
  ['nats.leaf.from', PEER],
];

const POD: OtherValues = {
  shutdownDelayMs: [9_000],
  terminationGracePeriodSeconds: [90],
  maxUnavailable: ['25%'],
  priorityClassName: ['high'],
  nodeSelector: [{ disk: 'fast' }],
  tolerations: [[{ key: 'own', operator: 'Exists' }]],
  egress: [[{ to: PEER }]],
};

function scaling(path: string): OtherValues {
  const hpa: [string, unknown] = [`${path}autoscaling.kind`, 'hpa'];
  return {
    [`${path}replicas`]: [2],
    [`${path}resources.requests`]: [{ cpu: '1', memory: '1Gi' }],
    [`${path}resources.limits`]: [{ memory: '2Gi' }],
    [`${path}autoscaling.kind`]: ['hpa'],
    [`${path}autoscaling.min`]: [2, hpa],
    [`${path}autoscaling.max`]: [9, hpa],
    [`${path}autoscaling.cpu`]: [50, hpa],
    [`${path}autoscaling.downAfterSeconds`]: [30, hpa],
    [`${path}autoscaling.calendar`]: [
      CALENDAR,
      [`${path}autoscaling.kind`, 'keda'],
      ['global.monitoring.prometheus', 'http://prometheus:9090'],
    ],
    [`${path}env`]: [{ MORE: 1 }],
  };
}

const SUBGRAPH: OtherValues = {
  ...GLOBAL,
  ...POD,
  ...scaling('api.'),
  ...scaling('worker.'),
  'worker.startAfterSeconds': [30],
  'worker.autoscaling.lag': [
    100,
    ['worker.autoscaling.kind', 'keda'],
    ['global.monitoring.prometheus', 'http://prometheus:9090'],
  ],
  'global.monitoring.prometheus': ['http://other:9090', ['worker.autoscaling.kind', 'keda']],
  'global.nats.url': ['nats://n:4222'],
  'global.nats.streamReplicas': [3],
  'global.networkPolicy.database': [PEER],
  'global.networkPolicy.nats': [PEER],
  service: ['coupon'],
  env: [{ MORE: true }],
  databasePool: [9],
  database: [PEER],
  'secrets.app': ['mine'],
  'secrets.owner': ['mine'],
  'secrets.keys': [['BLIND_INDEX_KEY']],
  'secrets.optionalKeys': [['MEMBER_OLD_MASTER_KEYS']],
  'global.sites': [['north']],
  'global.site.name': ['north'],
  'global.site.secret': [
    'other',
    ['global.profile', 'site'],
    ['global.site.name', 'north'],
    ['global.site.secret', 'north'],
    ['secrets.keys', ['BLIND_INDEX_KEY']],
  ],
  'migration.enabled': [false],
  'migration.deadline': [900],
  'migration.keep': [3600],
};

const CALLERS: [string, unknown][] = [
  ['callers.issuer', 'https://login.example'],
  ['callers.audience', 'atrium'],
  ['callers.jwks', 'https://login.example/keys'],
];
const ingress: [string, unknown][] = [
  ['ingress.enabled', true],
  ['ingress.host', 'graph.example'],
];

// With an identity provider of one's own, the gateway is the same in both profiles.
const GATEWAY_GLOBAL = Object.fromEntries(Object.entries(GLOBAL).filter(([path]) => path !== 'global.profile'));
const GATEWAY: OtherValues = {
  ...GATEWAY_GLOBAL,
  ...POD,
  ...scaling(''),
  'callers.issuer': ['https://other.example', ...CALLERS.slice(1)],
  'callers.audience': ['other', CALLERS[0] as [string, unknown], CALLERS[2] as [string, unknown]],
  'callers.jwks': ['https://other.example/keys', ...CALLERS.slice(0, 2)],
  secret: ['mine'],
  cache: [true],
  subgraphs: [['member', 'points']],
  supergraph: ['graph-of-today'],
  graphiql: [true],
  env: [{ MAX_DEPTH: 9 }],
  'service.type': ['LoadBalancer'],
  'service.port': [8443],
  'ingress.enabled': [true, ['ingress.host', 'graph.example']],
  'ingress.className': ['nginx', ...ingress],
  'ingress.host': ['other.example', ['ingress.enabled', true]],
  'ingress.tlsSecret': ['cert', ...ingress],
  'ingress.annotations': [{ a: 'b' }, ...ingress],
  from: [PEER],
};

const server = (name: string): OtherValues => ({
  [`${name}.image`]: ['other:1'],
  [`${name}.pullPolicy`]: ['Always'],
  [`${name}.uid`]: [70],
  [`${name}.storage`]: ['20Gi'],
  [`${name}.storageClass`]: ['fast'],
  [`${name}.resources.requests`]: [{ cpu: '1' }],
  [`${name}.resources.limits`]: [{ memory: '4Gi' }],
});

const ATRIUM: OtherValues = {
  ...server('postgres'),
  ...server('nats'),
  'postgres.maxConnections': [300],
  'nats.store': ['40GB'],
  'nats.leaf.secret': ['other', ...LEAF],
  'nats.leaf.from': [[{ ipBlock: { cidr: '192.0.2.0/24' } }], ...LEAF],
  'global.networkPolicy.hub': [[{ ipBlock: { cidr: '192.0.2.0/24' } }], ...SITE],
  'keys.apiServerPorts': [[16443]],
  'backup.enabled': [false],
  'backup.schedule': ['0 4 * * *'],
  'backup.keep': [3],
  'backup.maxAgeHours': [50, monitored, scraped],
  'backup.storage': ['50Gi'],
  'backup.storageClass': ['slow'],
  'backup.claim': ['mine'],
  'backup.upload': [{ image: 'mine:1', command: ['send', '/backups'] }],
  'backup.egress': [[{ to: PEER }]],
  'backup.restore': ['20260301T030000Z'],
  'backup.resources.requests': [{ cpu: '1' }],
  'backup.resources.limits': [{ memory: '1Gi' }],
  'operations.replicas': [1],
  'operations.secret': ['mine'],
  'operations.resources.requests': [{ cpu: '1' }],
  'operations.resources.limits': [{ memory: '2Gi' }],
  'ledgerCheck.enabled': [false],
  'ledgerCheck.schedule': ['0 5 * * *'],
  'ledgerCheck.deadline': [900],
  'ledgerCheck.resources.requests': [{ cpu: '1' }],
  'ledgerCheck.resources.limits': [{ memory: '4Gi' }],
  'switches.tierRecompute': ['later'],
  'switches.messaging': ['paused'],
  'global.monitoring.runbooks': ['https://runbooks.example', monitored, scraped],
  ...Object.fromEntries(
    ['member', 'points', 'coupon', 'tier', 'merchantSettlement', 'messaging', 'gateway'].map((part) => [
      `${part}.enabled`,
      [false] as [unknown],
    ]),
  ),
};

export const OTHER_VALUES = { subgraph: SUBGRAPH, gateway: GATEWAY, atrium: ATRIUM };

/** The least that profile ha must be told. */
export const HA = {
  global: {
    nats: { url: 'nats://nats.nats:4222' },
    externalSecrets: { enabled: true, store: 'vault' },
    networkPolicy: { database: PEER, nats: PEER, monitoring: PEER },
  },
  gateway: {
    callers: { issuer: 'https://login.example', audience: 'atrium', jwks: 'https://login.example/keys' },
  },
};
