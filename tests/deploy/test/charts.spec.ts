import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '@atrium/contracts';
import { parse } from 'yaml';
import { CHARTS, describeWithHelm, podsOf, render, type Resource, withValue } from './helm';
import { HA, OTHER_VALUES } from './values';

const NAMES = ['subgraph', 'gateway', 'atrium'] as const;
const BASE = { subgraph: { service: 'points' }, gateway: {}, atrium: {} };
const valuesOf = (chart: string) => parse(readFileSync(join(CHARTS, chart, 'values.yaml'), 'utf8')) as object;

/** Paths of the values that can be set one by one. */
function leaves(values: object, path = ''): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const at = `${path}${key}`;
    const deeper =
      value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0;
    return deeper && !/(requests|limits)$/.test(at) ? leaves(value as object, `${at}.`) : [at];
  });
}

const POD_LABELS = ['component', 'instance', 'name', 'part-of'].map((name) => `app.kubernetes.io/${name}`);
const PROFILES = {
  small: () => render('atrium', {}, { files: ['values-small.yaml'] }),
  ha: () => render('atrium', HA, { files: ['values-ha.yaml'] }),
  'ha, at the peak': () => render('atrium', HA, { files: ['values-ha.yaml', 'values-peak.yaml'] }),
  'small, Kubernetes 1.29': () => render('atrium', {}, { files: ['values-small.yaml'], kube: '1.29.0' }),
};

describeWithHelm('each value', () => {
  describe.each(NAMES)('of %s', (chart) => {
    const others = OTHER_VALUES[chart];
    const base = BASE[chart];
    it('is in the table of tests', () => {
      const parts = Object.keys(valuesOf('atrium')).filter(
        (key) =>
          key !== 'global' && !(key in { postgres: 1, nats: 1, backup: 1, operations: 1, ledgerCheck: 1, keys: 1 }),
      );
      const documented = leaves(valuesOf(chart)).filter((path) =>
        chart === 'atrium'
          ? !(path.startsWith('global.') && path in OTHER_VALUES.subgraph) &&
            !parts.some((part) => path.startsWith(`${part}.`) && !path.endsWith('.enabled'))
          : path !== 'enabled' &&
            !(path in OTHER_VALUES.atrium) &&
            !(chart === 'gateway' && path.startsWith('global.')),
      );
      expect(documented.filter((path) => !(path in others))).toEqual([]);
    });

    it.each(Object.entries(others))('%s is seen in what is rendered', (path, [other, ...withs]) => {
      const around = withs.reduce((values, [at, value]) => withValue(values, at, value), base as object);
      const usual = render(chart, around);
      const changed = render(chart, withValue(around, path, other));
      expect(changed.error).toBe('');
      expect(changed.text === usual.text).toBe(false);
    });
  });

  it('that all parts share has the same default in each chart', () => {
    const [subgraph, gateway, atrium] = NAMES.map((chart) => (valuesOf(chart) as { global: object }).global);
    expect(gateway).toEqual(subgraph);
    expect(atrium).toEqual(subgraph);
  });
});

describeWithHelm('variables of a pod', () => {
  it("are text as they were written, a part's own before those of both", () => {
    const env = { LARGE: 1_048_576, HALF: 0.5, FLAG: true, TEXT: 'both' };
    const { resources } = render('subgraph', { service: 'points', env, api: { env: { FLAG: false, TEXT: '' } } });
    const of = (name: string) => {
      const pod = podsOf(resources).find((one) => one.name === name);
      const variables = pod?.spec.containers[0].env as { name: string; value?: string }[];
      return Object.fromEntries(variables.filter(({ name: key }) => key in env).map((one) => [one.name, one.value]));
    };
    expect(of('a-points-worker')).toEqual({ LARGE: '1048576', HALF: '0.5', FLAG: 'true', TEXT: 'both' });
    expect(of('a-points')).toEqual({ LARGE: '1048576', HALF: '0.5', FLAG: 'false', TEXT: '' });
  });
});

/** Of Kubernetes 1.29, stable; and of operators (k8s/versions.yaml). */
const APIS = [
  'apps/v1',
  'autoscaling/v2',
  'batch/v1',
  'external-secrets.io/v1',
  'keda.sh/v1alpha1',
  'monitoring.coreos.com/v1',
  'networking.k8s.io/v1',
  'policy/v1',
  'rbac.authorization.k8s.io/v1',
  'v1',
];

describeWithHelm('Kubernetes 1.29', () => {
  it.each([
    ['small', ['values-small.yaml']],
    ['ha with every option on', ['values-ha.yaml', 'ci/everything.yaml']],
  ])('has every API that profile %s asks for, and an older one is refused', (_, files) => {
    const { resources, error } = render('atrium', {}, { files, kube: '1.29.0' });
    expect(error).toBe('');
    const asked = new Set(resources.map(({ apiVersion }) => apiVersion));
    expect([...asked].filter((api) => !APIS.includes(api))).toEqual([]);
    expect(render('atrium', {}, { files, kube: '1.28.9' }).error).toContain('requires kubeVersion: >=1.29.0');
  });
});

