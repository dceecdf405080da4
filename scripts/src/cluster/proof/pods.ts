import { setTimeout } from 'node:timers/promises';
import type { Release } from './release';

/** Asks again and again; a cluster has no other way to tell. */
export async function until(
  what: string,
  seconds: number,
  holds: () => Promise<boolean>,
  everyMs = 1000,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await setTimeout(everyMs);
  }
}

export interface PodOptions {
  labels: Record<string, string>;
  /** Instead of the image's own; `args` go to that. */
  command?: string[];
  args?: string[];
  env?: Record<string, string>;
  /** All of a Secret's keys as environment. */
  secrets?: string[];
  /** Where a volume is mounted, and which. */
  mounts?: Record<string, object>;
  /** Requested processor; it is all that one on a full node is sure of. */
  cpu?: string;
  /** Whether Services send it requests. */
  ready?: boolean;
}

/** A pod that the restricted Pod Security level lets in, for one run. */
export function restrictedPod(
  name: string,
  image: string,
  { labels, command, args, env = {}, secrets = [], mounts = {}, cpu = '10m', ready = false }: PodOptions,
) {
  const volumes = Object.entries(mounts).map(([mountPath, volume], at) => ({ name: `v${at}`, mountPath, volume }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      // Never ready: a pod with the labels of a service must not get its requests.
      readinessGates: ready ? [] : [{ conditionType: 'atrium.test/never' }],
      containers: [
        {
          name: 'main',
          image,
          ...(command === undefined ? {} : { command }),
          ...(args === undefined ? {} : { args }),
          env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
          envFrom: secrets.map((secret) => ({ secretRef: { name: secret } })),
          resources: { requests: { cpu, memory: '64Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: volumes.map(({ name: volume, mountPath }) => ({ name: volume, mountPath })),
        },
      ],
      volumes: volumes.map(({ name: volume, volume: source }) => ({ name: volume, ...source })),
    },
  };
}

export const labelsOf = (release: Release, name: string, component: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': release.name,
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/part-of': 'atrium',
});

/** Runs a pod to its end and answers what it wrote; throws that when it failed. */
export async function runPod(
  release: Release,
  name: string,
  image: string,
  options: PodOptions,
  seconds = 180,
): Promise<string> {
  await release.tryKubectl(['delete', 'pod', name, '--ignore-not-found']);
  await release.apply(restrictedPod(name, image, options));
  let phase = '';
  await until(`pod ${name} has ended`, seconds, async () => {
    ({ phase } = (await release.get<{ status: { phase: string } }>('pod', name)).status);
    return phase === 'Succeeded' || phase === 'Failed';
  });
  const log = await release.kubectl('logs', name);
  await release.kubectl('delete', 'pod', name);
  if (phase === 'Failed') throw new Error(log.trim());
  return log.trim();
}
