import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHARTS, describeWithHelm, render, withValue } from './helm';
import { HA } from './values';

const small = (path: string, value: unknown) =>
  render('atrium', withValue({}, path, value), { files: ['values-small.yaml'] }).error;
const ha = (path: string, value: unknown) =>
  render('atrium', withValue(HA, path, value), { files: ['values-ha.yaml'] }).error;

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
}

/** Every place of a schema that takes an object, with its path. */
function objects(schema: Schema, path = ''): [path: string, schema: Schema][] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([key, one]) => objects(one, `${path}.${key}`));
  const items = schema.items ? objects(schema.items, `${path}[]`) : [];
  return [...(schema.type === 'object' ? [[path, schema] as [string, Schema]] : []), ...below, ...items];
}

/** Free on purpose: maps of names and values, and Kubernetes' own kinds, which the API server knows. */
const MAPS = /\.(env|labels|annotations|nodeSelector)$/;
const KUBERNETES = /\.(egress|from|tolerations|database|nats|telemetry|dns|monitoring|hub)\[\]$|\.backup\.upload$/;
/** Closed by the part's own chart. */
const PARTS = /^\.(member|points|coupon|tier|merchantSettlement|messaging|gateway)$/;

describe.each(['subgraph', 'gateway', 'atrium'])('the schema of %s', (chart) => {
  const all = objects(JSON.parse(readFileSync(join(CHARTS, chart, 'values.schema.json'), 'utf8')) as Schema);

  it('is closed at every level: a typing error is refused wherever it is', () => {
    const open = all.filter(([, { additionalProperties }]) => additionalProperties !== false).map(([path]) => path);
    const unexplained = open.filter(
      (path) => !MAPS.test(path) && !KUBERNETES.test(path) && !(chart === 'atrium' && PARTS.test(path)),
    );
    expect(unexplained).toEqual([]);
    expect(all.length - open.length).toBeGreaterThan(10);
  });
});

