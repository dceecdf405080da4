// npm run test:manifests [-- --crds DIR] [--nats-chart DIR]: what the charts render and what is in k8s/, by a server-side dry run on the
// cluster of the current kubeconfig: admission, defaults and the schemas of operators' kinds that are installed there. Nothing is kept.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kubectl, kubectlWith } from './cluster/command-line';
import { allManifests, inNamespace, type Manifest, type Rendered } from './cluster/manifests';
import { runCommand } from './command';
import { UsageError } from '@atrium/testkit';

const NAMESPACE = 'atrium-manifests';
const OWN_GROUPS = /(^|\.)(k8s\.io|apps|batch|autoscaling|policy)$/;
const groupOf = ({ apiVersion }: Manifest) => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');
const isForeign = (one: Manifest) => groupOf(one) !== '' && !OWN_GROUPS.test(groupOf(one));
const nameOf = (one: Manifest) => `${one.kind}.${groupOf(one)}`;

function installedKinds(): Set<string> {
  const found = kubectl('get', 'crd', '-o', 'jsonpath={range .items[*]}{.spec.names.kind}.{.spec.group}{"\\n"}{end}');
  if (!found.ok) throw new UsageError(`The cluster does not answer: ${found.text}`);
  return new Set(found.stdout.split('\n').filter((line) => line !== ''));
}

/** Applies definitions that the cluster does not have; answers what takes them away again. */
function lendDefinitions(folder: string): () => void {
  const lent: string[] = [];
  for (const file of readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))) {
    const path = join(folder, file);
    if (kubectl('get', '-f', path).ok) continue;
    const made = kubectl('apply', '--server-side', '-f', path);
    if (!made.ok) throw new UsageError(`${path}: ${made.text}`);
    lent.push(path);
  }
  if (lent.length > 0) kubectl('wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all');
  return () => lent.forEach((path) => kubectl('delete', '-f', path));
}

/** Undefined, or what the API server has against it. A warning counts: the level `restricted` warns of Deployments only. */
function problem({ manifests }: Rendered): string | undefined {
  const text = inNamespace(manifests, NAMESPACE);
  const args = ['apply', '-n', NAMESPACE, '--dry-run=server', '--validate=strict', '-f', '-'];
  const tried = kubectlWith(text, ...args);
  const said = tried.text.replaceAll(/^.*\(server dry run\)$\n?/gm, '').trim();
  return tried.ok && !/warning/i.test(said) ? undefined : said;
}

function dryRun(all: Rendered[], installed: Set<string>): number {
  let failed = 0;
  for (const { what, manifests } of all) {
    const checked = manifests.filter((one) => !isForeign(one) || installed.has(nameOf(one)));
    const found = checked.length === 0 ? undefined : problem({ what, manifests: checked });
    const left = manifests.length - checked.length;
    const count = `${checked.length} resources${left > 0 ? `, ${left} not checked` : ''}`;
    console.log(
      `${found ? 'FAILED' : checked.length === 0 ? '-     ' : 'ok    '} ${what}: ${count}${found ? `\n${found}` : ''}`,
    );
    if (found) failed++;
  }
  return failed;
}

runCommand(async () => {
  const options = { crds: { type: 'string' }, 'nats-chart': { type: 'string' } } as const;
  const { values } = parseArgs({ options });
  const version = /"gitVersion": *"v([\d.]+)/.exec(
    kubectl('version', '-o', 'json').stdout.split('serverVersion')[1] ?? '',
  );
  if (!version?.[1]) throw new UsageError('kubectl reaches no cluster: set KUBECONFIG.');
  const all = allManifests(version[1], values['nats-chart']);
  const giveBack = values.crds === undefined ? () => undefined : lendDefinitions(values.crds);
  try {
    const installed = installedKinds();
    const wanted = [...new Set(all.flatMap(({ manifests }) => manifests.filter(isForeign).map(nameOf)))].sort();
    const missing = wanted.filter((name) => !installed.has(name));
    console.log(
      `Kubernetes ${version[1]}. Schemas of operators' kinds found: ${wanted.filter((name) => installed.has(name)).join(', ') || 'none'}`,
    );
    console.log(`Not found, so not checked: ${missing.join(', ') || 'none'}`);
    if (values['nats-chart'] === undefined)
      console.log('NATS is not rendered: --nats-chart names the folder of its chart');
    kubectl('create', 'namespace', NAMESPACE);
    kubectl(
      'label',
      '--overwrite',
      'namespace',
      NAMESPACE,
      'pod-security.kubernetes.io/enforce=restricted',
      'pod-security.kubernetes.io/warn=restricted',
    );
    const failed = dryRun(all, installed);
    console.log(`${all.length - failed} of ${all.length} are taken by the API server`);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
    giveBack();
  }
});
