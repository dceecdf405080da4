import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const ROOT = join(__dirname, '../../..');
export const CHARTS = join(ROOT, 'charts');
export const HELM = process.env['ATRIUM_HELM'] ?? 'helm';
const found = spawnSync(HELM, ['version', '--short'], { encoding: 'utf8' });

/** `describe`, where there is Helm. A check of a change must have it; elsewhere the tests are left out, and said to be. */
export const describeWithHelm = ((): jest.Describe => {
  if (found.status === 0) return describe;
  if (process.env['CI'] === 'true') throw new Error('helm is missing: the charts cannot be checked. See .ci/run');
  process.stderr.write('helm is not on PATH: the tests of the charts are left out. ATRIUM_HELM names it.\n');
  return describe.skip;
})();

export interface Resource {
  kind: string;
  apiVersion: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: any; // eslint-disable-line @typescript-eslint/no-explicit-any
  data?: Record<string, string>;
}

/** Renders a chart as `helm template` does, with no cluster. On a refusal, its text, without where in the charts it was said. */
export function render(
  chart: string,
  values: object,
  options: { files?: string[]; release?: string; kube?: string; namespace?: string } = {},
): { resources: Resource[]; text: string; error: string } {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-values-'));
  try {
    const own = join(folder, 'values.json');
    writeFileSync(own, JSON.stringify(values));
    const files = [...(options.files ?? []).map((file) => join(CHARTS, chart, file)), own];
    const args = ['template', options.release ?? 'a', join(CHARTS, chart), '--namespace', options.namespace ?? 'mall'];
    args.push('--kube-version', options.kube ?? '1.34.0', ...files.flatMap((file) => ['--values', file]));
    const { status, stdout, stderr } = spawnSync(HELM, args, { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 });
    const said = stderr.split('\n').filter((line) => !/symbolic link|^\s*$|^Use --debug/.test(line));
    if (status !== 0) return { resources: [], text: '', error: said.join('\n') };
    const documents = parseAllDocuments(stdout, { uniqueKeys: true });
    const broken = documents.flatMap(({ errors }) => errors);
    if (broken[0]) throw broken[0];
    const resources = documents.map((document) => document.toJSON() as Resource | null).filter((one) => one !== null);
    return { resources, text: stdout, error: '' };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What runs: pods of their own and those that Deployments, Jobs and the like make. */
export const podsOf = (resources: Resource[]) =>
  resources.flatMap(({ kind, metadata, spec }) => {
    const template = kind === 'CronJob' ? spec.jobTemplate.spec.template : spec?.template;
    if (kind === 'Pod') return [{ name: metadata.name, kind, spec, labels: metadata.labels ?? {} }];
    return template?.spec ? [{ name: metadata.name, kind, spec: template.spec, labels: template.metadata.labels }] : [];
  });

/** `a.b.0.c` -> { a: { b: [{ c }] } }, laid over `base`. */
export function withValue(base: object, path: string, value: unknown): object {
  const [key = '', ...rest] = path.split('.');
  const inner = (base as Record<string, object>)[key] ?? {};
  return { ...base, [key]: rest.length === 0 ? value : withValue(inner, rest.join('.'), value) };
}
