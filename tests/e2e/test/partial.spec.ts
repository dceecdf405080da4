import { eventually, type GraphQLClient, mustMutate, mutate } from '@atrium/testkit';
import { startStoryGraph, type StoryGraph } from './graph';
import { cny, enrol, line, makeWorld, publishCoupon, type World } from './world';

const SEEN = `query ($id: String!) { purchaseByExternalId(sourceSystem: "till", externalId: $id) {
  id paid { amount } points { earned } messages { id } } }`;

interface Seen {
  purchaseByExternalId: {
    id: string;
    paid: { amount: string };
    points: { earned: string } | null;
    messages: { id: string }[] | null;
  };
}

describe('a part of the graph is away', () => {
  let graph: StoryGraph;
  let world: World;
  let member: { id: string; client: GraphQLClient };

  const sell = async (externalId: string) => {
    const { till } = world.callers;
    const input = {
      sourceSystem: 'till',
      externalId,
      storeId: world.ids.storeId,
      occurredAt: new Date().toISOString(),
      member: { memberId: member.id },
      lines: [line(1, '200.00')],
    };
    await mustMutate(till, 'recordPurchase', input, 'purchase { id }');
  };

  beforeAll(async () => {
    graph = await startStoryGraph();
    world = await makeWorld(graph, 'STORY');
    const [id = ''] = await enrol(world.clients.service, ['PARTIAL']);
    member = { id, client: await world.clients.member(id) };
    await graph.settled();
    await sell('P-1');
    await graph.settled();
  });
  afterAll(() => graph?.end(), 60_000);

  it('messaging: a sale is read without its messages, with one error that says so', async () => {
    const { admin } = world.callers;
    const whole = await admin.ask<Seen>(SEEN, { id: 'P-1' });
    expect(whole.purchaseByExternalId).toMatchObject({ paid: { amount: '200.00' }, points: { earned: '200' } });
    expect(whole.purchaseByExternalId.messages).toHaveLength(1);

    await graph.kill('messaging');
    const partial = await admin.send<Seen>(SEEN, { id: 'P-1' });
    expect(partial.status).toBe(200);
    expect(partial.data?.purchaseByExternalId).toEqual({ ...whole.purchaseByExternalId, messages: null });
    expect(partial.errors).toMatchObject([
      {
        path: ['purchaseByExternalId'],
        extensions: { code: 'UNAVAILABLE', retryable: true, serviceName: 'messaging' },
      },
    ]);
  });

  it('messaging: sales go on, and their messages come when it is back', async () => {
    const { admin } = world.callers;
    await sell('P-2');
    // Points do not wait for messages.
    await eventually(
      async () => {
        const { data } = await admin.send<Seen>(SEEN, { id: 'P-2' });
        return data?.purchaseByExternalId.points?.earned === '200';
      },
      { what: 'the points of P-2' },
    );
    await graph.start('messaging');
    await graph.settled();
    const back = await admin.ask<Seen>(SEEN, { id: 'P-2' });
    expect(back.purchaseByExternalId).toMatchObject({ points: { earned: '200' } });
    expect(back.purchaseByExternalId.messages).toHaveLength(1);
    expect((await admin.ask<Seen>(SEEN, { id: 'P-1' })).purchaseByExternalId.messages).toHaveLength(1);
  });

  it('points: a basket is refused whole, its coupon stays free; later it works', async () => {
    const { till, admin } = world.callers;
    const templateId = await publishCoupon(admin, 'PARTIAL');
    type Claimed = { coupon: { id: string } };
    const claim = { idempotencyKey: 'claim', templateId };
    const { coupon } = await mustMutate<Claimed>(member.client, 'claimCoupon', claim, 'coupon { id }');
    const coupons = async () => {
      type Home = { me: { coupons: { edges: { node: { status: string } }[] } } };
      const { me } = await member.client.ask<Home>('{ me { coupons { edges { node { status } } } } }');
      return me.coupons.edges.map(({ node }) => node.status);
    };
    const basket = {
      storeId: world.ids.storeId,
      memberId: member.id,
      lines: [line(1, '100.00')],
      couponIds: [coupon.id],
      points: '100',
    };
    // 100.00 - 5.00 - 1.00
    const input = { idempotencyKey: 'basket', basket, expectedToPay: cny('94.00') };
    const document = `mutation ($input: ReserveCheckoutInput!) { reserveCheckout(input: $input) {
      __typename ... on ReserveCheckoutSuccess { checkout { id status } } } }`;

    await graph.kill('points');
    const refused = await till.send(document, { input });
    expect(refused.data).toBeNull();
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryable: true } }]);
    expect(await coupons()).toEqual(['AVAILABLE']);

    await graph.start('points');
    type Reserved = { checkout: { id: string; status: string } };
    const reserved = await eventually(
      async () => {
        const { data } = await till.send<{ reserveCheckout: Reserved }>(document, { input });
        return data?.reserveCheckout.checkout ?? null;
      },
      { what: 'the basket with points back' },
    );
    expect(reserved.status).toBe('RESERVED');
    expect(await coupons()).toEqual(['LOCKED']);

    const cancel = { idempotencyKey: 'cancel', checkoutId: reserved.id };
    expect(await mutate(till, 'cancelCheckout', cancel, 'checkout { status }')).toMatchObject({
      checkout: { status: 'CANCELLED' },
    });
    await graph.settled();
    expect(await coupons()).toEqual(['AVAILABLE']);
    expect(await member.client.ask('{ me { points { available held } } }')).toEqual({
      me: { points: { available: '400', held: '0' } },
    });
  });
});
