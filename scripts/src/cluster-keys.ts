// atrium cluster-keys: the Secrets of a release for evaluation, made inside the cluster. What is there is left as it is; of those that
// list services, one that has been switched on since is added.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { UsageError } from '@atrium/platform/operator';
import { missingOf, releaseSecrets } from './cluster/release-secrets';
import { runCommand } from './command';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const TIMEOUT_MS = 10_000;

interface Secret {
  metadata?: { resourceVersion?: string };
  data?: Record<string, string>;
}

/** One call of the API server, as this pod's account. */
function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; answer: Secret & { message?: string } }> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (!host || !port) throw new UsageError('cluster-keys runs in a pod: there is no KUBERNETES_SERVICE_HOST here.');
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${readFileSync(`${ACCOUNT}/token`, 'utf8')}`,
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    };
    const ca = readFileSync(`${ACCOUNT}/ca.crt`);
    const asked = request({ host, port, path, method, headers, ca, timeout: TIMEOUT_MS }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        try {
          resolve({ status, answer: JSON.parse(text) as Secret });
        } catch {
          reject(new UsageError(`The API server at ${host}:${port} answered ${status}: ${text.slice(0, 200)}`));
        }
      });
    });
    asked.on('timeout', () =>
      asked.destroy(
        new UsageError(
          `The API server at ${host}:${port} does not answer. Are the ports of its endpoints in keys.apiServerPorts?`,
        ),
      ),
    );
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function readOptions(): { release: string; namespace: string; services: string[] } {
  const { values } = parseArgs({
    options: { release: { type: 'string' }, namespace: { type: 'string' }, services: { type: 'string' } },
  });
  const { release, namespace, services } = values;
  if (!release || !namespace || !services)
    throw new UsageError('cluster-keys --release NAME --namespace NAME --services A,B');
  return { release, namespace, services: services.split(',') };
}

runCommand(async () => {
  const { release, namespace, services } = readOptions();
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  const create = async (name: string, data: Record<string, string>): Promise<boolean> => {
    const labels = { 'app.kubernetes.io/part-of': 'atrium', 'app.kubernetes.io/instance': release };
    const { status, answer } = await call('POST', path, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, labels },
      stringData: data,
    });
    if (status !== 201 && status !== 409)
      throw new UsageError(`Secret ${name} cannot be made: ${answer.message ?? status}`);
    return status === 201;
  };
  const read = async (name: string): Promise<{ data: Record<string, string>; version: string | undefined }> => {
    const { status, answer } = await call('GET', `${path}/${name}`);
    if (status !== 200) throw new UsageError(`Secret ${name} cannot be read: ${answer.message ?? status}`);
    const data = Object.entries(answer.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]);
    return { data: Object.fromEntries(data) as Record<string, string>, version: answer.metadata?.resourceVersion };
  };
  /** Adds what is missing in a Secret that lists services; what it is told of by its answer. */
  const complete = async (name: string, wanted: Record<string, string>): Promise<string> => {
    const { data, version } = await read(name);
    const missing = missingOf(wanted, data);
    if (Object.keys(missing).length === 0) return 'is there';
    const change = { metadata: { resourceVersion: version }, stringData: missing };
    const { status, answer } = await call('PATCH', `${path}/${name}`, change);
    // 409: another revision's Job was here in between; this one is run again.
    if (status !== 200) throw new UsageError(`Secret ${name} cannot be completed: ${answer.message ?? status}`);
    return `added ${Object.keys(missing).join(', ')}`;
  };
  // The only random thing. All others follow from it, so that a second run, or one that goes on after a crash, agrees with the first.
  const root = `${release}-root`;
  await create(root, { seed: randomBytes(32).toString('base64') });
  const seed = Buffer.from((await read(root)).data['seed'] ?? '', 'base64');
  if (seed.length !== 32) throw new UsageError(`Secret ${root} cannot be used: no seed of 32 bytes`);
  const listing = [`${release}-postgres`, `${release}-operator`];
  for (const [name, data] of Object.entries(releaseSecrets(seed, release, services))) {
    const made = await create(name, data);
    console.log(`${name}: ${made ? 'made' : listing.includes(name) ? await complete(name, data) : 'is there'}`);
  }
});
