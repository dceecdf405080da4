import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type GraphQLClient, mustMutate, mutate, ROOT, inFlight } from '@atrium/testkit';
import { startStoryGraph, type StoryGraph } from './graph';
import { openRows, type Rows } from './rows';
import { cny, enrol, line, makeWorld, publishCoupon, type World } from './world';

const IN_FLIGHT = 50;

type Reserved = { checkout: { id: string; status: string } };
type Points = Record<'available' | 'held' | 'pending' | 'debt', string>;

/** A random order that is the same each time. */
function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items];
  let seed = 20_261_122;
  for (let i = copy.length - 1; i > 0; i--) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const j = seed % (i + 1);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

const countBy = <T>(items: readonly T[], of: (item: T) => string) => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[of(item)] = (counts[of(item)] ?? 0) + 1;
  return counts;
};

describe('many at once through the gateway', () => {
  let graph: StoryGraph;
  let world: World;
  let rows: Rows;
  let member: { id: string; client: GraphQLClient };

  const points = async () =>
    (await member.client.ask<{ me: { points: Points } }>('{ me { points { available held pending debt } } }')).me
      .points;

  /** One basket a key; a key that is being worked on is asked again, as a till does. */
  async function reserve(key: string, basket: object, toPay: string) {
    const input = { idempotencyKey: key, basket, expectedToPay: cny(toPay) };
    for (;;) {
      const answer = await mutate<Reserved>(world.callers.till, 'reserveCheckout', input, 'checkout { id status }');
      if (answer.__typename !== 'InProgressError') return { key, ...answer };
    }
  }
  type Answer = Awaited<ReturnType<typeof reserve>>;
  const reservedOf = (answers: Answer[]) => {
    const ids = new Map<string, string>();
    for (const answer of answers) {
      if (!('checkout' in answer)) continue;
      // One key, one basket, however often it was asked.
      expect(ids.get(answer.key) ?? answer.checkout.id).toBe(answer.checkout.id);
      ids.set(answer.key, answer.checkout.id);
    }
    expect(new Set(ids.values()).size).toBe(ids.size);
    return ids;
  };
  const basketOf = (more: object) => ({
    storeId: world.ids.storeId,
    memberId: member.id,
    lines: [line(1, '100.00')],
    couponIds: [],
    ...more,
  });
  async function cancelAll(checkouts: Iterable<string>) {
    const tasks = [...checkouts].flatMap((checkoutId) =>
      ['once', 'twice'].map((key) => () => {
        const input = { idempotencyKey: `${key}:${checkoutId}`, checkoutId };
        return mutate<Reserved>(world.callers.till, 'cancelCheckout', input, 'checkout { id status }');
      }),
    );
    for (const answer of await inFlight(IN_FLIGHT, tasks)) {
      expect(answer).toMatchObject({ checkout: { status: 'CANCELLED' } });
    }
    await graph.settled();
  }

  beforeAll(async () => {
    graph = await startStoryGraph();
    world = await makeWorld(graph, 'STORY');
    rows = await openRows(graph.databases);
    const [id = ''] = await enrol(world.clients.service, ['RACER']);
    member = { id, client: await world.clients.member(id) };
    await graph.settled();
    const input = { idempotencyKey: 'stake', memberId: id, amount: '1000', reason: 'what they race for' };
    await mustMutate(world.callers.admin, 'adjustPoints', input, '__typename');
    await graph.settled();
  });
  afterAll(async () => {
    await rows?.close();
    await graph?.end();
  });

  it('100 baskets of 100 points on 1,000 points, keys repeated: exactly ten', async () => {
    const keys = Array.from({ length: 100 }, (_, i) => `points-${i}`);
    const basket = basketOf({ points: '100' });
    // 100.00 - 1.00. Every third is asked twice at the same time.
    const asked = shuffled([...keys, ...keys.filter((_, i) => i % 3 === 0)]);
    const answers = await inFlight(
      IN_FLIGHT,
      asked.map((key) => () => reserve(key, basket, '99.00')),
    );
    const reserved = reservedOf(answers);
    expect(reserved.size).toBe(10);
    const refused = answers.filter((answer) => !('checkout' in answer));
    // Points that run out make another price, or too few of them.
    for (const { __typename } of refused)
      expect(['QuoteChangedError', 'InsufficientPointsError']).toContain(__typename);
    expect(await points()).toEqual({ available: '0', held: '1000', pending: '0', debt: '0' });

    await cancelAll(reserved.values());
    expect(await points()).toEqual({ available: '1000', held: '0', pending: '0', debt: '0' });
  });

  it('100 baskets with one coupon and points: exactly one', async () => {
    const templateId = await publishCoupon(world.callers.admin, 'ONLY');
    const claim = { idempotencyKey: 'only', templateId };
    type Claimed = { coupon: { id: string } };
    const { coupon } = await mustMutate<Claimed>(member.client, 'claimCoupon', claim, 'coupon { id }');
    const keys = Array.from({ length: 100 }, (_, i) => `coupon-${i}`);
    const basket = basketOf({ points: '100', couponIds: [coupon.id] });
    // 100.00 - 5.00 - 1.00
    const answers = await inFlight(
      IN_FLIGHT,
      shuffled([...keys, ...keys.filter((_, i) => i % 3 === 0)]).map((key) => () => reserve(key, basket, '94.00')),
    );
    const reserved = reservedOf(answers);
    expect(reserved.size).toBe(1);
    expect(countBy(answers, ({ __typename }) => __typename)).toEqual({
      ReserveCheckoutSuccess: answers.filter(({ key }) => reserved.has(key)).length,
      CouponNotUsableError: answers.filter(({ key }) => !reserved.has(key)).length,
    });
    expect(await points()).toEqual({ available: '900', held: '100', pending: '0', debt: '0' });

    await cancelAll(reserved.values());
    expect(await points()).toEqual({ available: '1000', held: '0', pending: '0', debt: '0' });
    const status = await rows.one('coupon', 'select status from coupon where id = $1', [coupon.id]);
    expect(status).toEqual({ status: 'AVAILABLE' });
  });

  it('1,000 claims by 500 members on 100 coupons, keys repeated: exactly 100', async () => {
    const templateId = await publishCoupon(world.callers.admin, 'RUSH', { stock: 100, claimLimitPerMember: 1 });
    const ids = await enrol(
      world.clients.service,
      Array.from({ length: 500 }, (_, i) => `RUSH-${i}`),
    );
    expect(new Set(ids).size).toBe(500);
    await graph.settled();
    const clients = await Promise.all(ids.map((id) => world.clients.member(id)));
    type Claimed = { coupon: { id: string } };
    const claims = shuffled(
      clients.flatMap((client, i) => [
        { i, client, key: 'first' },
        // Half of the members press again, half try a second time.
        { i, client, key: i % 2 === 0 ? 'first' : 'second' },
      ]),
    );
    const started = performance.now();
    const answers = await inFlight(
      IN_FLIGHT,
      claims.map(({ i, client, key }) => async () => {
        const input = { idempotencyKey: key, templateId };
        for (;;) {
          const answer = await mutate<Claimed>(client, 'claimCoupon', input, 'coupon { id }');
          if (answer.__typename !== 'InProgressError') return { i, key, ...answer };
        }
      }),
    );
    process.stdout.write(`claims through the gateway: ${Math.round(1e6 / (performance.now() - started))} a second\n`);
    const won = answers.flatMap((answer) => ('coupon' in answer ? [{ i: answer.i, id: answer.coupon.id }] : []));
    expect(new Set(won.map(({ id }) => id)).size).toBe(100);
    expect(new Set(won.map(({ i }) => i)).size).toBe(100);
    const lost = answers.filter((answer) => !('coupon' in answer));
    for (const { __typename } of lost) expect(['CouponSoldOutError', 'ClaimLimitReachedError']).toContain(__typename);
    await graph.settled();

    expect(
      await rows.one(
        'coupon',
        'select count(*)::int as coupons, count(distinct member_id)::int as members from coupon where template_id = $1',
        [templateId],
      ),
    ).toEqual({ coupons: 100, members: 100 });
    const facts = `select count(*)::int as n from outbox where subject like 'atrium.coupon.v1.CouponIssued.%' and occurred_at >= $1`;
    const since = new Date(Date.now() - (performance.now() - started) - 1_000);
    expect(await rows.one('coupon', facts, [since])).toEqual({ n: 100 });
    type Offers = { couponOffers: { edges: { node: { template: { id: string }; stockLeft: number } }[] } };
    const { couponOffers } = await world.callers.admin.ask<Offers>(
      '{ couponOffers(first: 100) { edges { node { template { id } stockLeft } } } }',
    );
    expect(couponOffers.edges.find(({ node }) => node.template.id === templateId)?.node.stockLeft).toBe(0);
  });

  it('50 times the same sale at once: one effect', async () => {
    const before = await points();
    const input = {
      sourceSystem: 'till',
      externalId: 'RACE-1',
      storeId: world.ids.storeId,
      occurredAt: new Date().toISOString(),
      member: { memberId: member.id },
      lines: [line(1, '70.00')],
    };
    type Made = { duplicate: boolean; purchase: { id: string } };
    const answers = await inFlight(
      IN_FLIGHT,
      Array.from(
        { length: 50 },
        () => () => mustMutate<Made>(world.callers.till, 'recordPurchase', input, 'duplicate purchase { id }'),
      ),
    );
    expect(new Set(answers.map(({ purchase }) => purchase.id)).size).toBe(1);
    expect(countBy(answers, ({ duplicate }) => String(duplicate))).toEqual({ false: 1, true: 49 });
    await graph.settled();
    expect(await points()).toEqual({ ...before, available: String(Number(before.available) + 70) });
  });

  it('leaves ledgers that add up', () => {
    const check = spawnSync(process.execPath, [join(ROOT, 'scripts', 'run.mjs'), 'check-ledger'], {
      env: { ...process.env, ATRIUM_DIR: graph.dir },
      encoding: 'utf8',
    });
    expect([check.status, check.status === 0 ? '' : check.stdout + check.stderr]).toEqual([0, '']);
  });
});
