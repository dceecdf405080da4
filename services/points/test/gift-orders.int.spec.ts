import {
  GiftFulfilledSchema,
  GiftOrderAdvancedSchema,
  GiftOrderCancelledSchema,
  GiftOrderedSchema,
  GiftReturnedSchema,
  MemberFrozenSchema,
} from '@atrium/contracts';
import { createLog } from '@atrium/platform';
import { expireGiftOrdersJob } from '../src/gifts/jobs/expire-gift-orders';
import { clerk, desk, earn, manager, order, orderOf, publish, run, till } from './gift-support';
import {
  balances,
  expectLedgerToBalance,
  GROUP,
  ladder,
  MALL,
  member,
  memberId,
  MERCHANT,
  organisation,
  programme,
  register,
  type Service,
  start,
  STORE,
} from './support';

let service: Service;
let cup: string;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, 'ann', 'ben', 'eve');
  await service.settled();
  await programme(service);
  for (const name of ['ann', 'ben']) await earn(service, name, 10_000n);
  cup = await publish(service, 'CUP', { stock: undefined });
  await run(service, manager, 'changeGiftStock', { giftId: cup, delta: '100', reason: 'counted' });
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const stock = async (giftId = cup) => {
  const { gift } = await service
    .as(member('ann'))
    .ask<{ gift: { stockLeft: string } }>(`query($id: ID!) { gift(id: $id) { stockLeft } }`, { id: giftId });
  return gift.stockLeft;
};
const available = async (name: string) => (await balances(service, name)).available;
const act = (caller: Parameters<typeof run>[1], name: string, orderId: string | undefined, more: object = {}) =>
  run(service, caller, name, { orderId, ...more });

