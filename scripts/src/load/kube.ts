// A release on Kubernetes: keys, the way in, and commands beside its databases and NATS, by kubectl and whatever it may do.
import { type ChildProcess, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { UsageError } from '@atrium/platform/operator';
import type { LedgerResult } from '../check/all';
import type { Kept } from './acknowledged';
import type { Drained } from './drain';
import type { LoadOptions } from './options';
import { readKey, readKeyFile, signer, type Target } from './target';
import type { Part } from './watch';

/** Ctrl-C is for this command, which then needs kubectl to put things away. */
const APART = { detached: true, env: process.env };

type Done = { code: number; stdout: string; stderr: string };

function run(args: readonly string[], input?: Readable, started?: (child: ChildProcess) => void): Promise<Done> {
  const stdio = [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] as const;
  const child = spawn('kubectl', args, { stdio: [...stdio], ...APART });
  started?.(child);
  const done: Done = { code: 1, stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (done.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (done.stderr += text));
  if (input !== undefined && child.stdin !== null) {
    // It may end before it has read everything: its code says why.
    child.stdin.on('error', () => undefined);
    input.pipe(child.stdin);
  }
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new UsageError(`kubectl cannot be run: ${error.message}`)));
    child.once('close', (code) => resolve({ ...done, code: code ?? 1 }));
  });
}

async function kubectl(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  if (code !== 0) throw new UsageError(`kubectl ${args.slice(0, 4).join(' ')}: ${stderr.trim()}`);
  return stdout;
}

type Labelled = { metadata: { labels?: Record<string, string> } };
type Deployment = Labelled & { spec: { replicas: number }; status: { readyReplicas?: number } };
type PodUse = Labelled & { containers: { usage: { memory: string } }[] };

const nameOf = ({ metadata: { labels = {} } }: Labelled) => {
  const [name, component] = [labels['app.kubernetes.io/name'], labels['app.kubernetes.io/component']];
  return component === 'server' ? `${name}` : `${name} ${component}`;
};
const UNIT_MB: Record<string, number> = { '': 1e-6, Ki: 1024 / 1e6, Mi: 1024 ** 2 / 1e6, Gi: 1024 ** 3 / 1e6 };
const megabytes = (quantity: string) => {
  const [, amount = '0', unit = ''] = /^(\d+)(\w*)$/.exec(quantity) ?? [];
  return Number(amount) * (UNIT_MB[unit] ?? 0);
};

/** Replicas of each Deployment, and the memory of its pods where the cluster measures it. */
async function partsOf(namespace: string, release: string): Promise<Part[]> {
  const which = `app.kubernetes.io/instance=${release},app.kubernetes.io/component!=operation`;
  const deployments = await kubectl(['get', 'deployments', '-n', namespace, '-l', which, '-o', 'json']);
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(which)}`;
  const used = await run(['get', '--raw', path]);
  const memory = new Map<string, number>();
  if (used.code === 0)
    for (const pod of (JSON.parse(used.stdout) as { items: PodUse[] }).items) {
      const sum = pod.containers.reduce((total, { usage }) => total + megabytes(usage.memory), 0);
      memory.set(nameOf(pod), (memory.get(nameOf(pod)) ?? 0) + sum);
    }
  return (JSON.parse(deployments) as { items: Deployment[] }).items.map((deployment) => {
    const name = nameOf(deployment);
    const memoryMb = memory.get(name);
    return {
      name,
      replicas: deployment.spec.replicas,
      ready: deployment.status.readyReplicas ?? 0,
      ...(memoryMb === undefined ? {} : { memoryMb: Math.round(memoryMb) }),
    };
  });
}

/** A port of this machine for the gateway: through the API server, to one pod. */
function forward(namespace: string, service: string): Promise<{ url: string; close(): void }> {
  const child = spawn(
    'kubectl',
    ['port-forward', '-n', namespace, `service/${service}`, ':http', '--address', '127.0.0.1'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...APART,
    },
  );
  process.once('exit', () => child.kill());
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new UsageError(`kubectl cannot be run: ${error.message}`)));
    child.once('exit', () => reject(new UsageError(`kubectl port-forward service/${service}: ${said.trim()}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve({ url: `http://127.0.0.1:${port}/graphql`, close: () => child.kill() });
    });
  });
}

