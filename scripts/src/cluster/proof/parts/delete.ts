import { SERVICES } from '@atrium/contracts';
import { proveLedger } from '../ledger';
import { type Log, startLoad, tally } from '../load';
import { until } from '../pods';
import type { Proof } from '../proof';
import { type Component, PARTS } from '../ground/ground';
import { inNamespace } from '../namespace';
import type { Release } from '../release';
import { halfCapacity, UNLIMITED } from './upgrade';

/** Two of whatever answers people. */
export const DOUBLED = {
  gateway: { ...UNLIMITED.gateway, replicas: 2 },
  ...Object.fromEntries(PARTS.map((part) => [part, { api: { replicas: 2 } }])),
};
const LONGEST = 3000;
/** An outage ends within this, or it is no recovery. */
const RECOVERED = 300;

/** Everything that has pods, of the graph and of what it stands on. */
export const componentsOf = ({ name, namespace, ground }: Release): Component[] => {
  const graph = { namespace, kind: 'deployment', covered: true } as const;
  return [
    ...SERVICES.map((service) => ({ ...graph, name: `${name}-${service}` })),
    ...SERVICES.map((service) => ({ ...graph, name: `${name}-${service}-worker` })),
    { ...graph, name: `${name}-gateway` },
    ...ground.beside,
  ];
};

const called = ({ name, pod }: Component) => pod ?? `one of ${name}`;

interface Workload {
  spec: { replicas: number; selector: { matchLabels: Record<string, string> } };
  status: { readyReplicas?: number };
}
interface Pods {
  items: { metadata: { name: string; uid: string; deletionTimestamp?: string } }[];
}

/** Deletes one pod; answers when it was, and how long until as many are ready as there should be. */
async function deleteOne({ namespace, kind, name, pod }: Component): Promise<{ at: number; ready: number }> {
  const there = inNamespace(namespace);
  const { spec } = await there.get<Workload>(kind, name);
  const selector = Object.entries(spec.selector.matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const living = async () =>
    (await there.get<Pods>('pods', '-l', selector)).items.filter(({ metadata }) => !metadata.deletionTimestamp);
  const victim = (await living()).find(({ metadata }) => pod === undefined || metadata.name === pod);
  if (victim === undefined) throw new Error(`${name} has no pod`);
  const at = Date.now();
  await there.kubectl('delete', 'pod', victim.metadata.name, '--wait=false');
  await until(
    `${name} is complete again`,
    RECOVERED,
    async () => {
      const uids = (await living()).map(({ metadata }) => metadata.uid);
      const { status } = await there.get<Workload>(kind, name);
      return (
        !uids.includes(victim.metadata.uid) &&
        uids.length === spec.replicas &&
        (status.readyReplicas ?? 0) >= spec.replicas
      );
    },
    500,
  );
  return { at, ready: (Date.now() - at) / 1000 };
}

/** A refusal that a client can read; everything else is a broken line. */
const isTyped = ({ code }: { code: string }) => !/^(NO_ANSWER|UNTYPED|HTTP_)/.test(code);

/** A pod of everything there is, one after the other, while people shop. */
export async function deletePods(proof: Proof): Promise<void> {
  const { report, release, image, k6 } = proof;
  if (!(await report.check('two pods of each API and of the gateway', () => release.bring(image, DOUBLED)))) return;
  const rate = await halfCapacity(proof);
  const load = await startLoad(release, k6, { seconds: LONGEST, rate });
  const done: (Component & { at: number; ready: number })[] = [];
  for (const component of componentsOf(release)) {
    await report.check(`kubectl delete pod, ${called(component)}`, async () => {
      const { at, ready } = await deleteOne(component);
      done.push({ ...component, at, ready });
      return `as many as before after ${ready.toFixed(1)} s`;
    });
  }
  await report.check('everything is complete', () => release.complete());
  const log = await load.end();
  await judge(proof, done, log);
  await proveLedger(report, release, image, log);
}

async function judge(
  { report }: Proof,
  done: readonly (Component & { at: number; ready: number })[],
  log: Log,
): Promise<void> {
  const table = done.map((component, index) => {
    const end = done[index + 1]?.at ?? Infinity;
    const failures = log.failures.filter(({ at }) => at >= component.at && at < end);
    const last = Math.max(component.at, ...failures.map(({ at }) => at));
    return { component, failures, back: (last - component.at) / 1000 };
  });
  report.table(
    table.map(({ component, failures, back }) => ({
      deleted: called(component),
      'complete again s': component.ready.toFixed(1),
      'failed requests': failures.length,
      'last of them after s': failures.length === 0 ? '' : back.toFixed(1),
      'what they said': tally(failures),
    })),
  );
  await report.check('0 failed requests where a second pod or nobody waits', async () => {
    const broken = table.filter(({ component, failures }) => component.covered && failures.length > 0);
    if (broken.length > 0)
      throw new Error(broken.map(({ component, failures }) => `${called(component)}: ${tally(failures)}`).join('\n'));
    return `${log.requests} requests in ${Math.round(log.seconds)} s, p95 ${log.p95} ms, p99 ${log.p99} ms, longest ${log.max} ms`;
  });
  await report.check('whoever was refused meanwhile was told so', async () => {
    const untold = log.failures.filter((failure) => !isTyped(failure));
    if (untold.length > 0) throw new Error(tally(untold));
    return tally(log.failures);
  });
}