describe('an order for points', () => {
  it('spends points and takes pieces, once for a key, and says so', async () => {
    const first = await order(service, 'ann', cup, { quantity: 2, idempotencyKey: 'same' });
    expect(first).toMatchObject({
      __typename: 'OrderGiftSuccess',
      order: {
        status: 'PLACED',
        points: '1000',
        quantity: 2,
        gift: { code: 'CUP', stockLeft: '98' },
        store: { id: STORE },
      },
      account: { available: '9000', held: '0' },
    });
    expect(await order(service, 'ann', cup, { quantity: 2, idempotencyKey: 'same' })).toEqual(first);
    expect(await order(service, 'ann', cup, { quantity: 3, idempotencyKey: 'same' })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    const { id } = orderOf(first);
    expect(await service.published(GiftOrderedSchema)).toMatchObject([
      {
        orderId: id,
        memberId: memberId('ann'),
        giftId: cup,
        mallId: MALL,
        merchantId: MERCHANT,
        quantity: 2n,
        points: 1000n,
        status: 'PLACED',
        delivery: 'PICK_UP',
      },
    ]);
    const { me } = await service
      .as(member('ann'))
      .ask<{ me: object }>(
        `{ me { giftOrders { edges { node { id status } } } points { entries(first: 1) { edges { node { kind amount explanation { text } } } } } } }`,
      );
    expect(me).toMatchObject({
      giftOrders: { edges: [{ node: { id, status: 'PLACED' } }] },
      points: {
        entries: {
          edges: [
            { node: { kind: 'REDEEM', amount: '-1000', explanation: [{ text: '2 of the gift CUP at 500.' }, {}] } },
          ],
        },
      },
    });
  });

  it('is picked up with the code that the member was shown last, one time', async () => {
    const { id } = orderOf(await order(service, 'ann', cup));
    expect(await act(clerk, 'fulfilGiftOrder', id, { pickUpCode: 'ABC' })).toMatchObject({
      code: 'PICK_UP_CODE_WRONG',
    });
    expect(await act(clerk, 'readyGiftOrder', id)).toMatchObject({ order: { status: 'READY' } });
    expect(await act(member('ann'), 'cancelGiftOrder', id)).toMatchObject({
      code: 'GIFT_ORDER_STATE',
      status: 'READY',
    });
    const old = await act(member('ann'), 'showGiftCode', id);
    const shown = await act(member('ann'), 'showGiftCode', id, { idempotencyKey: 'code' });
    expect(await act(member('ann'), 'showGiftCode', id, { idempotencyKey: 'code' })).toEqual(shown);
    expect(await act(member('ben'), 'showGiftCode', id)).toMatchObject({ code: 'NOT_FOUND' });
    for (const wrong of [undefined, '', old['code'], `${String(shown['code'])}X`]) {
      expect(await act(clerk, 'fulfilGiftOrder', id, { pickUpCode: wrong })).toMatchObject({
        code: 'PICK_UP_CODE_WRONG',
      });
    }
    const [row] = await service.admin.dataSource.query(`select pick_up_hash from gift_order where id = $1`, [id]);
    expect(JSON.stringify(row)).not.toContain(String(shown['code']));
    expect(await act(clerk, 'fulfilGiftOrder', id, { pickUpCode: String(shown['code']).toLowerCase() })).toMatchObject({
      order: { status: 'FULFILLED', fulfilledAt: '2026-03-10T04:00:00.000Z', returnUntil: '2026-03-17T04:00:00.000Z' },
    });
    expect(await act(clerk, 'fulfilGiftOrder', id, { pickUpCode: shown['code'] })).toMatchObject({
      code: 'GIFT_ORDER_STATE',
      status: 'FULFILLED',
    });
    expect(await act(member('ann'), 'showGiftCode', id)).toMatchObject({ code: 'GIFT_ORDER_STATE' });
    expect((await service.published(GiftFulfilledSchema)).map(({ orderId }) => orderId)).toEqual([id]);
  });

  it('is shipped and taken back in time; points go back into the same lots', async () => {
    const before = [await available('ann'), await stock()];
    const lots = () =>
      service.admin.dataSource.query(
        `select id, available, redeemed, expires_at from lot where member_id = $1 order by id`,
        [memberId('ann')],
      );
    const lotsBefore = await lots();
    const shipment = { delivery: 'SHIP', storeId: undefined, addressRef: 'address-7' };
    const { id } = orderOf(await order(service, 'ann', cup, shipment));
    const atMerchant = { ...clerk, grants: [{ role: 'merchant-manager' as const, nodeId: MERCHANT }] };
    expect(await act(clerk, 'shipGiftOrder', id, { trackingRef: 'SF-1' })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await act(atMerchant, 'readyGiftOrder', id)).toMatchObject({ code: 'GIFT_ORDER_STATE' });
    expect(await act(atMerchant, 'fulfilGiftOrder', id)).toMatchObject({ code: 'GIFT_ORDER_STATE', status: 'PLACED' });
    expect(await act(atMerchant, 'shipGiftOrder', id, { trackingRef: 'a b' })).toMatchObject({ path: ['trackingRef'] });
    expect(await act(atMerchant, 'shipGiftOrder', id, { trackingRef: 'SF-1' })).toMatchObject({
      order: { status: 'SHIPPED', trackingRef: 'SF-1' },
    });
    expect(await act(desk, 'returnGift', id)).toMatchObject({ code: 'GIFT_ORDER_STATE', status: 'SHIPPED' });
    expect(await act(atMerchant, 'fulfilGiftOrder', id)).toMatchObject({ order: { status: 'FULFILLED' } });
    expect(await act(desk, 'cancelGiftOrder', id)).toMatchObject({ code: 'GIFT_ORDER_STATE' });
    expect(await act(desk, 'returnGift', id)).toMatchObject({ order: { status: 'RETURNED' } });
    expect(await act(desk, 'returnGift', id)).toMatchObject({ code: 'GIFT_ORDER_STATE', status: 'RETURNED' });
    expect([await available('ann'), await stock()]).toEqual(before);
    expect(await lots()).toEqual(lotsBefore);
    expect(await service.published(GiftReturnedSchema)).toMatchObject([{ orderId: id, points: 500n }]);
    const late = orderOf(await order(service, 'ann', cup, { delivery: 'DIGITAL', storeId: undefined })).id;
    await act(desk, 'fulfilGiftOrder', late);
    service.clock.set('2026-03-17T04:00:00.000Z');
    expect(await act(desk, 'returnGift', late)).toMatchObject({ code: 'GIFT_RETURN_OVER' });
  });

  it('is cancelled by the member before it is made ready, by staff until the hand-over', async () => {
    const before = [await available('ann'), await stock()];
    const mine = orderOf(await order(service, 'ann', cup)).id;
    expect(await act(member('ben'), 'cancelGiftOrder', mine)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await act(member('ann'), 'cancelGiftOrder', mine)).toMatchObject({ order: { status: 'CANCELLED' } });
    const theirs = orderOf(await order(service, 'ann', cup)).id;
    await act(clerk, 'readyGiftOrder', theirs);
    expect(await act(clerk, 'cancelGiftOrder', theirs)).toMatchObject({ order: { status: 'CANCELLED' } });
    expect([await available('ann'), await stock()]).toEqual(before);
    expect((await service.published(GiftOrderCancelledSchema)).map(({ cause }) => cause)).toEqual(['MEMBER', 'STAFF']);
    const advanced = await service.published(GiftOrderAdvancedSchema);
    expect(advanced.map(({ status }) => status)).toEqual(['READY', 'SHIPPED', 'READY']);
  });
});

describe('an order for points and cash', () => {
  const priced = { price: '300+20.00CNY' };
  const pay = (
    orderId: string | undefined,
    paymentRef: string,
    amount = '20.00',
    caller = till as Parameters<typeof run>[1],
  ) => act(caller, 'confirmGiftPayment', orderId, { paymentRef, amount: { amount, currency: 'CNY' } });

  it('holds the points until the till confirms the cash, once for a payment', async () => {
    const before = BigInt(await available('ben'));
    const made = await order(service, 'ben', cup, { ...priced, quantity: 2 });
    expect(made).toMatchObject({
      order: { status: 'AWAITING_PAYMENT', cash: { amount: '40.00' } },
      account: { held: '600' },
    });
    const { id } = orderOf(made);
    expect(await act(clerk, 'readyGiftOrder', id)).toMatchObject({
      code: 'GIFT_ORDER_STATE',
      status: 'AWAITING_PAYMENT',
    });
    expect(await pay(id, 'P 1', '40.00')).toMatchObject({ path: ['paymentRef'] });
    expect(await pay(id, 'P-1', '39.99')).toMatchObject({ path: ['amount'] });
    expect(await pay(id, 'P-1', '40.001')).toMatchObject({ path: ['amount', 'amount'] });
    expect(await pay(id, 'P-1', '40.00', clerk)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await pay(id, 'P-1', '40.00')).toMatchObject({ order: { status: 'PLACED' } });
    expect(await pay(id, 'P-1', '40.00')).toMatchObject({ order: { status: 'PLACED' } });
    expect(await pay(id, 'P-2', '40.00')).toMatchObject({ code: 'GIFT_ORDER_STATE', status: 'PLACED' });
    expect(await balances(service, 'ben')).toMatchObject({ available: String(before - 600n), held: '0' });
    expect(await act(member('ben'), 'cancelGiftOrder', id)).toMatchObject({ order: { status: 'CANCELLED' } });
    expect(await available('ben')).toBe(String(before));
    expect((await service.published(GiftOrderCancelledSchema)).at(-1)).toMatchObject({
      orderId: id,
      cashPaidMinor: 4000n,
      paymentRef: 'P-1',
    });
  });

  it('is over when nobody pays in time: points at once, pieces with the job', async () => {
    const before = [await available('ben'), await stock()];
    const { id } = orderOf(await order(service, 'ben', cup, priced));
    const cancelled = orderOf(await order(service, 'ben', cup, priced)).id;
    await act(member('ben'), 'cancelGiftOrder', cancelled);
    service.clock.advance({ minutes: 15 });
    const { giftOrder } = await service
      .as(member('ben'))
      .ask<{ giftOrder: object }>(`query($id: ID!) { giftOrder(id: $id) { status } }`, { id });
    expect([giftOrder, await available('ben')]).toEqual([{ status: 'EXPIRED' }, before[0]]);
    expect(await pay(id, 'P-9')).toMatchObject({ code: 'GIFT_ORDER_STATE', status: 'EXPIRED' });
    const job = expireGiftOrdersJob(service.app);
    const log = createLog('points', 'silent');
    await Promise.all([job.run(service.db, log), job.run(service.db, log)]);
    expect(await job.run(service.db, log)).toBe(0);
    expect([await available('ben'), await stock()]).toEqual(before);
    const ended = (await service.published(GiftOrderCancelledSchema)).filter(({ orderId }) => orderId === id);
    expect(ended).toMatchObject([{ cause: 'EXPIRED', cashPaidMinor: 0n }]);
  });
});

describe('refusals', () => {
  it.each<[string, object, object]>([
    ['no such gift', { giftId: GROUP }, { code: 'NOT_FOUND' }],
    ['no id', { giftId: 'x' }, { code: 'NOT_FOUND' }],
    ['another price', { price: '499' }, { path: ['price'] }],
    ['no piece', { quantity: 0 }, { path: ['quantity'] }],
    ['100 pieces', { quantity: 100 }, { path: ['quantity'] }],
    ['no store', { storeId: undefined }, { path: ['storeId'] }],
    ['a mall for a store', { storeId: MALL }, { path: ['storeId'] }],
    ['a store for a digital gift', { delivery: 'DIGITAL' }, { path: ['storeId'] }],
    ['a shipment without address', { delivery: 'SHIP', storeId: undefined }, { path: ['addressRef'] }],
    [
      'an address in words',
      { delivery: 'SHIP', storeId: undefined, addressRef: '1 Main Street' },
      { path: ['addressRef'] },
    ],
    ['an address for a pick-up', { addressRef: 'a-1' }, { path: ['addressRef'] }],
    ['too few points', { quantity: 50 }, { code: 'INSUFFICIENT_POINTS', requested: '25000' }],
  ])('%s', async (_, more, expected) => {
    expect(await order(service, 'ann', cup, more)).toMatchObject(expected);
  });

  it('of gifts that are not for this member, or not now', async () => {
    const refused = async (code: string, more: object) => order(service, 'ann', await publish(service, code, more));
    expect(await refused('GOLD', { tiers: ['GOLD'] })).toMatchObject({ code: 'GIFT_NOT_REDEEMABLE', reason: 'TIER' });
    expect(await refused('SOON', { saleFrom: '2027-01-01T00:00:00Z' })).toMatchObject({ reason: 'NOT_ON_SALE' });
    expect(await refused('NONE', { stock: '0' })).toMatchObject({
      reason: 'SOLD_OUT',
      message: 'This gift cannot be ordered: it is sold out.',
    });
    expect(await refused('PICKED', { deliveries: ['SHIP'] })).toMatchObject({ path: ['delivery'] });
    const daily = await publish(service, 'DAILY', { stockPerDay: 1, limitPerMember: 2 });
    expect(await order(service, 'ann', daily)).toMatchObject({ __typename: 'OrderGiftSuccess' });
    expect(await order(service, 'ben', daily)).toMatchObject({ reason: 'SOLD_OUT_TODAY' });
    expect(await order(service, 'ann', daily, { quantity: 2 })).toMatchObject({
      code: 'GIFT_LIMIT_REACHED',
      limit: 2,
      ordered: 1,
    });
    service.clock.advance({ days: 1 });
    expect(await order(service, 'ben', daily)).toMatchObject({ __typename: 'OrderGiftSuccess' });
    expect(await run(service, desk, 'orderGift', { giftId: cup, price: '500', delivery: 'DIGITAL' })).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await order(service, 'eve', cup)).toMatchObject({ code: 'INSUFFICIENT_POINTS', available: '0' });
    await service.deliver(
      MemberFrozenSchema,
      {
        memberId: memberId('ben'),
        version: 1n,
        reasonCode: 'CARD_LOST',
        actor: 'desk',
        occurredAt: '2026-03-10T04:00:00.000Z',
      },
      { aggregateId: memberId('ben'), occurredAt: new Date('2026-03-10T04:00:00.000Z') },
    );
    await service.settled();
    expect(await order(service, 'ben', cup)).toMatchObject({ __typename: 'NotEligibleError', code: 'ACCOUNT_FROZEN' });
    for (const verb of ['readyGiftOrder', 'fulfilGiftOrder', 'returnGift', 'cancelGiftOrder']) {
      expect(await act(clerk, verb, GROUP)).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('the list of the desk is by node, state and page', async () => {
    const ask = (caller: Parameters<typeof run>[1], more: string) =>
      service
        .as(caller)
        .send<{ giftOrders: { edges: object[]; pageInfo: { endCursor: string } } }>(
          `{ giftOrders(${more}) { edges { node { id status } } pageInfo { endCursor } } }`,
        );
    const all = await ask(clerk, `nodeId: "${STORE}", first: 2`);
    const rest = await ask(clerk, `nodeId: "${STORE}", after: "${all.data?.giftOrders.pageInfo.endCursor}"`);
    expect([all.data?.giftOrders.edges.length, (rest.data?.giftOrders.edges.length ?? 0) > 2]).toEqual([2, true]);
    const cancelled = await ask(desk, `nodeId: "${MALL}", statuses: [CANCELLED]`);
    expect(cancelled.data?.giftOrders.edges).toHaveLength(4);
    expect((await ask(clerk, `nodeId: "${MALL}"`)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect((await ask(member('ann'), `nodeId: "${STORE}"`)).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
    expect((await ask(clerk, `nodeId: "${memberId('ann')}"`)).data?.giftOrders.edges).toEqual([]);
  });
});
