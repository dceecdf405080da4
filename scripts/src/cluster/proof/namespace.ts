import { UsageError } from '@atrium/testkit';
import { must, type Ran, run } from './command';
import { until } from './pods';

/** Only what bears it is taken away again: a namespace of somebody's own may have a release and its volumes in it. */
const OURS = 'atrium/proof';

export async function isOurs(name: string): Promise<boolean> {
  const found = await run('kubectl', ['get', 'namespace', name, '-o', `jsonpath={.metadata.labels.${OURS}}`]);
  return found.ok && found.out === 'true';
}

/** kubectl in one namespace. */
export interface Namespace {
  readonly namespace: string;
  kubectl(...args: string[]): Promise<string>;
  tryKubectl(args: string[], input?: string | Buffer): Promise<Ran>;
  get<T>(...args: string[]): Promise<T>;
  apply(...resources: object[]): Promise<void>;
  secret(name: string): Promise<Record<string, string>>;
}

export function inNamespace(namespace: string): Namespace {
  const there = ['-n', namespace];
  const here: Namespace = {
    namespace,
    kubectl: (...args) => must('kubectl', [...there, ...args]),
    tryKubectl: (args, input) => run('kubectl', [...there, ...args], input === undefined ? {} : { input }),
    get: async <T>(...args: string[]) => JSON.parse(await here.kubectl('get', ...args, '-o', 'json')) as T,
    async apply(...resources) {
      const input = resources.map((resource) => JSON.stringify(resource)).join('\n---\n');
      await must('kubectl', [...there, 'apply', '-f', '-'], { input });
    },
    async secret(of) {
      const { data } = await here.get<{ data: Record<string, string> }>('secret', of);
      return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
      );
    },
  };
  return here;
}

/** For a proof, with the strictest Pod Security level. One that a run before has left is gone on with. */
export async function makeNamespace(name: string, labels: readonly string[] = []): Promise<void> {
  const made = await run('kubectl', ['create', 'namespace', name]);
  if (!made.ok && !made.text.includes('AlreadyExists')) throw new UsageError(made.text.trim());
  if (!made.ok && !(await isOurs(name)))
    throw new UsageError(
      `There is a namespace ${name} that was not made for a proof, which deletes it in the end: name another one, or say that it may go: kubectl label namespace ${name} ${OURS}=true`,
    );
  // Enforced for pods; what makes pods is only warned of.
  const levels = ['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
  await must('kubectl', ['label', '--overwrite', 'namespace', name, `${OURS}=true`, ...levels, ...labels]);
  const account = ['get', 'serviceaccount', 'default', '-n', name];
  await until(`${name} has its account`, 60, async () => (await run('kubectl', account)).ok);
}

/** Everything in it, volumes too; one that is not ours stays. */
export async function removeNamespace(name: string): Promise<void> {
  if (await isOurs(name)) await must('kubectl', ['delete', 'namespace', name, '--timeout=5m']);
}
