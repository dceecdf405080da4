import { must, run } from '../command';
import type { Proof } from '../proof';
import { CHART } from '../release';

/** From nothing to a graph, by the commands of docs/how-to/kubernetes.md. */
export async function install({ report, release, image }: Proof): Promise<void> {
  const { namespace, name } = release;
  const there = ['-n', namespace];
  const values = release.values(image);
  if (await release.installed()) {
    report.note(`Release ${name} is there, kept by a run before: it is gone on with, and not installed from nothing.`);
    await report.check('the same release with what is proved now', () => release.bring(image));
    await report.check('helm test', () => test(name, there));
    return;
  }
  await report.check(`server-side dry run of profile ${release.ground.profile}, strict, restricted`, async () => {
    const rendered = await must('helm', ['template', name, CHART, ...there, ...values, '--kube-version', '1.34.0']);
    const { ok, text } = await release.tryKubectl(
      ['apply', '--dry-run=server', '--validate=strict', '-f', '-'],
      rendered,
    );
    if (!ok || text.includes('Warning')) throw new Error(text.replaceAll(/^.*\(server dry run\)\n/gm, ''));
  });
  await report.check('a Secret that is not there is told at once', async () => {
    const args = [
      'install',
      'other',
      CHART,
      ...there,
      ...values,
      '--set',
      'points.secrets.app=nowhere',
      '--dry-run=server',
    ];
    const { ok, text } = await run('helm', args);
    if (ok || !text.includes(`points: secrets.app: there is no Secret nowhere in namespace ${namespace}`))
      throw new Error(text);
  });
  await report.check(
    'helm install',
    async () => void (await must('helm', ['install', name, CHART, ...there, ...values])),
  );
  await report.check('until everything is available', async () => {
    const which = ['deployment', '-l', `app.kubernetes.io/instance=${name}`];
    await release.kubectl('wait', '--for=condition=Available', '--timeout=15m', ...which);
  });
  await report.check('helm test', () => test(name, there));
  // In production they come from a store, and the release has none of its own.
  if (release.ground.profile === 'ha') return;
  await report.check('an upgrade that changes nothing keeps every key', async () => {
    const keys = async () =>
      release.kubectl('get', 'secrets', '-l', 'app.kubernetes.io/part-of=atrium', '-o', 'jsonpath={.items[*].data}');
    const before = await keys();
    await release.bring(image);
    if (before === '' || (await keys()) !== before) throw new Error('Secrets have changed');
  });
}

async function test(name: string, there: string[]): Promise<void> {
  await must('helm', ['test', name, ...there, '--timeout', '5m']);
}
