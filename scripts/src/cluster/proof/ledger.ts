import { untilSettled } from '@atrium/testkit';
import { doubledKeys } from '../../load/acknowledged';
import { attached } from './attach';
import { couponsOf, type Log } from './load';
import { labelsOf, runPod } from './pods';
import type { Release } from './release';
import type { Report } from './report';
import { rows } from './rows';

const SETTLE_MS = 600_000;

/** @param given how many coupons there are more than before: those acknowledged, and at the most one for each claim that was not answered */
export function couponsTooMany({ kept, claims, refusals }: Pick<Log, 'kept' | 'claims' | 'refusals'>, given: number) {
  const told = kept.filter(({ kept: what }) => what === 'coupon');
  const answered = new Set([...told, ...refusals].map(({ key }) => key));
  const unheard = [...claims].filter((key) => !answered.has(key)).length;
  const most = new Set(told.map(({ key }) => key)).size + unheard;
  return [
    ...doubledKeys(told).map((key) => `${key} was answered with two coupons`),
    ...(given > most ? [`${given} coupons were given away, ${most} at the most were claimed`] : []),
  ];
}

/** What people were told that the graph keeps, and what it has. */
async function compare(release: Release, log: Log): Promise<string> {
  return attached(release, 'LOAD', async ({ state: { databases } }) => {
    const purchases = await rows<{ external_id: string; id: string }>(
      databases['merchant-settlement'],
      `select external_id, id from purchase where source_system = 'proof' and starts_with(external_id, $1)`,
      [`${log.run}-`],
    );
    const rated = await rows<{ purchase_id: string }>(
      databases.points,
      'select purchase_id from purchase_earn where purchase_id = any($1)',
      [purchases.map(({ id }) => id)],
    );
    const coupons = new Set(log.kept.filter(({ kept }) => kept === 'coupon').map(({ id }) => id));
    const found = await rows<{ id: string }>(databases.coupon, 'select id from coupon where id = any($1)', [
      [...coupons],
    ]);
    const given = (await couponsOf(databases.coupon, log.open.templateId)) - log.open.before;

    const byKey = new Map(purchases.map(({ external_id, id }) => [external_id, id]));
    const sales = log.kept.filter(({ kept }) => kept === 'purchase');
    const wrong = [
      ...sales
        .filter(({ key, id }) => byKey.get(key) !== id)
        .map(({ key }) => `${key} was acknowledged and is not there as it was`),
      ...purchases
        .filter(({ external_id }) => !log.begun.has(external_id))
        .map(({ external_id }) => `${external_id} was never sent`),
      ...(byKey.size < purchases.length ? ['a sale is there twice'] : []),
      ...(rated.length === purchases.length ? [] : [`${purchases.length} sales, rated ${rated.length} times`]),
      ...(new Set(rated.map(({ purchase_id }) => purchase_id)).size === rated.length ? [] : ['a sale was rated twice']),
      ...(found.length === coupons.size
        ? []
        : [`${coupons.size} coupons were acknowledged, ${found.length} are there`]),
      ...couponsTooMany(log, given),
    ];
    if (wrong.length > 0) throw new Error(wrong.slice(0, 20).join('\n'));
    const keys = new Set(sales.map(({ key }) => key));
    return `${keys.size} sales and ${coupons.size} coupons acknowledged, each there once; ${purchases.length - keys.size} more had not heard yet when the load ended`;
  });
}

/** Everything that was acknowledged is there once, and the books agree. */
export async function proveLedger(report: Report, release: Release, image: string, log?: Log): Promise<void> {
  await report.check('every consumer has caught up', () =>
    attached(release, 'LOAD', ({ state }) => untilSettled(state, { timeoutMs: SETTLE_MS })),
  );
  if (log !== undefined) await report.check('nothing lost, nothing doubled', () => compare(release, log));
  await report.check('the ledger check, in the cluster', () => checkLedger(release, image));
}

/** What the command says in the end. */
export async function checkLedger(release: Release, image: string): Promise<string> {
  const said = await runPod(release, 'check-ledger', image, {
    labels: labelsOf(release, 'atrium', 'operation'),
    args: ['check-ledger'],
    secrets: [`${release.name}-operator`],
  });
  return said.split('\n').at(-1) ?? '';
}
