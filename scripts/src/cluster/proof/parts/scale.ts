import { SERVICES, type ServiceName } from '@atrium/contracts';
import { prepare, startLoad } from '../load';
import { until } from '../pods';
import type { Proof } from '../proof';
import { PARTS } from '../ground/ground';
import type { Release } from '../release';
import type { Row } from '../report';

/** Asked for alone, it is answered by one subgraph. */
const ALONE = { service: 'coupon', operation: 'CouponOffers' } as const;
const MOST = 3;
const LOAD_SECONDS = 90;
/** Down again: the window below, then a pod a minute. */
const DOWN_SECONDS = 360;
const LOOK_MS = 5_000;
const ROW_SECONDS = 15;

/** Every API scales by itself; little is asked for, so that little load is much. */
const SCALED = {
  gateway: { env: { RATE_LIMITS: 'off' } },
  ...Object.fromEntries(
    PARTS.map((part) => [
      part,
      {
        api: {
          resources: { requests: { cpu: '40m', memory: '128Mi' } },
          autoscaling: { kind: 'hpa', min: 1, max: MOST, cpu: 100, downAfterSeconds: 30 },
        },
      },
    ]),
  ),
};

interface Scaler {
  metadata: { name: string };
  status?: {
    currentReplicas?: number;
    desiredReplicas?: number;
    currentMetrics?: { resource?: { current?: { averageUtilization?: number } } }[];
  };
}
type Seen = Record<ServiceName, { replicas: number; percent: number | undefined }>;

async function look(release: Release): Promise<Seen> {
  const { items } = await release.get<{ items: Scaler[] }>('hpa');
  return Object.fromEntries(
    SERVICES.map((service) => {
      const status = items.find(({ metadata }) => metadata.name === `${release.name}-${service}`)?.status;
      const percent = status?.currentMetrics?.[0]?.resource?.current?.averageUtilization;
      return [service, { replicas: Math.max(status?.currentReplicas ?? 0, status?.desiredReplicas ?? 0), percent }];
    }),
  ) as Seen;
}

const isQuiet = (seen: Seen) =>
  SERVICES.every((service) => seen[service].replicas === 1 && (seen[service].percent ?? 100) < 100);

/** Load on one subgraph's operations: it grows and shrinks, and no other does. */
export async function scale({ report, release, image, k6 }: Proof): Promise<void> {
  const ready = await report.check('six APIs with an HPA each, all at 1', async () => {
    await release.bring(image, SCALED);
    // Shops and members are made by others than the one that is asked alone: before all are quiet.
    await prepare(release);
    await until('every HPA is at 1 and has a reading', 600, async () => isQuiet(await look(release)), LOOK_MS);
  });
  if (!ready) return;
  const rows: Row[] = [];
  const begun = Date.now();
  let last = -Infinity;
  let before = '';
  const most: Record<string, number> = {};
  const note = async (): Promise<Seen> => {
    const seen = await look(release);
    const at = Math.round((Date.now() - begun) / 1000);
    for (const service of SERVICES) most[service] = Math.max(most[service] ?? 0, seen[service].replicas);
    const replicas = Object.fromEntries(SERVICES.map((service) => [service, seen[service].replicas]));
    const now = JSON.stringify(replicas);
    if (now !== before || at - last >= ROW_SECONDS) {
      rows.push({ 'after s': at, ...replicas, [`CPU of ${ALONE.service} %`]: seen[ALONE.service].percent ?? '' });
      last = at;
    }
    before = now;
    return seen;
  };
  const load = await startLoad(release, k6, { story: ALONE.operation, seconds: LOAD_SECONDS, people: 4 });
  await report.check(`${ALONE.service} from 1 to ${MOST} under ${ALONE.operation} alone`, () =>
    until(
      `${ALONE.service} has ${MOST} replicas`,
      240,
      async () => (await note())[ALONE.service].replicas === MOST,
      LOOK_MS,
    ),
  );
  const log = await load.done();
  await report.check('every request was answered while it grew', async () => {
    if (log.failures.length > 0) throw new Error(JSON.stringify(log.failures.slice(0, 10)));
    return `${log.requests} requests, ${Math.round(log.requests / log.seconds)} a second`;
  });
  await report.check('and back to 1 when the load has ended', () =>
    until(
      `${ALONE.service} has 1 replica`,
      DOWN_SECONDS,
      async () => (await note())[ALONE.service].replicas === 1,
      LOOK_MS,
    ),
  );
  await report.check('the other five stayed at 1', async () => {
    const grown = SERVICES.filter((service) => service !== ALONE.service && most[service] !== 1);
    if (grown.length > 0) throw new Error(`grown as well: ${grown.join(', ')}`);
  });
  report.table(rows);
}
