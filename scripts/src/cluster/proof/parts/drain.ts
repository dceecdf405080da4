import { startLoad, tally } from '../load';
import { until } from '../pods';
import type { Proof } from '../proof';
import type { Release } from '../release';
import { DOUBLED } from './delete';
import { halfCapacity } from './upgrade';

const LONGEST = 1800;
const TURNED_AWAY = /Cannot evict pod as it would violate|TooManyRequests/;

interface Deployments {
  items: { metadata: { name: string }; spec: { replicas: number }; status: { availableReplicas?: number } }[];
}

/** Asks for a pod's eviction as `kubectl drain` does; false when the budget says not now. */
async function evict(release: Release, pod: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${release.namespace}/pods/${pod}/eviction`;
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace: release.namespace } };
  const { ok, text } = await release.tryKubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(eviction));
  if (ok || text.includes('NotFound')) return true;
  if (TURNED_AWAY.test(text)) return false;
  throw new Error(text);
}

/**
 * What `kubectl drain` does to a node's pods, without the cordon: on a cluster of one node nothing could come back, and others may
 * be at work there.
 */
export async function drain(proof: Proof): Promise<void> {
  const { report, release, image, k6 } = proof;
  if (!(await report.check('two pods of each API and of the gateway', () => release.bring(image, DOUBLED)))) return;
  const load = await startLoad(release, k6, { seconds: LONGEST, rate: await halfCapacity(proof) });
  const selector = `app.kubernetes.io/instance=${release.name},app.kubernetes.io/component in (api,worker,server),app.kubernetes.io/name notin (nats,postgres)`;
  await report.check('every pod of the graph is evicted, no sooner than its budget allows', async () => {
    const { items } = await release.get<{ items: { metadata: { name: string } }[] }>('pods', '-l', selector);
    let left = items.map(({ metadata }) => metadata.name);
    let turnedAway = 0;
    const fewest = new Map<string, number>();
    await until('all are evicted', 900, async () => {
      const still: string[] = [];
      for (const pod of left) if (!(await evict(release, pod))) still.push(pod);
      turnedAway += still.length;
      left = still;
      for (const { metadata, spec, status } of (await release.get<Deployments>('deployments')).items) {
        const now = status.availableReplicas ?? 0;
        if (spec.replicas > 1) fewest.set(metadata.name, Math.min(fewest.get(metadata.name) ?? now, now));
      }
      return left.length === 0;
    });
    const empty = [...fewest].filter(([, count]) => count < 1).map(([name]) => name);
    if (empty.length > 0) throw new Error(`none left of ${empty.join(', ')}`);
    if (turnedAway === 0) throw new Error('no eviction was ever turned away: no budget was in force');
    return `${items.length} pods, ${turnedAway} times told to wait, never fewer than ${Math.min(...fewest.values())} of 2`;
  });
  await report.check('everything is complete again', () => release.complete());
  const log = await load.end();
  await report.check('0 failed requests', async () => {
    if (log.failures.length > 0) throw new Error(`${tally(log.failures)}\n${JSON.stringify(log.failures.slice(0, 5))}`);
    return `${log.requests} requests in ${Math.round(log.seconds)} s, p95 ${log.p95} ms, longest ${log.max} ms`;
  });
}
