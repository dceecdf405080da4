import { UsageError } from '@atrium/testkit';
import { must, run } from './command';
import { until } from './pods';

/** Only what bears it is taken away again: a namespace of somebody's own may have a release and its volumes in it. */
const OURS = 'atrium/proof';

async function isOurs(name: string): Promise<boolean> {
  const found = await run('kubectl', ['get', 'namespace', name, '-o', `jsonpath={.metadata.labels.${OURS}}`]);
  return found.ok && found.out === 'true';
}

/** For a proof, with the strictest Pod Security level. One that a run before has left is gone on with. */
export async function makeNamespace(name: string): Promise<void> {
  const made = await run('kubectl', ['create', 'namespace', name]);
  if (!made.ok && !made.text.includes('AlreadyExists')) throw new UsageError(made.text.trim());
  if (!made.ok && !(await isOurs(name)))
    throw new UsageError(
      `There is a namespace ${name} that was not made for a proof, which deletes it in the end: name another one, or say that it may go: kubectl label namespace ${name} ${OURS}=true`,
    );
  // Enforced for pods; what makes pods is only warned of.
  const levels = ['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
  await must('kubectl', ['label', '--overwrite', 'namespace', name, `${OURS}=true`, ...levels]);
  const account = ['get', 'serviceaccount', 'default', '-n', name];
  await until(`${name} has its account`, 60, async () => (await run('kubectl', account)).ok);
}

/** Everything in it, volumes too; one that is not ours stays. */
export async function removeNamespace(name: string): Promise<void> {
  if (await isOurs(name)) await must('kubectl', ['delete', 'namespace', name, '--timeout=5m']);
}
