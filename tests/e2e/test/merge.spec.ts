// Two memberships become one while tills go on: sales and refunds that name either are on their way, and nothing is lost.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { eventually, type GraphQLClient, inFlight, mustMutate, mutate, ROOT } from '@atrium/testkit';
import { startStoryGraph, type StoryGraph } from './graph';
import { openRows, type Rows } from './rows';
import { cny, enrol, line, makeWorld, publishCoupon, type World } from './world';

const PAIRS = 4;
const SALES = 8;

interface Pair {
  name: string;
  survivor: string;
  loser: string;
}

describe('merging members through the gateway', () => {
  let graph: StoryGraph;
  let world: World;
  let rows: Rows;
  let pairs: Pair[];

  beforeAll(async () => {
    graph = await startStoryGraph();
    world = await makeWorld(graph, 'STORY');
    rows = await openRows(graph.databases);
    const names = Array.from({ length: PAIRS + 1 }, (_, i) => `P${i}`);
    const ids = await enrol(
      world.clients.service,
      names.flatMap((name) => [`${name}-STAYS`, `${name}-GOES`]),
    );
    pairs = names.map((name, i) => ({ name, survivor: ids[2 * i] ?? '', loser: ids[2 * i + 1] ?? '' }));
    await graph.settled();
  });
  afterAll(async () => {
    await rows?.close();
    await graph?.end();
  });

  const sell = (externalId: string, member: object, amount: string) => {
    const at = { sourceSystem: 'till', storeId: world.ids.storeId, occurredAt: new Date().toISOString() };
    return mustMutate<{ purchase: { id: string } }>(
      world.callers.till,
      'recordPurchase',
      { ...at, externalId, member, lines: [line(1, amount)] },
      'purchase { id }',
    );
  };
  const giveBack = (number: string, amount: string) => {
    const at = { sourceSystem: 'till', occurredAt: new Date().toISOString() };
    const lines = [{ lineNo: 1, amount: cny(amount) }];
    const input = { ...at, externalId: `R-${number}`, purchaseExternalId: number, lines };
    return mustMutate(world.callers.till, 'refundPurchase', input, '__typename');
  };
  const merge = (pair: Pick<Pair, 'survivor' | 'loser'>, key: string, client: GraphQLClient = world.callers.admin) =>
    mutate<{ merge: { id: string } }>(
      client,
      'mergeMembers',
      { idempotencyKey: key, survivorId: pair.survivor, loserId: pair.loser },
      'merge { id }',
    );
  const ended = (id: string) =>
    eventually(
      async () => {
        const { memberMerge } = await world.callers.admin.ask<{
          memberMerge: { status: string; obstacle: { code: string } | null };
        }>('query($id: ID!) { memberMerge(id: $id) { status obstacle { code } } }', { id });
        expect(['DONE', 'ABANDONED']).toContain(memberMerge.status);
        return memberMerge;
      },
      { what: `the end of merge ${id}` },
    );
  const seen = async (id: string) =>
    (
      await world.callers.admin.ask<{
        member: { status: string; points: { available: string; debt: string }; tier: { tier: { code: string } } };
      }>(
        'query($id: ID!) { member(id: $id) { status mergedInto { id } points { available debt growth } tier { tier { code } } } }',
        { id },
      )
    ).member;

  it('sales and refunds of the loser on their way, before and after: every point is with the survivor', async () => {
    const busy = pairs.slice(0, PAIRS);
    // Something to give back, on both sides.
    for (const { name, survivor, loser } of busy) {
      await sell(`${name}-S0`, { memberId: survivor }, '20.00');
      await sell(`${name}-L0`, { memberId: loser }, '30.00');
    }
    const tasks = busy.flatMap(({ name, survivor, loser }) => [
      ...Array.from({ length: SALES }, (_, i) => async () => {
        const by = i % 3 === 0 ? { card: `${name}-GOES` } : { memberId: loser };
        const member = 'card' in by ? { identifier: { type: 'CARD', value: by.card } } : by;
        await sell(`${name}-L${i + 1}`, member, '10.00');
        if (i % 2 === 0) await giveBack(`${name}-L${i + 1}`, '4.00');
      }),
      async () => void (await giveBack(`${name}-L0`, '30.00')),
      async () => void (await sell(`${name}-S1`, { memberId: survivor }, '10.00')),
    ]);
    const merges: string[] = [];
    const all = busy.map((pair) => async () => {
      const answer = await merge(pair, `merge-${pair.name}`);
      if (!('merge' in answer)) throw new Error(JSON.stringify(answer));
      merges.push(answer.merge.id);
    });
    // The merges begin in the midst of it.
    await inFlight(16, [...tasks.slice(0, 12), ...all, ...tasks.slice(12)]);
    for (const id of merges) expect(await ended(id)).toMatchObject({ status: 'DONE' });
    await graph.settled();
    for (const { survivor, loser } of busy) {
      // 20 + 10 of the one, 8 x 10 - 4 x 4 of the other; 30 came and went.
      const now = await seen(survivor);
      expect(now).toMatchObject({
        status: 'ACTIVE',
        mergedInto: null,
        points: { available: '94', debt: '0', growth: '94' },
      });
      expect(await seen(loser)).toMatchObject({ status: 'MERGED', mergedInto: { id: survivor }, points: now.points });
      const left = await rows.one<{ n: unknown }>(
        'points',
        `select pending + available + held + debt + growth as n from account where member_id = $1`,
        [loser],
      );
      expect(Number(left.n)).toBe(0);
    }
  });

  it('a basket of the loser stands in the way, and nothing moves; without it coupons and tier go along', async () => {
    const pair = pairs[PAIRS] as Pair;
    const { name, survivor, loser } = pair;
    await sell(`${name}-BIG`, { memberId: loser }, '600.00');
    const templateId = await publishCoupon(world.callers.admin, 'MERGE');
    const member = await world.clients.member(loser);
    const claim = { idempotencyKey: 'merge-claim', templateId };
    const { coupon } = await mustMutate<{ coupon: { id: string } }>(member, 'claimCoupon', claim, 'coupon { id }');
    await graph.settled();
    const basket = { storeId: world.ids.storeId, memberId: loser, lines: [line(1, '100.00')], couponIds: [coupon.id] };
    const { checkout } = await mustMutate<{ checkout: { id: string } }>(
      world.callers.till,
      'reserveCheckout',
      { idempotencyKey: 'merge-basket', basket, expectedToPay: cny('95.00') },
      'checkout { id }',
    );
    const first = await merge(pair, 'merge-1');
    if (!('merge' in first)) throw new Error(JSON.stringify(first));
    expect(await ended(first.merge.id)).toEqual({ status: 'ABANDONED', obstacle: { code: 'OPEN_LOCKS' } });
    await mustMutate(
      world.callers.till,
      'cancelCheckout',
      { idempotencyKey: 'merge-cancel', checkoutId: checkout.id },
      '__typename',
    );
    const second = await merge(pair, 'merge-2');
    if (!('merge' in second)) throw new Error(JSON.stringify(second));
    expect(await ended(second.merge.id)).toMatchObject({ status: 'DONE' });
    await graph.settled();
    expect(await seen(survivor)).toMatchObject({ points: { available: '600' }, tier: { tier: { code: 'SILVER' } } });
    // The claim counts, and the coupon pays.
    const survivorClient = await world.clients.member(survivor);
    expect(
      await mutate(survivorClient, 'claimCoupon', { ...claim, idempotencyKey: 'again' }, '__typename'),
    ).toMatchObject({ __typename: 'ClaimLimitReachedError' });
    const again = { ...basket, memberId: survivor };
    const { checkout: paid } = await mustMutate<{ checkout: { id: string } }>(
      world.callers.till,
      'reserveCheckout',
      { idempotencyKey: 'merge-paid', basket: again, expectedToPay: cny('95.00') },
      'checkout { id }',
    );
    const sale = {
      ...{ sourceSystem: 'till', storeId: world.ids.storeId, occurredAt: new Date().toISOString() },
      ...{ externalId: `${name}-PAID`, checkoutId: paid.id, lines: [line(1, '100.00')] },
    };
    await mustMutate(world.callers.till, 'recordPurchase', sale, '__typename');
    await graph.settled();
    const status = await rows.one('coupon', 'select status from coupon where id = $1', [coupon.id]);
    expect(status).toEqual({ status: 'REDEEMED' });
  });

  it('leaves ledgers that add up', () => {
    const check = spawnSync(process.execPath, [join(ROOT, 'scripts', 'run.mjs'), 'check-ledger'], {
      env: { ...process.env, ATRIUM_DIR: graph.dir },
      encoding: 'utf8',
    });
    expect([check.status, check.status === 0 ? '' : check.stdout + check.stderr]).toEqual([0, '']);
  });
});