/**
 * The chart's pod for operators. It reaches every database, so it is there from the first command to the end, not a moment longer; now it
 * is only looked whether it can be had.
 */
async function operations(namespace: string, release: string) {
  const deployment = `deployment/${release}-operations`;
  const replicas = await run(['get', '-n', namespace, deployment, '-o', 'jsonpath={.spec.replicas}']);
  if (replicas.code !== 0)
    throw new UsageError(
      `There is no ${deployment} in ${namespace}: set operations.secret of the chart, or leave drain and ledger out with --no-check.`,
    );
  const scale = (to: string) => kubectl(['scale', '-n', namespace, deployment, `--replicas=${to}`]);
  const isDown = replicas.stdout === '0';
  let up: Promise<unknown> | undefined;
  let under: ChildProcess | undefined;
  const ready = async () => {
    up ??= isDown ? scale('1') : Promise.resolve();
    await up;
    const args = ['rollout', 'status', '-n', namespace, deployment, '--timeout=180s'];
    const { code, stderr } = await run(args, undefined, (child) => (under = child));
    if (code !== 0) throw new UsageError(`${deployment} does not come up: ${stderr.trim()}`);
  };
  return {
    /** What a command prints for programs. Some end with 1 and have said why. */
    async ask<T>(command: readonly string[], input?: Readable): Promise<T> {
      await ready();
      const interactive = input === undefined ? [] : ['-i'];
      const args = ['exec', ...interactive, '-n', namespace, deployment, '--', 'node', 'atrium.mjs', ...command];
      const { stdout, stderr } = await run(args, input, (child) => (under = child));
      try {
        return JSON.parse(stdout) as T;
      } catch {
        throw new UsageError(`${command[0]} in ${deployment}: ${stderr.trim() || stdout.trim() || 'no answer'}`);
      }
    },
    async close() {
      under?.kill();
      if (up === undefined || !isDown) return;
      // What is asked to come up while it is taken down would stay.
      await up.catch(() => undefined);
      await scale('0');
    },
  };
}

async function keysOf(namespace: string, release: string, options: LoadOptions) {
  const config = JSON.parse(
    await kubectl(['get', 'configmap', '-n', namespace, `${release}-gateway`, '-o', 'json']),
  ) as { data: Record<string, string> };
  const names = {
    issuer: options.issuer ?? config.data['CALLER_ISSUER'] ?? '',
    audience: options.audience ?? config.data['CALLER_AUDIENCE'] ?? '',
  };
  const file = options['signing-key'];
  if (file !== undefined) return { key: readKeyFile(file), names };
  const secret = await run([
    'get',
    'secret',
    '-n',
    namespace,
    `${release}-callers`,
    '-o',
    'jsonpath={.data.ISSUER_KEY}',
  ]);
  if (secret.code !== 0 || secret.stdout === '')
    throw new UsageError(
      `There is no Secret ${release}-callers with ISSUER_KEY in ${namespace}: name the key of ${names.issuer} by --signing-key.`,
    );
  return { key: readKey(Buffer.from(secret.stdout, 'base64').toString(), `Secret ${release}-callers`), names };
}

export async function openRelease(named: string, options: LoadOptions): Promise<Target> {
  const [namespace, release, ...rest] = named.split('/');
  if (!namespace || !release || rest.length > 0) throw new UsageError(`--kube takes NAMESPACE/RELEASE, not ${named}`);
  const { key, names } = await keysOf(namespace, release, options);
  const beside = options['no-check'] ? undefined : await operations(namespace, release);
  const way = options.url === undefined ? await forward(namespace, `${release}-gateway`) : undefined;
  return {
    url: way?.url ?? options.url ?? '',
    sign: signer(key, names),
    look: () => partsOf(namespace, release),
    ...(beside === undefined
      ? {}
      : {
          drain: (limitMs: number) => beside.ask<Drained[]>(['consumers', '--json', '--limit', String(limitMs / 1000)]),
          books: async (acknowledged: string) => ({
            kept: await beside.ask<Kept[]>(['check-acknowledged', '-', '--json'], createReadStream(acknowledged)),
            ledger: await beside.ask<LedgerResult>(['check-ledger', '--json']),
          }),
        }),
    async close() {
      way?.close();
      await beside?.close();
    },
  };
}
