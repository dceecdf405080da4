import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHARTS, describeWithHelm, render, ROOT } from './helm';
import { HA } from './values';

const folder = join(CHARTS, 'atrium');
const alerts = readdirSync(join(folder, 'alerts'));
const dashboards = readdirSync(join(folder, 'dashboards'));
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');

/** Names in the source that a metric's name ends with: the gateway puts its prefix before them. */
const sources = ['packages/platform/src', 'gateway/src/observe']
  .flatMap((at) =>
    readdirSync(join(ROOT, at), { recursive: true, encoding: 'utf8' }).map((file) => join(ROOT, at, file)),
  )
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');
const unknownMetrics = (text: string) =>
  [...text.matchAll(/\batrium_[a-z_]+/g)]
    .map(([name]) => name.replace(/_(bucket|count|sum)$/, ''))
    .filter(
      (name) =>
        !['', 'gateway_', 'gateway_subgraph_'].some((prefix) =>
          sources.includes(`'${name.replace(`atrium_${prefix}`, '')}'`),
        ) && !sources.includes(name),
    );

describe('an alert', () => {
  it.each(alerts)('%s is one, has a runbook, and asks for what is measured', (file) => {
    const alert = parse(read('alerts', file)) as { alert: string; expr: string; annotations: Record<string, string> };
    expect(alert).toMatchObject({
      alert: expect.stringMatching(/^Atrium[A-Z]/),
      for: expect.stringMatching(/^\d+[mh]$/),
      labels: { severity: expect.stringMatching(/^(critical|warning)$/) },
      annotations: { summary: expect.any(String), runbook: expect.any(String) },
    });
    expect(existsSync(join(ROOT, 'docs/runbooks', `${alert.annotations['runbook']}.md`))).toBe(true);
    expect(alert.expr).toContain('namespace="NAMESPACE"');
    expect(alert.expr.match(/\w+(?=\{)/g)?.length).toBe(alert.expr.match(/namespace="NAMESPACE"/g)?.length);
    expect(unknownMetrics(alert.expr)).toEqual([]);
  });
});

describe('the alert on tills', () => {
  it('names operations as frontends ask them', () => {
    const names = /name=~"([^"]+)"/.exec(read('alerts', 'till-slow.yaml'))?.[1]?.split('|') ?? [];
    const asked = readFileSync(join(ROOT, 'tests/load/k6/operations.ts'), 'utf8');
    expect(names.length).toBeGreaterThan(1);
    expect(names.filter((name) => !asked.includes(`mutation ${name}(`))).toEqual([]);
  });
});

describe('a dashboard', () => {
  it.each(dashboards)('%s asks for what is measured', (file) => {
    const board = JSON.parse(read('dashboards', file)) as { panels: { targets: { expr: string }[] }[] };
    const asked = board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.flatMap(unknownMetrics)).toEqual([]);
  });
});

describeWithHelm('monitoring in profile ha', () => {
  it('has a rule for each alert, in its own namespace, with the address of its runbook, and each dashboard', () => {
    const { resources } = render('atrium', HA, { files: ['values-ha.yaml'] });
    const rules = resources
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap(({ spec }) => spec.groups[0].rules as { expr: string; annotations: object }[]);
    expect(rules).toHaveLength(alerts.length);
    for (const { expr, annotations } of rules) {
      expect(expr).toContain('namespace="mall"');
      expect(annotations).toEqual({
        summary: expect.any(String),
        runbook_url: expect.stringMatching(/^docs\/runbooks\/[a-z-]+\.md$/),
      });
    }
    const boards = resources.filter(({ metadata }) => metadata.labels?.['grafana_dashboard'] === '1');
    expect(boards.map(({ data }) => Object.keys(data ?? {})[0]).sort()).toEqual(dashboards.sort());
    expect(resources.filter(({ kind }) => kind === 'ServiceMonitor')).toHaveLength(13);
  });
});
