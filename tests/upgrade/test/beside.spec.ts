import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@atrium/testkit';
import { Client } from 'pg';
import { type Crowd, startCrowd } from './crowd';
import { hears } from './listen';
import { type Release, RELEASES } from './releases';
import { type Acknowledged, openShop, type Shop } from './shop';
import { type SideBySide, startSideBySide } from './side-by-side';
import { begin, come, finish, look, looksLike, type Visit } from './visit';

const GROUP = 'UPGRADE';
/** Between these and the others go what sales, points, tiers, gifts and their messages state. */
const SOME = ['member', 'points', 'coupon'] as const;
const OTHERS = ['merchant-settlement', 'tier', 'messaging'] as const;

describe('an upgrade and its rollback, in use', () => {
  let graph: SideBySide;
  let shop: Shop;
  let crowd: Crowd;
  /** How a story looks half-way and in the end when the release before is alone. */
  let [halfWay, inTheEnd]: unknown[] = [];
  /** Begun by the stage before. */
  let open: Visit;

  beforeAll(async () => {
    graph = await startSideBySide(GROUP);
    await graph.migrate('before');
    await graph.start('before', 'worker', 'api', 'gateway');
    graph.ask('before', 'before');
    graph.answer('before');
    shop = await openShop(await graph.clients(), GROUP);
    await graph.settled('before');
  });
  afterAll(async () => {
    await crowd?.leave();
    await graph?.end();
  });

  let whole = true;
  /** Each goes on from the one before. */
  const stage = (name: string, work: () => Promise<void>) =>
    it(name, async () => {
      if (!whole) throw new Error('a stage before this one failed');
      whole = false;
      await work();
      whole = true;
    });

  /** Ends what the stage before began, and begins what the next one will end: both as when the release before was alone. */
  async function story(name: string): Promise<void> {
    await finish(shop, open);
    expect(await looksLike(shop, open, inTheEnd)).toEqual(inTheEnd);
    const visit = await come(shop, name);
    expect(await looksLike(shop, visit, halfWay)).toEqual(halfWay);
    open = await begin(shop, visit);
  }

  /** Subscriptions through these gateways, all at once. */
  const heard = async (name: string, ...releases: Release[]) =>
    void (await Promise.all(releases.map((release) => hears(graph, shop, release, name))));

  stage('the release before, alone: what it does is what counts', async () => {
    const reference = await come(shop, 'alone');
    await graph.settled('before');
    halfWay = await look(shop, reference);
    await finish(shop, await begin(shop, reference));
    await graph.settled('before');
    inTheEnd = await look(shop, reference);
    expect(halfWay).not.toEqual(inTheEnd);
    expect(inTheEnd).toMatchObject({ me: { tier: { tier: { code: 'GOLD' } }, points: { available: '425' } } });

    const visit = await come(shop, 'before');
    expect(await looksLike(shop, visit, halfWay)).toEqual(halfWay);
    open = await begin(shop, visit);
    crowd = startCrowd(
      shop,
      await shop.enrol(
        'crowd',
        Array.from({ length: 20 }, (_, n) => `CROWD-${n}`),
      ),
      2,
    );
  });

  stage('expand: the tables of this release, under the one before', async () => {
    await graph.migrate('now');
    await story('expanded');
  });

  stage('workers of both: each publishes and applies what the same services stated', async () => {
    await graph.start('now', 'worker');
    const [then, still] = [await work('before'), await work('now')];
    const more = (now: Work, before: Work) => now.published > before.published && now.applied > before.applied;
    await eventually(async () => more(await work('before'), then) && more(await work('now'), still), {
      what: 'both take part',
    });
    await story('shared');
  });

  stage('some services work by one release and the others by the other: each reads what the other states', async () => {
    await graph.handOver('before', 'now', SOME);
    await graph.handOver('now', 'before', OTHERS);
    await story('some-now');
    await graph.handOver('now', 'before', SOME);
    await graph.handOver('before', 'now', OTHERS);
    await story('others-now');
    await heard('others-now', 'before');
  });

  stage('workers of this release alone publish and apply what the one before states', async () => {
    await graph.handOver('before', 'now', SOME);
    await story('now-works');
  });

  stage('the gateway before asks subgraphs of this release', async () => {
    await graph.start('now', 'api', 'gateway');
    graph.ask('before', 'now');
    await story('gateway-before');
    await heard('gateway-before', 'before');
  });

  stage('the gateway of this release asks subgraphs of the one before', async () => {
    graph.ask('now', 'before');
    graph.answer('now');
    await story('gateway-now');
    await heard('gateway-now', 'now');
  });

  stage('both gateways ask subgraphs of both', async () => {
    graph.ask('before', 'before', 'now');
    graph.ask('now', 'now', 'before');
    graph.answer('before', 'now');
    await story('mixed');
  });

  stage('this release, alone', async () => {
    graph.ask('now', 'now');
    graph.answer('now');
    await graph.stop('before', 'gateway', 'api');
    await story('now');
  });

  stage('rollback: workers of the release before publish and apply what this one states', async () => {
    await graph.start('before', 'worker');
    await graph.stop('now', 'worker');
    await story('before-works');
    await heard('before-works', 'now');
  });

  stage('rollback: both once more, then the release before, alone, on the tables of this one', async () => {
    await graph.start('before', 'api', 'gateway');
    graph.ask('before', 'before', 'now');
    graph.ask('now', 'now', 'before');
    graph.answer('before', 'now');
    await story('mixed-again');
    await heard('mixed-again', 'before', 'now');
    graph.ask('before', 'before');
    graph.answer('before');
    await graph.stop('now', 'gateway', 'api');
    await story('back');
    await finish(shop, open);
    expect(await looksLike(shop, open, inTheEnd)).toEqual(inTheEnd);
  });

  stage('nothing failed, nothing is lost or doubled, and the ledgers add up for both releases', async () => {
    await crowd.leave();
    // What this release alone has consumers for has waited for it.
    await graph.start('now', 'worker');
    await graph.settled('now');
    process.stdout.write(`${crowd.visits()} visits of the crowd, ${shop.retried()} told to come again\n`);
    expect(crowd.failed).toEqual([]);
    expect(crowd.visits()).toBeGreaterThan(100);
    expect(await stored()).toEqual(told(shop.acknowledged));
    const file = join(graph.dir, 'acknowledged.ndjson');
    writeFileSync(file, shop.acknowledged.map((write) => `${JSON.stringify(write)}\n`).join(''));
    expect(command('now', 'check-acknowledged', file)).toEqual({ status: 0, stderr: '' });
    expect(command('now', 'check-ledger')).toEqual({ status: 0, stderr: '' });
    expect(command('before', 'check-ledger')).toEqual({ status: 0, stderr: '' });
  });

  type Work = { published: number; applied: number };
  /** Of settlement, whose facts the crowd makes, and of points, that hears them. */
  async function work(release: Release): Promise<Work> {
    const { published } = await graph.counted(release, 'merchant-settlement');
    const { applied } = await graph.counted(release, 'points');
    return { published, applied };
  }

  function command(release: Release, name: string, ...args: string[]) {
    const program = join(RELEASES[release], 'scripts', 'dist', `${name}.js`);
    const env = { PATH: process.env['PATH'] ?? '', ATRIUM_DIR: graph.dir };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: 'utf8' });
    return { status, stderr: status === 0 ? '' : stdout + stderr };
  }

  /** How many of each there are, told or not. */
  async function stored(): Promise<Record<string, number>> {
    const count = async (service: 'merchant-settlement' | 'coupon' | 'points', from: string) => {
      const client = new Client({ connectionString: graph.state.databases[service] });
      await client.connect();
      try {
        return (await client.query<{ n: number }>(`select count(*)::int as n from ${from}`)).rows[0]?.n ?? 0;
      } finally {
        await client.end();
      }
    };
    return {
      purchase: await count('merchant-settlement', 'purchase'),
      earned: await count('points', 'purchase_earn'),
      refund: await count('merchant-settlement', 'refund'),
      checkout: await count('merchant-settlement', 'checkout'),
      coupon: await count('coupon', `coupon where cause = 'CLAIMED'`),
    };
  }

  function told(acknowledged: readonly Acknowledged[]): Record<string, number> {
    const distinct = (write: Acknowledged['write'], by: 'id' | 'key') =>
      new Set(acknowledged.filter((each) => each.write === write).map((each) => each[by])).size;
    const purchase = distinct('purchase', 'id');
    return {
      purchase,
      earned: purchase,
      refund: distinct('refund', 'key'),
      checkout: distinct('checkout', 'id'),
      coupon: distinct('coupon', 'id'),
    };
  }
});