describeWithHelm('a mistake in values ends in one line that says what to set', () => {
  it.each([
    'globl',
    'global.imagee',
    'global.image.digst',
    'merchantSettlment',
    'member.api.replica',
    'points.worker.autoscaling.maks',
    'gateway.ingress.hots',
    'postgres.sise',
  ])('an unknown key, %s', (path) => {
    expect(small(path, 1)).toMatch(new RegExp(`additional properties '${path.split('.').at(-1)}' not allowed`));
  });

  const CALENDAR = { timezone: 'Asia/Shanghai', start: '0 9 * * *', end: '0 23 * * *' };
  it.each<[string, string, unknown, string]>([
    [
      'NATS in ha without replicas',
      'global.nats.streamReplicas',
      0,
      'global.nats.streamReplicas is 0: in profile ha it must be 3 or 5',
    ],
    [
      'NATS in ha with too few replicas',
      'global.nats.streamReplicas',
      1,
      'global.nats.streamReplicas is 1: in profile ha it must be 3 or 5',
    ],
    ['NATS in ha without an address', 'global.nats.url', '', 'global.nats.url: in profile ha, say where NATS is'],
    ['no Secret in ha', 'global.externalSecrets.enabled', false, 'name the Secret that holds'],
    ['no store of Secrets', 'global.externalSecrets.store', '', 'global.externalSecrets.store: name the SecretStore'],
    ['no database to let through', 'global.networkPolicy.database', [], 'global.networkPolicy.database: in profile ha'],
    ['no NATS to let through', 'global.networkPolicy.nats', [], 'global.networkPolicy.nats: in profile ha'],
    [
      'no Prometheus to let in',
      'global.networkPolicy.monitoring',
      [],
      'global.networkPolicy.monitoring: say where Prometheus is',
    ],
    [
      'no collector to let through',
      'global.otlpEndpoint',
      'http://otel:4318',
      'global.networkPolicy.telemetry: say where the collector of global.otlpEndpoint is',
    ],
    [
      'no identity provider',
      'gateway.callers',
      { issuer: '', audience: '', jwks: '' },
      'gateway: callers.issuer, callers.audience and callers.jwks: in profile ha',
    ],
    ['half an identity provider', 'gateway.callers.jwks', '', 'callers.jwks go together'],
    ['fewest above most', 'points.api.autoscaling.min', 99, 'points: api.autoscaling: min 99 is above max 10'],
    [
      'KEDA with nobody to ask for the lag',
      'points.worker.autoscaling.kind',
      'keda',
      'global.monitoring.prometheus: where KEDA asks for the lag of consumers',
    ],
    [
      'a floor above most',
      'points.api.autoscaling',
      { kind: 'keda', calendar: [{ ...CALENDAR, replicas: 11 }] },
      'points: api.autoscaling: the calendar asks for 11, max is 10',
    ],
    [
      'a calendar that nobody reads',
      'points.api.autoscaling.calendar',
      [{ ...CALENDAR, replicas: 4 }],
      'points: api.autoscaling: calendar is for kind keda, not hpa',
    ],
    ['a way in without a name', 'gateway.ingress.enabled', true, 'gateway: ingress.host: the name that callers use'],
    [
      'an image by tag and by digest',
      'global.image',
      { tag: '2', digest: `sha256:${'0'.repeat(64)}` },
      'set one of them, or an upgrade by the other would go on with the image it has',
    ],
  ])('%s', (_, path, value, line) => {
    const error = ha(path, value);
    expect(error).toContain(line);
    expect(error.split('\n')).toHaveLength(1);
  });

  it.each<[string, string, unknown, string]>([
    ['one NATS server that is to keep three', 'global.nats.streamReplicas', 3, 'can keep 1'],
    [
      'more connections than PostgreSQL takes',
      'points.api.replicas',
      40,
      'postgres.maxConnections is 250: in an upgrade 400 may be open',
    ],
    [
      'more connections than PostgreSQL takes, when all that may run does',
      'points.worker.autoscaling',
      { kind: 'hpa', max: 16 },
      'postgres.maxConnections is 250: in an upgrade 256 may be open',
    ],
    [
      'more connections than PostgreSQL takes, while the next pods are there already',
      'postgres.maxConnections',
      // Without the next pods it would be 94.
      165,
      'postgres.maxConnections is 165: in an upgrade 166 may be open',
    ],
  ])('%s', (_, path, value, line) => {
    const error = small(path, value);
    expect(error).toContain(line);
    expect(error.split('\n')).toHaveLength(1);
  });

  it('as many connections as an upgrade may open are enough', () => {
    expect(small('postgres.maxConnections', 166)).toBe('');
  });

  it('a name of a release that leaves none for its Jobs', () => {
    const named = (release: string) => render('atrium', {}, { files: ['values-small.yaml'], release }).error;
    expect(named('a'.repeat(20))).toBe('');
    const error = named('a'.repeat(21));
    expect(error).toContain(`the release's name, ${'a'.repeat(21)}, is 1 characters too long: Jobs are called like`);
    expect(error.split('\n')).toHaveLength(1);
  });

  it.each<[string, unknown, string]>([
    ['global.profile', 'medium', "- at '/global/profile': value must be one of 'small', 'ha'"],
    ['global.image.repository', '', "- at '/global/image/repository': minLength: got 0, want 1"],
    ['global.nats.streamReplicas', 2, "- at '/global/nats/streamReplicas': value must be one of"],
    ['global.nats.url', 'nats.nats:4222', "- at '/global/nats/url': 'nats.nats:4222' does not match pattern"],
    ['points.api.replicas', 0, "- at '/api/replicas': minimum: got 0, want 1"],
    [
      'points.api.autoscaling.kind',
      'hpa,keda',
      "- at '/api/autoscaling/kind': value must be one of 'none', 'hpa', 'keda'",
    ],
    ['points.databasePool', 0, "- at '/databasePool': minimum: got 0, want 1"],
    ['points.secrets', { app: 'My Secret' }, "- at '/secrets/app': 'My Secret' does not match pattern"],
    ['global.image.digest', 'sha256:abc', "- at '/global/image/digest': 'sha256:abc' does not match pattern"],
    ['points.env', { lower: 1 }, "'lower' does not match pattern"],
    ['gateway.subgraphs', [], "- at '/subgraphs': minItems: got 0, want 1"],
    ['points.service', 'pionts', "- at '/service': value must be one of"],
    [
      'points.api.resources.limits.memory',
      '1 GB',
      "- at '/api/resources/limits/memory': '1 GB' does not match pattern",
    ],
  ])('%s = %j', (path, value, line) => {
    expect(small(path, value)).toContain(line);
  });

  it('a subgraph without a name', () => {
    expect(render('subgraph', {}).error).toContain('service: say which service this is');
  });
});
