// npm run test:manifests [-- --crds DIR] [--nats-chart DIR]: what the charts render and what is in k8s/, by a server-side dry run on the
// cluster of the current kubeconfig: admission, defaults and the schemas of operators' kinds that are installed there. Nothing is kept.
import { parseArgs } from 'node:util';
import { type Lent, lendDefinitions } from './cluster/definitions';
import { allManifests, inNamespace, type Manifest, type Rendered } from './cluster/manifests';
import { run } from './cluster/proof/command';
import { makeNamespace, removeNamespace } from './cluster/proof/namespace';
import { runCommand } from './command';
import { UsageError } from '@atrium/platform/operator';

const kubectl = (...args: string[]) => run('kubectl', args);
const NAMESPACE = 'atrium-manifests';
const OWN_GROUPS = /(^|\.)(k8s\.io|apps|batch|autoscaling|policy)$/;
const groupOf = ({ apiVersion }: Manifest) => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');
const isForeign = (one: Manifest) => groupOf(one) !== '' && !OWN_GROUPS.test(groupOf(one));
const nameOf = (one: Manifest) => `${one.kind}.${groupOf(one)}`;

async function installedKinds(): Promise<Set<string>> {
  const found = await kubectl(
    'get',
    'crd',
    '-o',
    'jsonpath={range .items[*]}{.spec.names.kind}.{.spec.group}{"\\n"}{end}',
  );
  if (!found.ok) throw new UsageError(`The cluster does not answer: ${found.text}`);
  return new Set(found.out.split('\n').filter((line) => line !== ''));
}

/** Undefined, or what the API server has against it. A warning counts: the level `restricted` warns of Deployments only. */
async function problem({ manifests }: Rendered): Promise<string | undefined> {
  const text = inNamespace(manifests, NAMESPACE);
  const args = ['apply', '-n', NAMESPACE, '--dry-run=server', '--validate=strict', '-f', '-'];
  const tried = await run('kubectl', args, { input: text });
  const said = tried.text.replaceAll(/^.*\(server dry run\)$\n?/gm, '').trim();
  return tried.ok && !/warning/i.test(said) ? undefined : said;
}

async function dryRun(all: Rendered[], installed: Set<string>): Promise<number> {
  let failed = 0;
  for (const { what, manifests } of all) {
    const checked = manifests.filter((one) => !isForeign(one) || installed.has(nameOf(one)));
    const found = checked.length === 0 ? undefined : await problem({ what, manifests: checked });
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
    (await kubectl('version', '-o', 'json')).out.split('serverVersion')[1] ?? '',
  );
  if (!version?.[1]) throw new UsageError('kubectl reaches no cluster: set KUBECONFIG.');
  const all = await allManifests(version[1], values['nats-chart']);
  let lent: Lent | undefined;
  try {
    if (values.crds !== undefined) lent = await lendDefinitions(values.crds);
    const installed = await installedKinds();
    const wanted = [...new Set(all.flatMap(({ manifests }) => manifests.filter(isForeign).map(nameOf)))].sort();
    const missing = wanted.filter((name) => !installed.has(name));
    console.log(
      `Kubernetes ${version[1]}. Schemas of operators' kinds found: ${wanted.filter((name) => installed.has(name)).join(', ') || 'none'}`,
    );
    console.log(`Not found, so not checked: ${missing.join(', ') || 'none'}`);
    if (values['nats-chart'] === undefined)
      console.log('NATS is not rendered: --nats-chart names the folder of its chart');
    await makeNamespace(NAMESPACE);
    const failed = await dryRun(all, installed);
    console.log(`${all.length - failed} of ${all.length} are taken by the API server`);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    await removeNamespace(NAMESPACE).finally(() => lent?.takeBack());
  }
});
