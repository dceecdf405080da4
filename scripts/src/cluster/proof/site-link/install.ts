import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { makeNamespace } from '../namespace';
import { CHART, type Release } from '../release';
import type { Report } from '../report';
import { LEAF_PORT } from './line';

/** The site, its mall, and what its sales are recorded by. No other mall of the hub may have that name. */
export const SITE = 'north';

/** What Helm is told of the site beside what both are told. */
export const SITE_FILE = ['-f', join(CHART, 'values-site.yaml')];

/** Two releases on one cluster: a hub, and a mall with a recording of its own. */
export interface Sites {
  report: Report;
  hub: Release;
  site: Release;
  image: string;
}

const namespaceOf = ({ namespace }: Release) => [
  { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
];
const hubValues = (site: Release) => ({
  // Helm would wait for a volume that nothing uses before its first backup.
  backup: { enabled: false },
  global: { sites: [SITE] },
  nats: { leaf: { secret: 'sites', from: namespaceOf(site) } },
});
const siteValues = (hub: Release) => ({
  backup: { enabled: false },
  global: { profile: 'site', site: { name: SITE, secret: SITE }, networkPolicy: { hub: namespaceOf(hub) } },
  gateway: { callers: { issuer: `https://${hub.name}.atrium.localhost`, audience: 'atrium' } },
});

const secret = (name: string, stringData: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData,
});

export async function installBoth({ report, hub, site, image }: Sites): Promise<void> {
  // One that is there stays: the hub's broker has read it.
  const known = await hub.tryKubectl(['get', 'secret', 'sites', '-o', `jsonpath={.data.${SITE}}`]);
  const password = known.ok ? Buffer.from(known.out, 'base64').toString() : `p${randomBytes(16).toString('hex')}`;
  for (const { namespace } of [hub, site]) await makeNamespace(namespace);
  await report.check('the hub is up', async () => {
    await hub.apply(secret('sites', { [SITE]: password }));
    await hub.bring(image, hubValues(site));
  });
  await report.check('the site is up, with its own database, broker and gateway', async () => {
    const { BLIND_INDEX_KEY = '' } = await hub.secret(`${hub.name}-merchant-settlement-app`);
    const callers = await hub.secret(`${hub.name}-callers`);
    const LEAF_URL = `nats-leaf://site-${SITE}:${password}@${hub.name}-nats.${hub.namespace}.svc.cluster.local:${LEAF_PORT}`;
    await site.apply(secret(SITE, { BLIND_INDEX_KEY, LEAF_URL, 'jwks.json': callers['jwks.json'] ?? '' }));
    await site.bring(image, siteValues(hub));
  });
}