describeWithHelm.each(Object.entries(PROFILES))('profile %s', (name, make) => {
  let resources: Resource[];
  beforeAll(() => {
    const made = make();
    expect(made.error).toBe('');
    resources = made.resources;
  });
  const of = (kind: string) => resources.filter((one) => one.kind === kind);

  it('has what each subgraph and the gateway need', () => {
    const names = (kind: string) => of(kind).map(({ metadata }) => metadata.name);
    for (const service of SERVICES) {
      expect(names('Deployment')).toEqual(expect.arrayContaining([`a-${service}`, `a-${service}-worker`]));
      for (const kind of ['Service', 'PodDisruptionBudget', 'NetworkPolicy'])
        expect(names(kind)).toEqual(expect.arrayContaining([`a-${service}`, `a-${service}-worker`]));
      expect(names('Job')).toContainEqual(expect.stringMatching(new RegExp(`^a-${service}-migrate-1-[0-9a-f]{8}$`)));
    }
    expect(names('Deployment')).toContain('a-gateway');
    expect(of('StatefulSet')).toHaveLength(name.startsWith('small') ? 2 : 0);
    expect(of('HorizontalPodAutoscaler')).toHaveLength(name.startsWith('small') ? 0 : 9);
    const all = resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(all).toHaveLength(new Set(all).size);
  });

  it('runs every container under the restricted level, without a token of the API server', () => {
    for (const pod of podsOf(resources)) {
      expect(pod.spec.automountServiceAccountToken).toBe(pod.labels['app.kubernetes.io/name'] === 'keys');
      expect(pod.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const container of [
        ...((pod.spec.initContainers ?? []) as typeof pod.spec.containers),
        ...pod.spec.containers,
      ]) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.resources).toMatchObject({
          requests: { cpu: expect.anything() },
          limits: { memory: expect.anything() },
        });
      }
    }
  });

  it('asks the database and NATS for readiness only', () => {
    for (const { kind, spec } of podsOf(resources).filter(
      (pod) => pod.kind === 'Deployment' && !pod.name.endsWith('-operations'),
    )) {
      const [{ livenessProbe, startupProbe, readinessProbe }] = spec.containers;
      expect([kind, livenessProbe.httpGet.path, startupProbe.httpGet.path, readinessProbe.httpGet.path]).toEqual([
        'Deployment',
        '/livez',
        '/livez',
        '/readyz',
      ]);
    }
  });

  it('gives pods that wait for their migration as long as they wait', () => {
    const deployments = of('Deployment').filter(({ metadata }) =>
      /^a-(points|coupon|tier)(-worker)?$/.test(metadata.name),
    );
    expect(deployments).toHaveLength(6);
    for (const { spec } of deployments) {
      const [{ startupProbe }] = spec.template.spec.containers;
      expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThan(600);
    }
  });

  it('denies by default: each pod has its policy, for both ways', () => {
    const policies = of('NetworkPolicy').map(({ spec }) => spec);
    for (const { labels, name: pod } of podsOf(resources)) {
      const own = policies.filter(({ podSelector }) =>
        Object.entries(podSelector.matchLabels as object).every(([key, value]) => labels[key] === value),
      );
      expect([pod, own.length]).toEqual([pod, 2]);
      for (const { policyTypes } of own) expect(policyTypes).toEqual(['Ingress', 'Egress']);
    }
  });

  it('selects by labels that no upgrade changes', () => {
    for (const { spec, kind } of [...of('Deployment'), ...of('StatefulSet')]) {
      expect([kind, Object.keys(spec.selector.matchLabels as object)]).toEqual([
        kind,
        ['app.kubernetes.io/name', 'app.kubernetes.io/instance', 'app.kubernetes.io/component'],
      ]);
    }
  });

  it('marks pods with nothing that changes with the version of a chart: an upgrade restarts what it changes', () => {
    for (const { kind, labels, name: pod } of podsOf(resources))
      if (kind !== 'Pod') expect([pod, Object.keys(labels).sort()]).toEqual([pod, POD_LABELS]);
  });

  it('has no Secret in it, and no hook but tests', () => {
    expect(of('Secret')).toEqual([]);
    for (const { kind, metadata } of resources) {
      const hook = metadata.annotations?.['helm.sh/hook'];
      if (hook !== undefined) expect([kind, hook]).toEqual(['Pod', 'test']);
    }
  });

  it("gives the owner's login to the migration alone", () => {
    for (const { name: pod, labels, spec } of podsOf(resources)) {
      const owner = JSON.stringify(spec).includes('MIGRATION_DATABASE_URL');
      expect([pod, owner]).toEqual([pod, labels['app.kubernetes.io/component'] === 'migrate']);
    }
  });

  it('has no volume that nobody uses from the first day: `helm --wait` would wait for it', () => {
    const used = of('StatefulSet').flatMap(({ spec }) =>
      (spec.template.spec.volumes as { persistentVolumeClaim?: { claimName: string } }[]).map(
        ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName,
      ),
    );
    for (const { metadata } of of('PersistentVolumeClaim')) expect(used).toContain(metadata.name);
  });

  it('is the same when it is rendered again', () => {
    expect(make().resources).toEqual(resources);
  });
});
