import { must } from '../command';
import type { Release } from '../release';

export const LEAF_PORT = 7422;

/** Seconds since the hub heard of the site, as its metrics say. */
export async function silence(metrics: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  const [, seconds = 'NaN'] = /^atrium_site_link_silent_seconds\{.*from="north".*\} (\S+)$/m.exec(text) ?? [];
  return seconds === '+Inf' ? Infinity : Number.parseFloat(seconds);
}

interface NetworkPolicy {
  metadata: { name: string; namespace: string; labels: object; annotations?: object };
  spec: { ingress: { ports: { port: string | number }[] }[]; egress?: { ports: { port: string | number }[] }[] };
}

/** Takes the line out of both policies, and ends the connection that is there; answers how to mend it. Nothing stays half cut. */
export async function cut(hub: Release, site: Release): Promise<() => Promise<void>> {
  const mends: (() => Promise<void>)[] = [];
  const mend = async () => {
    const wrong = (await Promise.allSettled(mends.map((one) => one()))).find(({ status }) => status === 'rejected');
    if (wrong?.status === 'rejected') throw wrong.reason;
  };
  try {
    for (const release of [hub, site]) {
      const { metadata, spec } = await release.get<NetworkPolicy>('networkpolicy', `${release.name}-nats`);
      const whole = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: metadata.name, labels: metadata.labels, annotations: metadata.annotations },
      };
      const without = <R extends { ports: { port: string | number }[] }>(rules: R[]) =>
        rules.filter(({ ports }) => !ports.some(({ port }) => port === 'leaf' || port === LEAF_PORT));
      const closed = {
        ...spec,
        ingress: without(spec.ingress),
        ...(spec.egress ? { egress: without(spec.egress) } : {}),
      };
      const put = (policy: object) =>
        must('kubectl', ['-n', release.namespace, 'replace', '-f', '-'], { input: JSON.stringify(policy) });
      // Before it is done: an answer that is lost says nothing of what was.
      mends.push(async () => void (await put({ ...whole, spec })));
      await put({ ...whole, spec: closed });
    }
    // A policy leaves connections that are there: the leaf's ends with its pod.
    await site.kubectl('delete', 'pod', `${site.name}-nats-0`, '--wait=false');
  } catch (error) {
    const left = await mend().then(
      () => '',
      (reason: unknown) => `\nIt stays cut: ${String(reason)}`,
    );
    throw new Error(`The line could not be cut: ${String(error)}${left}`);
  }
  return mend;
}
