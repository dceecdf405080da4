import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '@atrium/contracts';
import { describeWithHelm, podsOf, render, type Resource, ROOT } from './helm';
import {
  applicationSet,
  documents,
  isPeer,
  MANIFESTS,
  type Peer,
  SITES,
  text,
  valueFiles,
  yaml,
  yamlFiles,
} from './platform';

interface Versions {
  programs: { name: string; version: string; least: string; where: string }[];
  charts: { name: string; namespace: string; kinds: string[]; values?: string[] }[];
}
const versions = yaml<Versions>('versions.yaml');
const namespaces = documents('namespaces.yaml');
const labelsOf = (name: string) => namespaces.find(({ metadata }) => metadata.name === name)?.metadata.labels ?? {};
const numbers = (version: string) => version.replace(/^v/, '').split('.').map(Number);
const isBelow = (version: string, least: string) => {
  const [have, want] = [numbers(version), numbers(least)];
  const at = want.findIndex((number, index) => (have[index] ?? 0) !== number);
  return at >= 0 && (have[at] ?? 0) < (want[at] ?? 0);
};

describe('what is not ours', () => {
  it('has a version, a place and a reason, and nothing known to be unsafe', () => {
    expect(versions.charts.map(({ name }) => name)).toContain('cloudnative-pg');
    for (const chart of versions.charts)
      expect(chart).toMatchObject({
        repository: expect.stringMatching(/^https:\/\//),
        version: expect.stringMatching(/^v?\d+\.\d+\.\d+$/),
        why: expect.any(String),
        needed: expect.any(String),
      });
    for (const { name, version, least } of versions.programs)
      expect([name, isBelow(version, least)]).toEqual([name, false]);
    expect(isBelow('2.14.2', '2.14.6')).toBe(true);
  });

  it('is NATS and PostgreSQL of that version, by its chart and in a release that brings its own', () => {
    const wanted = (program: string) => versions.programs.find(({ name }) => name === program)?.version ?? '';
    const { container } = yaml<{ container: { image: { tag: string } } }>('nats/values.yaml');
    const own = yaml<Record<'nats' | 'postgres', { image: string }>>('../charts/atrium/values.yaml');
    expect(own.nats.image).toBe(`nats:${container.image.tag}`);
    expect(container.image.tag.split('-')[0]).toBe(wanted('nats-server'));
    // PostgreSQL has two numbers, not three.
    expect(`${/^postgres:([0-9.]+)-[a-z]+$/.exec(own.postgres.image)?.[1]}.0`).toBe(wanted('postgresql'));
  });

  it('lives in namespaces that are there, each with a Pod Security level', () => {
    for (const { metadata } of namespaces)
      expect(metadata.labels).toMatchObject({
        'pod-security.kubernetes.io/enforce': expect.stringMatching(/^(restricted|baseline|privileged)$/),
      });
    const used = [
      ...versions.charts.map(({ namespace }) => namespace),
      ...MANIFESTS.flatMap((path) => documents(path).map((one) => (one.metadata as { namespace?: string }).namespace)),
    ].filter((name) => name !== undefined && name !== 'kube-system');
    const known = namespaces.map(({ metadata }) => metadata.name);
    expect(used.filter((name) => !known.includes(name ?? ''))).toEqual([]);
    for (const name of ['atrium', 'nats', 'postgres'])
      expect(labelsOf(name)['pod-security.kubernetes.io/enforce']).toBe('restricted');
  });

  it('is what Prometheus looks for, by the label that the sites put on theirs', () => {
    const { global } = yaml<{ global: { monitoring: { labels: Record<string, string>; runbooks: string } } }>(
      'sites/hub.yaml',
    );
    const watched = MANIFESTS.flatMap(documents).filter(({ apiVersion }) => apiVersion.startsWith('monitoring.'));
    expect(watched.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['PodMonitor', 'PrometheusRule']));
    for (const { metadata } of watched) expect(metadata.labels).toMatchObject(global.monitoring.labels);
    const rules = watched
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap(({ spec, metadata: { name } }) =>
        (spec.groups[0].rules as { alert: string; annotations: Record<string, string> }[]).map((rule) => ({
          ...rule,
          name,
        })),
      );
    expect(rules.length).toBeGreaterThan(3);
    for (const { name, alert, annotations } of rules) {
      const [address, page] = (annotations['runbook_url'] ?? '').split(/\/(?=[^/]+$)/);
      expect([name, alert, address]).toEqual([name, alert, global.monitoring.runbooks]);
      expect([alert, existsSync(join(ROOT, 'docs/runbooks', page ?? ''))]).toEqual([alert, true]);
    }
    const nats = yaml<{ promExporter: { podMonitor: { merge: { metadata: { labels: object } } } } }>(
      'nats/values.yaml',
    );
    expect(nats.promExporter.podMonitor.merge.metadata.labels).toMatchObject(global.monitoring.labels);
  });

  it('backs every PostgreSQL up each night, one that was restored too', () => {
    const of = (wanted: string) =>
      MANIFESTS.filter((path) => path.startsWith('postgres/'))
        .flatMap(documents)
        .filter(({ kind }) => kind === wanted);
    expect(of('Cluster').map(({ metadata }) => metadata.name)).toEqual(['points', 'points-restored']);
    expect(of('ScheduledBackup').map(({ spec }) => spec.cluster.name as string)).toEqual(['points', 'points-restored']);
    for (const { spec } of of('Cluster')) {
      const [{ name, isWALArchiver }] = spec.plugins as [{ name: string; isWALArchiver: boolean }];
      expect(isWALArchiver).toBe(true);
      for (const backup of of('ScheduledBackup')) expect(backup.spec.pluginConfiguration).toEqual({ name });
    }
  });

  it('is in files that are clean YAML, without a secret in them', () => {
    expect(yamlFiles.length).toBeGreaterThan(8);
    for (const path of yamlFiles) {
      expect([path, documents(path).filter(({ kind }) => kind === 'Secret')]).toEqual([path, []]);
      expect([path, /PRIVATE KEY|password: *(?!'\{\{ )[^<\s$]/i.test(text(path))]).toEqual([path, false]);
    }
  });
});

describe("the operator's Secret of the hub", () => {
  const [external] = documents('secrets/operator.yaml');
  const hub = yaml<{ operations: { secret: string } }>('sites/hub.yaml');

  it('is the one that its pod looks for, where it looks', () => {
    const site = SITES.find((one) => one.site === 'hub');
    expect([external?.metadata.name, (external?.metadata as { namespace?: string }).namespace]).toEqual([
      hub.operations.secret,
      site?.namespace,
    ]);
  });

  it('has a login of each database, from entries that the store is said to have, and one of NATS', () => {
    const { data, target } = external?.spec as {
      data: { secretKey: string; remoteRef: { key: string; property: string } }[];
      target: { name: string; template: { data: Record<string, string> } };
    };
    const described = text('secrets/store.yaml').split('\n');
    const entries = data.map(({ secretKey, remoteRef: { key, property } }) => {
      const named = key.replace(/\/(member|points|coupon|tier|merchant-settlement|messaging)-/, '/<service>-');
      expect([key, described.some((line) => line.includes(`${named} `) && line.includes(property))]).toEqual([
        key,
        true,
      ]);
      return [secretKey, `${key}.${property}`] as const;
    });
    // As External Secrets fills the template in.
    const filled = (template: string) =>
      entries.reduce(
        (made, [name, entry]) =>
          made.replace(`{{ .${name} | toJson }}`, JSON.stringify(entry)).replace(`{{ .${name} }}`, entry),
        template,
      );
    const { CHECK_DATABASE_URLS: logins = '', ...nats } = target.template.data;
    expect(JSON.parse(filled(logins))).toEqual(
      Object.fromEntries(SERVICES.map((service) => [service, `atrium/${service}-app.DATABASE_URL`])),
    );
    expect(Object.fromEntries(Object.entries(nats).map(([key, value]) => [key, filled(value)]))).toEqual({
      NATS_USER: 'operator',
      NATS_PASSWORD: 'atrium/operator.NATS_PASSWORD',
    });
    expect(target.name).toBe(hub.operations.secret);
  });
});

describe('the sites', () => {
  const files = yamlFiles.filter((path) => path.startsWith('sites/')).map((path) => path.slice(6, -5));

  it('are each in the ApplicationSet, once, at a stage that is rolled out', () => {
    expect(SITES.map(({ site }) => site).sort()).toEqual(files);
    const steps = applicationSet.strategy.rollingSync.steps.map(({ matchExpressions }) => matchExpressions[0]?.values);
    expect(steps[0]).toEqual(['pilot']);
    for (const { site, stage } of SITES) expect([site, steps.flat().includes(stage)]).toEqual([site, true]);
    expect(applicationSet.templatePatch).toContain('values-{{ .profile }}.yaml');
    expect(applicationSet.templatePatch).toContain('../../k8s/sites/{{ .site }}.yaml');
  });

  describeWithHelm.each(SITES.map((site) => [site.site, site] as const))('%s', (_, site) => {
    let resources: Resource[];
    beforeAll(() => {
      const made = render('atrium', {}, { files: valueFiles(site), release: 'atrium', namespace: site.namespace });
      expect(made.error).toBe('');
      resources = made.resources;
    });

    it('has only kinds that Argo CD may make, in a namespace where it may', () => {
      const project = documents('argocd/project.yaml')[0]?.spec as {
        destinations: { namespace: string }[];
        namespaceResourceWhitelist: { group: string; kind: string }[];
      };
      const allowed = project.namespaceResourceWhitelist.map(({ group, kind }) => `${group}/${kind}`);
      const made = resources
        .filter(({ metadata }) => !metadata.annotations?.['helm.sh/hook'])
        .map(({ apiVersion, kind }) => `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${kind}`);
      expect(made.filter((kind) => !allowed.includes(kind))).toEqual([]);
      const matches = ({ namespace }: { namespace: string }) =>
        new RegExp(`^${namespace.replace('*', '.*')}$`).test(site.namespace);
      expect(project.destinations.some(matches)).toBe(true);
    });

    it('is let in by NATS and PostgreSQL where it goes out to them, and nowhere else', () => {
      if (site.profile !== 'ha') return;
      const [natsPeers, postgresPeers] = ['nats', 'postgres'].map((name) => {
        const policy = documents(`network/${name}.yaml`).find(({ metadata }) => metadata.name === name);
        return policy?.spec.ingress[0].from as Peer[];
      }) as [Peer[], Peer[]];
      const graph = labelsOf('atrium');
      for (const { name, kind, labels, spec } of podsOf(resources).filter((pod) => pod.kind !== 'Pod')) {
        const container = JSON.stringify(spec.containers);
        const database = container.includes('DATABASE_URL');
        expect([kind, name, isPeer(postgresPeers, labels, graph)]).toEqual([kind, name, database]);
        expect([kind, name, isPeer(natsPeers, labels, graph)]).toEqual([kind, name, kind === 'Deployment']);
      }
      expect(isPeer(natsPeers, { 'app.kubernetes.io/part-of': 'atrium' }, graph)).toBe(false);
    });

    it("lets each service out to its own database alone, and the operator's pod to all", () => {
      if (site.profile !== 'ha') return;
      const databasesOf = (from: readonly Resource[], name: string) => {
        const policy = from.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name);
        return (policy?.spec.egress as { to?: Peer[]; ports?: { port: unknown }[] }[])
          .filter(({ ports }) => ports?.some(({ port }) => port === 5432))
          .flatMap(({ to }) => to ?? [])
          .map(({ podSelector }) => podSelector?.matchLabels?.['cnpg.io/cluster']);
      };
      for (const service of SERVICES) expect(databasesOf(resources, `atrium-${service}`)).toEqual([service]);
      const values = { operations: { secret: 'operator' } };
      const made = render('atrium', values, { files: valueFiles(site), release: 'atrium', namespace: site.namespace });
      expect(made.error).toBe('');
      for (const name of ['atrium-operations', 'atrium-ledger-check'])
        expect([name, databasesOf(made.resources, name)]).toEqual([name, [...SERVICES]]);
    });

    it('lets `helm test` in to the gateway, whoever else may reach it', () => {
      const test = podsOf(resources).find(({ name }) => name === 'atrium-gateway-test');
      const policy = resources.find(
        ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'atrium-gateway',
      );
      const from = policy?.spec.ingress[0].from as Peer[] | undefined;
      // Peers of its own namespace have no namespaceSelector.
      const here = from?.map((peer) => ({ namespaceSelector: {}, ...peer }));
      expect(here === undefined || isPeer(here, test?.labels ?? {}, {})).toBe(true);
    });

    it('is watched: what it measures is asked for, and its alerts are there', () => {
      const kinds = resources.map(({ kind }) => kind);
      expect(kinds).toEqual(expect.arrayContaining(['ServiceMonitor', 'PrometheusRule']));
    });

    it('runs its Jobs as hooks of Argo CD: one that was cleared away is not missing', () => {
      const jobs = resources.filter(({ kind }) => kind === 'Job');
      expect(jobs.length).toBeGreaterThan(0);
      for (const { metadata } of jobs)
        expect([metadata.name, metadata.annotations?.['argocd.argoproj.io/hook']]).toEqual([metadata.name, 'Sync']);
    });

    it('takes Secrets from entries that the store is said to have', () => {
      const keys = resources
        .filter(({ kind }) => kind === 'ExternalSecret')
        .map(({ spec }) => spec.dataFrom[0].extract.key as string);
      const described = text('secrets/store.yaml');
      for (const key of keys)
        expect([
          key,
          described.includes(key.replace(/(member|points|coupon|tier|merchant-settlement|messaging)-/, '<service>-')),
        ]).toEqual([key, true]);
    });
  });
});

describeWithHelm('the peak of the hub', () => {
  it('opens no more connections than PostgreSQL takes, in a rollout too', () => {
    const hub = SITES.find(({ site }) => site === 'hub');
    const { resources } = render('atrium', {}, { files: hub ? valueFiles(hub) : [], release: 'atrium' });
    const cluster = documents('postgres/points.yaml').find(({ kind }) => kind === 'Cluster');
    // Three are kept for superusers; the migration and an operator's command take a few.
    const room = Number(cluster?.spec.postgresql.parameters.max_connections) - 10;
    for (const service of SERVICES) {
      const names = [`atrium-${service}`, `atrium-${service}-worker`];
      const pods = resources
        .filter(({ metadata }) => names.includes(metadata.name))
        .map(({ kind, spec }) =>
          kind === 'Deployment' ? (spec.replicas ?? 0) + 1 : (spec?.maxReplicaCount ?? spec?.maxReplicas ?? 0),
        )
        .reduce((sum: number, count: number) => sum + count, 0);
      const config = resources.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === names[0]);
      expect(pods).toBeGreaterThan(3);
      expect([service, pods * Number(config?.data?.['DATABASE_POOL']) <= room]).toEqual([service, true]);
    }
  });

  it('raises floors by the calendar, never above what may run, and scales by lag', () => {
    const hub = SITES.find(({ site }) => site === 'hub');
    const { resources, error } = render('atrium', {}, { files: hub ? valueFiles(hub) : [] });
    expect(error).toBe('');
    const scaled = resources.filter(({ kind }) => kind === 'ScaledObject');
    expect(scaled.length).toBeGreaterThan(4);
    for (const { metadata, spec } of scaled) {
      const floors = (spec.triggers as { type: string; metadata: { desiredReplicas: string } }[])
        .filter(({ type }) => type === 'cron')
        .map(({ metadata: { desiredReplicas } }) => Number(desiredReplicas));
      expect([metadata.name, floors.length > 0]).toEqual([metadata.name, true]);
      expect([metadata.name, Math.min(...floors) > spec.minReplicaCount]).toEqual([metadata.name, true]);
      expect([metadata.name, Math.max(...floors) <= spec.maxReplicaCount]).toEqual([metadata.name, true]);
      expect([metadata.name, JSON.stringify(spec.triggers).includes('atrium_consumer_pending')]).toEqual([
        metadata.name,
        metadata.name.endsWith('-worker'),
      ]);
    }
    const hpas = resources
      .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
      .map(({ metadata }) => metadata.name);
    expect(hpas.filter((name) => scaled.some(({ metadata }) => metadata.name === name))).toEqual([]);
  });
});
