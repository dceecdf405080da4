import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHARTS, describeWithHelm, podsOf, render, type Resource, withValue } from './helm';
import { HA } from './values';

const NAME = 'a-ledger-check';
const small = (values: object = {}) => render('atrium', values, { files: ['values-small.yaml'] });
const ha = (values: object = HA) => render('atrium', values, { files: ['values-ha.yaml'] });
const named = (resources: Resource[], kind: string) =>
  resources.find((one) => one.kind === kind && one.metadata.name === NAME);

describeWithHelm('the ledger check at night', () => {
  it.each([
    ['small', () => small(), 'a-operator'],
    ['ha, with a Secret for operators', () => ha(withValue(HA, 'operations.secret', 'theirs')), 'theirs'],
  ])('in profile %s has logins of the six databases and nothing else, and reaches nothing else', (_, make, secret) => {
    const made = make();
    expect(made.error).toBe('');
    const job = named(made.resources, 'CronJob')?.spec.jobTemplate.spec;
    expect(job).toMatchObject({ backoffLimit: 2, activeDeadlineSeconds: 7200 });
    const pod = podsOf(made.resources).find(({ name }) => name === NAME);
    expect(pod?.spec.restartPolicy).toBe('Never');
    const [container] = pod?.spec.containers as [{ args: string[]; env: { name: string; valueFrom?: object }[] }];
    // The image's own command: `check-ledger` is one of those that scripts/image-tree.mjs puts in.
    expect(container.args).toEqual(['check-ledger', '--may-be-empty']);
    const given = container.env.filter(({ valueFrom }) => valueFrom !== undefined);
    expect(given).toEqual([
      { name: 'CHECK_DATABASE_URLS', valueFrom: { secretKeyRef: { name: secret, key: 'CHECK_DATABASE_URLS' } } },
    ]);
    const policy = named(made.resources, 'NetworkPolicy');
    const ports = (policy?.spec.egress as { ports: { port: number }[] }[]).flatMap((one) =>
      one.ports.map(({ port }) => port),
    );
    expect([...new Set(ports)]).toEqual([53, 5432]);
    expect(policy?.spec.ingress).toBeUndefined();
  });

  it('is let in by the PostgreSQL of the release', () => {
    const { resources } = small();
    const label = podsOf(resources).find(({ name }) => name === NAME)?.labels['app.kubernetes.io/component'];
    const policy = resources.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'a-postgres');
    expect(policy?.spec.ingress[0].from[0].podSelector.matchExpressions[0].values).toContain(label);
  });

  it.each([
    ['in ha without a Secret', () => ha()],
    ['switched off', () => small({ ledgerCheck: { enabled: false } })],
    [
      'in a release without one of the services',
      () => small({ tier: { enabled: false }, gateway: { enabled: false } }),
    ],
  ])('is not there %s', (_, make) => {
    const { resources, error } = make();
    expect(error).toBe('');
    for (const kind of ['CronJob', 'NetworkPolicy']) expect(named(resources, kind)).toBeUndefined();
  });

  it('has an alert for the names of its Jobs', () => {
    const { expr } = parse(readFileSync(join(CHARTS, 'atrium/alerts/ledger-check.yaml'), 'utf8')) as { expr: string };
    const pattern = /job_name=~"([^"]+)"/.exec(expr)?.[1] ?? '';
    expect(`${NAME}-29384470`).toMatch(new RegExp(`^${pattern}$`));
    expect('a-backup-29384470').not.toMatch(new RegExp(`^${pattern}$`));
  });
});
