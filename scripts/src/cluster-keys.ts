// atrium cluster-keys: the Secrets of a release for evaluation, made inside the cluster. What is there is left as it is.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { UsageError } from '@atrium/platform/operator';
import { releaseSecrets } from './cluster/release-secrets';
import { runCommand } from './command';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const TIMEOUT_MS = 10_000;

interface Secret {
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
      'content-type': 'application/json',
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
  // The only random thing. All others follow from it, so that a second run, or one that goes on after a crash, agrees with the first.
  await create(`${release}-root`, { seed: randomBytes(32).toString('base64') });
  const { status, answer } = await call('GET', `${path}/${release}-root`);
  const seed = Buffer.from(Buffer.from(answer.data?.['seed'] ?? '', 'base64').toString(), 'base64');
  if (status !== 200 || seed.length !== 32)
    throw new UsageError(`Secret ${release}-root cannot be used: ${answer.message ?? 'no seed of 32 bytes'}`);
  for (const [name, data] of Object.entries(releaseSecrets(seed, release, services))) {
    console.log(`${name}: ${(await create(name, data)) ? 'made' : 'is there'}`);
  }
});
