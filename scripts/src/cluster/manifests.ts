// Everything that is rendered or applied as it is, by name, as documents of YAML.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, UsageError } from '@atrium/platform/operator';
import { parse, parseAllDocuments } from 'yaml';
import { run } from './proof/command';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}
export interface Rendered {
  what: string;
  manifests: Manifest[];
}
interface Element {
  site: string;
  profile: string;
  more: string[];
}

const CHART = join(ROOT, 'charts', 'atrium');
const K8S = join(ROOT, 'k8s');

// As kubectl and Helm read it: in YAML 1.1, 0555 is octal.
export const parsed = (text: string): Manifest[] =>
  parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
    const one = document.toJSON() as Manifest | null;
    return one?.apiVersion && one.kind && one.metadata ? [one] : [];
  });

/** Values of a chart of our own are named from its folder, those of others from the root. */
async function rendered(what: string, chart: string, files: string[], kube: string): Promise<Rendered> {
  const values = files.flatMap((file) => ['--values', join(chart === CHART ? CHART : ROOT, file)]);
  const made = await run(process.env['ATRIUM_HELM'] ?? 'helm', [
    'template',
    'atrium',
    chart,
    '--kube-version',
    kube,
    ...values,
  ]);
  if (!made.ok) throw new UsageError(`${what}: ${made.text}`);
  return { what, manifests: parsed(made.out) };
}

function sites(): [string, string[]][] {
  const path = join(K8S, 'argocd', 'applicationset.yaml');
  const set = parse(readFileSync(path, 'utf8')) as { spec: { generators: [{ list: { elements: Element[] } }] } };
  return set.spec.generators[0].list.elements.map(({ site, profile, more }) => [
    `site ${site}`,
    [`values-${profile}.yaml`, `../../k8s/sites/${site}.yaml`, ...more.map((file) => `../../k8s/${file}`)],
  ]);
}

/** Files of k8s/ that are applied with kubectl; values and lists of our own are not. */
function applied(): Rendered[] {
  return readdirSync(K8S, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .sort()
    .map((path) => ({ what: `k8s/${path}`, manifests: parsed(readFileSync(join(K8S, path), 'utf8')) }))
    .filter(({ manifests }) => manifests.length > 0);
}

/** @param natsChart folder of the official chart of NATS, where there is one */
export async function allManifests(kube: string, natsChart?: string): Promise<Rendered[]> {
  const profiles: [string, string[]][] = [
    ['profile small', ['values-small.yaml']],
    ['profile ha, every option on', ['values-ha.yaml', 'ci/everything.yaml']],
    ...sites(),
  ];
  const charts = await Promise.all(profiles.map(([what, files]) => rendered(what, CHART, files, kube)));
  if (natsChart === undefined) return [...charts, ...applied()];
  if (!existsSync(join(natsChart, 'Chart.yaml'))) throw new UsageError(`${natsChart} is no chart`);
  const nats = await rendered(
    'NATS by its official chart',
    natsChart,
    ['k8s/nats/values.yaml', 'k8s/nats/logins.yaml'],
    kube,
  );
  return [...charts, ...applied(), nats];
}

/** In one namespace instead of their own, which need not be there for a dry run. */
export const inNamespace = (manifests: Manifest[], namespace: string): string =>
  manifests
    .map((one) =>
      JSON.stringify({
        ...one,
        metadata: { ...one.metadata, ...(one.metadata.namespace === undefined ? {} : { namespace }) },
      }),
    )
    .join('\n---\n');
