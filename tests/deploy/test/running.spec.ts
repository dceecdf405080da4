import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CHARTS, describeWithHelm, HELM, podsOf, render, type Resource, withValue } from './helm';
import { HA } from './values';

const PROFILES: [name: string, files: string[], values: object][] = [
  ['small', ['values-small.yaml'], {}],
  ['site', ['values-site.yaml', '../../k8s/sites/riverside.yaml'], {}],
  ['ha', ['values-ha.yaml'], { ...HA, operations: { secret: 'operator' } }],
  ['ha, at the peak', ['values-ha.yaml', 'values-peak.yaml'], HA],
  ['the hub, with KEDA', ['values-ha.yaml', '../../k8s/sites/hub.yaml', '../../k8s/peak/hub.yaml'], {}],
];
const POOL = {
  priorityClassName: 'high',
  nodeSelector: { pool: 'atrium' },
  tolerations: [{ key: 'atrium', operator: 'Exists' }],
};
const made = (files: string[], values: object): Resource[] => {
  const { resources, error } = render('atrium', values, { files });
  expect(error).toBe('');
  return resources;
};
const millicores = (cpu: string | number) => (String(cpu).endsWith('m') ? parseFloat(String(cpu)) : Number(cpu) * 1000);

describeWithHelm.each(PROFILES)('profile %s', (_, files, values) => {
  it('is taken by `helm lint`', () => {
    const all = [...files.map((file) => join(CHARTS, 'atrium', file)), '-'].flatMap((file) => ['--values', file]);
    const args = ['lint', '--strict', join(CHARTS, 'atrium'), '--kube-version', '1.34.0', ...all];
    const { status, stdout } = spawnSync(HELM, args, { encoding: 'utf8', input: JSON.stringify(values) });
    expect([status, stdout]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
  });

  it('runs every pod where all of the release is to run, and a part where that part is', () => {
    const pods = podsOf(
      made(files, withValue(withValue(values, 'global.scheduling', POOL), 'gateway.nodeSelector', { pool: 'edge' })),
    );
    expect(pods.length).toBeGreaterThan(7);
    for (const { name, kind, spec, labels } of pods) {
      const pool = labels['app.kubernetes.io/name'] === 'gateway' ? 'edge' : 'atrium';
      expect([kind, name, spec]).toMatchObject([kind, name, { ...POOL, nodeSelector: { pool } }]);
    }
  });

  it('brings another pod for work, not for being asked at all', () => {
    const resources = made(files, values);
    for (const { kind, metadata, spec } of resources) {
      if (kind !== 'HorizontalPodAutoscaler' && kind !== 'ScaledObject') continue;
      const percent = Number(
        kind === 'ScaledObject'
          ? spec.triggers.find(({ type }: { type: string }) => type === 'cpu').metadata.value
          : spec.metrics[0].resource.target.averageUtilization,
      );
      const [container] = podsOf(resources).find(({ name }) => name === metadata.name)?.spec.containers;
      const at = (millicores(container.resources.requests.cpu) * percent) / 100;
      expect([metadata.name, at >= 150]).toEqual([metadata.name, true]);
    }
  });

  it('lets KEDA take over from an HPA: Helm deletes that last', () => {
    for (const { metadata } of made(files, values).filter(({ kind }) => kind === 'HorizontalPodAutoscaler'))
      expect([metadata.name, metadata.annotations]).toEqual([
        metadata.name,
        { 'validations.keda.sh/hpa-ownership': 'false' },
      ]);
  });
});

describeWithHelm('a migration', () => {
  const jobs = (files: string[], values: object) =>
    made(files, values).filter(({ kind, metadata }) => kind === 'Job' && metadata.name.includes('-migrate-'));
  /** As the kubelet spaces them: ten seconds, then twice as long each time, up to five minutes. */
  const lasting = (tries: number) =>
    Array.from({ length: tries }, (_, at) => Math.min(10 * 2 ** at, 300)).reduce((sum, wait) => sum + wait, 0);

  it('is tried for longer than PostgreSQL waits for the backup that it begins with, and to its deadline', () => {
    const found = jobs(['values-small.yaml'], { backup: { restore: '20260301T030000Z' } });
    expect(found).toHaveLength(6);
    // databases.sh waits for an hour, then it restores.
    for (const { spec } of found) {
      expect(spec.activeDeadlineSeconds).toBeGreaterThan(2 * 3600);
      expect(lasting(spec.backoffLimit as number)).toBeGreaterThan(spec.activeDeadlineSeconds as number);
    }
  });

  it('has the deadline that it is given where databases are outside', () => {
    for (const { spec } of jobs(['values-ha.yaml'], withValue(HA, 'points.migration.deadline', 1200))) {
      expect([600, 1200]).toContain(spec.activeDeadlineSeconds);
      expect(lasting(spec.backoffLimit as number)).toBeGreaterThan(spec.activeDeadlineSeconds as number);
    }
  });
});

describeWithHelm('the way in', () => {
  const paths = (values: object) =>
    made(['values-ha.yaml'], {
      ...HA,
      gateway: { ...HA.gateway, ingress: { enabled: true, host: 'graph.example' }, ...values },
    })
      .filter(({ kind }) => kind === 'Ingress')
      .flatMap(({ spec }) => spec.rules[0].http.paths as { path: string; pathType: string }[])
      .map(({ path, pathType }) => [path, pathType]);

  it('leads to the graph alone: metrics and probes are for the cluster', () => {
    expect(paths({})).toEqual([['/graphql', 'Exact']]);
    expect(paths({ graphiql: true })).toEqual([
      ['/graphql', 'Exact'],
      ['/', 'Exact'],
      ['/graphiql', 'Prefix'],
    ]);
  });
});
