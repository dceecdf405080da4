import {
  CheckoutCommittedSchema,
  CheckoutReleasedSchema,
  CheckoutReservedSchema,
  CouponRedeemedSchema,
  CouponReturnedSchema,
} from '@atrium/contracts';
import { naturalId, uuidv7 } from '@atrium/kernel';
import { createLog } from '@atrium/platform';
import { eventually } from '@atrium/testkit';
import { sweepCheckoutsJob } from '../src/jobs/sweep-checkouts';
import {
  atTill,
  basket,
  cancel,
  checkoutById,
  claim,
  couponsOf,
  publish,
  quote,
  reserve,
  sendReserve,
} from './support/verbs';
import {
  admin,
  foreigner,
  member,
  memberId,
  MERCHANT,
  otherTill,
  refunded,
  register,
  sold,
  startWorld,
  STORE,
  tierChanged,
  till,
  type World,
} from './support/world';

let world: World;
let template: string;
const log = createLog('test', 'silent');
beforeAll(async () => {
  world = await startWorld();
  await world.settled();
  template = (await publish(world, { code: 'C20', claimLimitPerMember: 5, threshold: '100.00' })).template.id;
});
afterAll(() => world.end());

/** A member with coupons of 20.00 and points. */
async function customer(name: string, { coupons = 1, points = 0n } = {}): Promise<{ id: string; coupons: string[] }> {
  const id = memberId(name);
  await register(world, id);
  world.points.balances.set(id, points);
  const made: string[] = [];
  for (let i = 0; i < coupons; i++) {
    made.push((await claim(world.as(member(id)), template, world.key())).coupon.id);
  }
  return { id, coupons: made };
}

const sweep = () => sweepCheckoutsJob.run(world.db, log);
const purchase = (name: string) => naturalId('purchase', 'test', name);

describe('quoteCheckout', () => {
  test('tier discount, best coupon, points, in this order, with the arithmetic', async () => {
    const { id, coupons } = await customer('q1', { points: 500n });
    await tierChanged(world, { id: uuidv7(new Date()), memberId: id, from: 1, to: 2, at: '2026-02-01T00:00:00.000Z' });
    await world.settled();
    const answer = await quote(atTill(world), basket(id, { points: 800n }));
    // 110.00; gold 5 % = 5.50 -> 104.50 (57.00 + 47.50), above 100.00; coupon 20.00 -> 10.91 + 9.09 (57/104.5 of 20 is
    // 10.909) -> 46.09 + 38.41 = 84.50; 500 of the 800 points are there: 5.00 -> 79.50. It earns floor(79.50) = 79.
    expect(answer).toMatchObject({
      gross: { amount: '110.00' },
      shopDiscount: { amount: '0.00' },
      toPay: { amount: '79.50' },
      pointsUsed: '500',
      pointsToEarn: '79',
      notices: ['Fewer points are used: the balance is lower.'],
      validUntil: '2026-03-10T04:10:00.000Z',
    });
    expect(
      answer.steps.map(({ kind, label, amount, coupon }) => [kind, label, amount.amount, coupon?.id ?? null]),
    ).toEqual([
      ['TIER_DISCOUNT', 'Gold · Member discount', '5.50', null],
      ['COUPON', '20 off · Coupon', '20.00', coupons[0]],
      ['POINTS', 'Points', '5.00', null],
    ]);
    // Points over 46.09 and 38.41: 500 * 46.09 / 84.50 = 272.7 -> 2.73 and 2.27.
    expect(answer.lines.map(({ toPay, discount }) => [discount.amount, toPay.amount])).toEqual([
      ['13.91', '43.36'],
      ['11.59', '36.14'],
    ]);
  });

  test('the price of points is that of the quote: its version is asked for again, and held by', async () => {
    const { id } = await customer('q-lock', { points: 500n });
    const wish = basket(id, { couponIds: [], points: 500n });
    const { pointsRuleVersionId: quoted } = await quote(atTill(world), wish);
    expect(quoted).toBe(world.points.version);
    world.points.version = '01890000-0000-7000-8000-000000000002';
    const made = await reserve(atTill(world), world.key(), { ...wish, pointsRuleVersionId: quoted }, '105.00');
    expect(made).toMatchObject({ checkout: { quote: { pointsRuleVersionId: quoted } } });
    expect(world.points.holds.get(made.checkout.id)).toMatchObject({ points: 500n, version: quoted });
    expect(await quote(atTill(world), wish)).toMatchObject({ pointsRuleVersionId: world.points.version });
    for (const pointsRuleVersionId of ['nonsense', '01890000-0000-7000-8000-00000000000f']) {
      const wrong = { ...wish, pointsRuleVersionId };
      const __typename = 'InvalidInputError';
      expect(await quote(atTill(world), wrong)).toMatchObject({ __typename, path: ['pointsRuleVersionId'] });
      const refused = await reserve(atTill(world), world.key(), wrong, '105.00');
      expect(refused).toMatchObject({ __typename, path: ['basket', 'pointsRuleVersionId'] });
    }
  });

  test('given coupons must apply, each with its reason', async () => {
    const { id, coupons } = await customer('q2', { coupons: 2 });
    const small = [
      { lineNo: 1, sku: 'a', category: 'FOOD', quantity: '1', gross: { amount: '99.99', currency: 'CNY' } },
    ];
    const ask = (more: object) => quote(atTill(world), basket(id, more));
    expect(await ask({ couponIds: [] })).toMatchObject({ toPay: { amount: '110.00' }, steps: [] });
    expect(await ask({ couponIds: [coupons[1]] })).toMatchObject({ toPay: { amount: '90.00' } });
    expect(await ask({ couponIds: coupons })).toMatchObject({ reason: 'NOT_COMBINABLE', couponId: coupons[1] });
    expect(await ask({ couponIds: [coupons[0]], lines: small })).toMatchObject({ reason: 'THRESHOLD' });
    expect(await ask({ lines: small })).toMatchObject({ toPay: { amount: '99.99' } });
    expect(await ask({ couponIds: [uuidv7(new Date())] })).toMatchObject({ reason: 'NOT_FOUND' });
    expect(await ask({ couponIds: ['nonsense'] })).toMatchObject({ reason: 'NOT_FOUND' });
  });

  test.each([
    ['negative', { gross: { amount: '-1.00', currency: 'CNY' } }, ['lines', '0', 'gross', 'amount']],
    ['currency', { gross: { amount: '1.00', currency: 'USD' } }, ['lines', '0', 'gross', 'currency']],
    ['discount above gross', { discount: { amount: '2.00', currency: 'CNY' } }, ['lines', '0', 'discount', 'amount']],
    ['too fine', { gross: { amount: '1.001', currency: 'CNY' } }, ['lines', '0', 'gross', 'amount']],
    ['too large', { gross: { amount: '99999999999999999999', currency: 'CNY' } }, ['lines', '0', 'gross', 'amount']],
    ['quantity', { quantity: '0' }, ['lines', '0', 'quantity']],
    ['line number', { lineNo: 0 }, ['lines', '0', 'lineNo']],
    ['category', { category: ' ' }, ['lines', '0', 'category']],
  ])('a bad basket: %s', async (_, change, path) => {
    const line = { lineNo: 1, sku: 'a', category: 'FOOD', quantity: '1', gross: { amount: '1.00', currency: 'CNY' } };
    const { id } = await customer('bad', { coupons: 0 });
    const answer = await quote(atTill(world), basket(id, { lines: [{ ...line, ...change }] }));
    expect(answer).toMatchObject({ __typename: 'InvalidInputError', path });
  });

  test('who may ask: the till of the store, its staff, the member herself', async () => {
    const { id } = await customer('q3', { coupons: 0 });
    const ok = { __typename: 'CheckoutQuote' };
    const notFound = { __typename: 'NotFoundError' };
    expect(await quote(world.as(member(id)), basket(id))).toMatchObject(ok);
    const clerk = { kind: 'STAFF' as const, id: 's', grants: [{ role: 'clerk' as const, nodeId: MERCHANT }] };
    expect(await quote(world.as(clerk), basket(id))).toMatchObject(ok);
    expect(await quote(world.as(member(memberId('q1'))), basket(id))).toMatchObject(notFound);
    expect(await quote(atTill(world), basket(memberId('nobody')))).toMatchObject(notFound);
    expect(await quote(atTill(world), basket(id, { storeId: uuidv7(new Date()) }))).toMatchObject(notFound);
    expect(await quote(world.as(foreigner(id)), basket(id))).toMatchObject(notFound);
    await expect(quote(world.as(otherTill), basket(id))).rejects.toThrow('FORBIDDEN');
    await expect(quote(world.as(admin), basket(id))).rejects.toThrow('FORBIDDEN');
  });
});

describe('reserveCheckout', () => {
  test('100 at once on one coupon and one balance: exactly what is affordable', async () => {
    const { id, coupons } = await customer('race', { points: 1_000n });
    // 110.00 - 20.00 - 3.00. One basket can have the coupon; repeats of its key get its answer.
    const input = basket(id, { couponIds: coupons, points: 300n });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => reserve(atTill(world), `race-${i % 50}`, input, '87.00')),
    );
    const won = new Set(answers.flatMap(({ checkout }) => checkout?.id ?? []));
    expect(won.size).toBe(1);
    expect(world.points.balances.get(id)).toBe(700n);
    expect([...world.points.holds.values()].filter(({ memberId: owner }) => owner === id)).toHaveLength(1);
    expect(await couponsOf(atTill(world), id, 'LOCKED')).toHaveLength(1);
    // Points alone: 700 left, 300 each.
    const plain = basket(id, { couponIds: [], points: 300n });
    const more = await Promise.all(
      Array.from({ length: 100 }, (_, i) => reserve(atTill(world), `plain-${i % 50}`, plain, '107.00')),
    );
    expect(new Set(more.flatMap(({ checkout }) => checkout?.id ?? [])).size).toBe(2);
    expect(world.points.balances.get(id)).toBe(100n);
    const names = new Set(more.map(({ __typename }) => __typename));
    names.delete('ReserveCheckoutSuccess');
    for (const name of names) expect(name).toMatch(/^(QuoteChanged|InsufficientPoints|InProgress)Error$/);
  });

  test('the same key answers the same; other input is a conflict; another sum is refused with the new quote', async () => {
    const { id, coupons } = await customer('r1');
    const input = basket(id, { couponIds: coupons });
    const key = world.key();
    expect(await reserve(atTill(world), key, input, '89.00')).toMatchObject({
      __typename: 'QuoteChangedError',
      quote: { toPay: { amount: '90.00' } },
    });
    const first = await reserve(atTill(world), key, input, '90.00');
    expect(first).toMatchObject({
      checkout: { status: 'RESERVED', reservedUntil: '2026-03-10T04:15:00.000Z', store: { id: STORE }, member: { id } },
    });
    expect(await reserve(atTill(world), key, input, '90.00')).toEqual(first);
    expect(await reserve(atTill(world), key, input, '91.00')).toMatchObject({ __typename: 'IdempotencyConflictError' });
    expect(await reserve(atTill(world), world.key(), input, '90.00')).toMatchObject({ reason: 'LOCKED' });
    const [event] = (await world.published(CheckoutReservedSchema)).filter(({ memberId: owner }) => owner === id);
    expect(event).toMatchObject({ toPayMinor: 9_000n, merchantId: MERCHANT, pointsUsed: 0n });
    expect(event?.lines.map((line) => [line.grossMinor, line.couponDiscountMinor, line.toPayMinor])).toEqual([
      [6_000n, 1_091n, 4_909n],
      [5_000n, 909n, 4_091n],
    ]);
    const bad = await reserve(atTill(world), world.key(), basket(id, { lines: [] }), '1.00');
    expect(bad.path).toEqual(['basket', 'lines']);
  });

  test('a repeat that finds the key of a reservation just given up is told to ask again', async () => {
    const { id } = await customer('crossed', { coupons: 0 });
    const key = world.key();
    const { checkout } = await reserve(atTill(world), key, basket(id), '110.00');
    // What the repeat sees when the other is given up between its two look-ups: the key still there, the checkout FAILED.
    await world.admin.dataSource.query(`update checkout set status = 'FAILED' where id = $1`, [checkout.id]);
    expect(await reserve(atTill(world), key, basket(id), '110.00')).toMatchObject({ __typename: 'InProgressError' });
  });

  test('fails closed while points is away, and leaves nothing behind', async () => {
    const { id, coupons } = await customer('away', { points: 500n });
    const input = basket(id, { couponIds: coupons, points: 100n });
    await world.points.stop();
    try {
      const answer = await sendReserve(atTill(world), 'away', input, '89.00');
      expect(answer.errors[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    } finally {
      world.points.start();
    }
    expect(await couponsOf(atTill(world), id, 'AVAILABLE')).toHaveLength(1);
    expect(await reserve(atTill(world), 'away', input, '89.00')).toMatchObject({ checkout: { status: 'RESERVED' } });
  });

  test('a hold that nobody answers gives everything back and tells points so', async () => {
    const { id, coupons } = await customer('mute', { points: 500n });
    const holds = world.points.holds.set.bind(world.points.holds);
    world.points.holds.set = () => {
      throw new Error('lost');
    };
    const input = basket(id, { couponIds: coupons, points: 100n });
    try {
      const answer = await sendReserve(atTill(world), 'mute', input, '89.00');
      expect(answer.errors[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE' });
    } finally {
      world.points.holds.set = holds;
    }
    expect(await couponsOf(atTill(world), id, 'AVAILABLE')).toHaveLength(1);
    const released = (await world.published(CheckoutReleasedSchema)).filter(({ memberId: owner }) => owner === id);
    expect(released).toMatchObject([{ cause: 'FAILED' }]);
  });

  test('a crash between the two transactions is swept after 30 seconds', async () => {
    const { id, coupons } = await customer('crash', { points: 500n });
    const input = basket(id, { couponIds: coupons, points: 100n });
    const made = await reserve(atTill(world), 'crash', input, '89.00');
    // As it would be had the process died before points answered.
    await world.admin.dataSource.query(`update checkout set status = 'RESERVING' where id = $1`, [made.checkout.id]);
    expect(await reserve(atTill(world), 'crash', input, '89.00')).toMatchObject({ __typename: 'InProgressError' });
    expect(await checkoutById(atTill(world), made.checkout.id)).toBeNull();
    await sweep();
    expect(await couponsOf(atTill(world), id, 'LOCKED')).toHaveLength(1);
    world.clock.advance({ seconds: 31 });
    await sweep();
    expect(await couponsOf(atTill(world), id, 'AVAILABLE')).toHaveLength(1);
    expect(await reserve(atTill(world), 'crash', input, '89.00')).toMatchObject({ checkout: { status: 'RESERVED' } });
  });
});

describe('afterwards', () => {
  const reserved = async (name: string, points = 0n) => {
    const made = await customer(name, { points });
    const toPay = points > 0n ? '89.00' : '90.00';
    const answer = await reserve(
      atTill(world),
      world.key(),
      basket(made.id, { couponIds: made.coupons, points: points > 0n ? 100n : 0n }),
      toPay,
    );
    return { ...made, checkoutId: answer.checkout.id };
  };

  test('cancel gives everything back, any number of times', async () => {
    const { id, checkoutId } = await reserved('c1', 500n);
    expect(await cancel(world.as(foreigner(id)), checkoutId)).toMatchObject({ __typename: 'NotFoundError' });
    expect(await cancel(world.as(otherTill), checkoutId)).toMatchObject({ __typename: 'NotFoundError' });
    expect(await checkoutById(world.as(otherTill), checkoutId)).toBeNull();
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(atTill(world), checkoutId)));
    for (const answer of answers) expect(answer).toMatchObject({ checkout: { status: 'CANCELLED' } });
    expect(world.points.balances.get(id)).toBe(500n);
    expect(await couponsOf(atTill(world), id, 'AVAILABLE')).toHaveLength(1);
    const released = (await world.published(CheckoutReleasedSchema)).filter((e) => e.checkoutId === checkoutId);
    expect(released).toMatchObject([{ cause: 'CANCELLED' }]);
    expect(await cancel(atTill(world), 'nonsense')).toMatchObject({ __typename: 'NotFoundError' });
  });

  test('the sale commits the basket and redeems its coupon, once; a full refund returns it, a part does not', async () => {
    const { id, coupons, checkoutId } = await reserved('c2');
    const purchaseId = purchase('c2');
    const eventId = await sold(world, { purchaseId, memberId: id, checkoutId });
    await sold(world, { purchaseId, memberId: id, checkoutId }, eventId);
    await sold(world, { purchaseId, memberId: id, checkoutId });
    await sold(world, { purchaseId: purchase('c2-again'), memberId: id, checkoutId });
    await world.settled();
    expect(await checkoutById(atTill(world), checkoutId)).toMatchObject({
      status: 'COMMITTED',
      purchase: { id: purchaseId },
    });
    expect(await couponsOf(atTill(world), id)).toMatchObject([{ status: 'REDEEMED', purchase: { id: purchaseId } }]);
    const redeemed = (await world.published(CouponRedeemedSchema)).filter((e) => e.couponId === coupons[0]);
    expect(redeemed).toMatchObject([
      {
        amountMinor: 2_000n,
        merchantId: MERCHANT,
        storeId: STORE,
        purchaseId,
        funding: [
          { party: 'MALL', shareBps: 6_000 },
          { party: 'MERCHANT', shareBps: 4_000 },
        ],
      },
    ]);
    expect((await world.published(CheckoutCommittedSchema)).filter((e) => e.checkoutId === checkoutId)).toHaveLength(1);
    expect(await cancel(atTill(world), checkoutId)).toMatchObject({ __typename: 'CheckoutCommittedError' });

    const ofPurchase = async (who: Parameters<World['as']>[0], of = purchaseId) =>
      (
        await world
          .as(who)
          .ask<{ _entities: unknown[] }>(
            `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Purchase { checkout { id } couponsGranted { id } } } }`,
            { of: [{ __typename: 'Purchase', id: of }] },
          )
      )._entities[0];
    expect(await ofPurchase(till)).toEqual({ checkout: { id: checkoutId }, couponsGranted: [] });
    expect(await ofPurchase(till, purchase('c2-again'))).toEqual({ checkout: null, couponsGranted: [] });
    expect(await ofPurchase(member(memberId('q1')))).toEqual({ checkout: null, couponsGranted: null });
    expect(await ofPurchase(foreigner(id))).toBeNull();

    await refunded(world, { purchaseId, checkoutId, full: false });
    await world.settled();
    expect(await couponsOf(atTill(world), id, 'REDEEMED')).toHaveLength(1);
    const refundEvent = await refunded(world, { purchaseId, checkoutId, full: true });
    await refunded(world, { purchaseId, checkoutId, full: true }, refundEvent);
    await refunded(world, { purchaseId, checkoutId, full: true });
    await world.settled();
    expect(await couponsOf(atTill(world), id)).toMatchObject([{ status: 'AVAILABLE', purchase: null }]);
    const returned = (await world.published(CouponReturnedSchema)).filter((e) => e.couponId === coupons[0]);
    expect(returned).toMatchObject([{ usable: true, amountMinor: 2_000n, purchaseId }]);
  });

  test('nobody pays in time: swept once; a late sale still takes the coupon while it can', async () => {
    const { id, checkoutId } = await reserved('c3', 500n);
    world.clock.advance({ minutes: 16 });
    expect(await checkoutById(atTill(world), checkoutId)).toMatchObject({ status: 'EXPIRED' });
    expect(await couponsOf(atTill(world), id, 'AVAILABLE')).toHaveLength(1);
    await Promise.all([sweep(), sweep()]);
    const released = (await world.published(CheckoutReleasedSchema)).filter((e) => e.checkoutId === checkoutId);
    expect(released).toMatchObject([{ cause: 'EXPIRED' }]);
    await sold(world, { purchaseId: purchase('c3'), memberId: id, checkoutId });
    await world.settled();
    expect(await checkoutById(atTill(world), checkoutId)).toMatchObject({ status: 'COMMITTED' });
    expect(await couponsOf(atTill(world), id, 'REDEEMED')).toHaveLength(1);
  });

  test('a lapsed lock that another basket took is kept for a person to look at', async () => {
    const { id, coupons, checkoutId } = await reserved('c4');
    world.clock.advance({ minutes: 16 });
    const second = await reserve(atTill(world), world.key(), basket(id, { couponIds: coupons }), '90.00');
    await sold(world, { purchaseId: purchase('c4'), memberId: id, checkoutId });
    await world.settled();
    const [row] = await world.admin.dataSource.query(`select status, missed_coupon_ids from checkout where id = $1`, [
      checkoutId,
    ]);
    expect(row).toEqual({ status: 'COMMITTED', missed_coupon_ids: coupons });
    expect(await couponsOf(atTill(world), id)).toMatchObject([{ status: 'LOCKED' }]);
    await sold(world, { purchaseId: purchase('c4-b'), memberId: id, checkoutId: second.checkout.id });
    await world.settled();
    expect(await couponsOf(atTill(world), id)).toMatchObject([
      { status: 'REDEEMED', purchase: { id: purchase('c4-b') } },
    ]);
  });

  test('a refund before its sale waits; a sale of an unknown basket waits and holds up nobody', async () => {
    const { id, checkoutId } = await reserved('c5');
    await refunded(world, { purchaseId: purchase('c5'), checkoutId, full: true });
    await sold(world, { purchaseId: purchase('lost'), memberId: id, checkoutId: uuidv7(new Date()) });
    await sold(world, { purchaseId: purchase('c5'), memberId: id, checkoutId });
    await world.settled();
    expect(await checkoutById(atTill(world), checkoutId)).toMatchObject({ status: 'COMMITTED' });
    world.clock.advance({ seconds: 5 });
    await eventually(async () => (await couponsOf(atTill(world), id, 'AVAILABLE')).length === 1, {
      what: 'the refund is applied',
    });
    const [parked] = await world.admin.dataSource.query(`select count(*) as n from parked_event`);
    expect(parked.n).toBe(1n);
  });

  test('the policy of the group replaces the default', async () => {
    const send = (input: object, as = admin) =>
      world
        .as(as)
        .ask<{ result: { __typename: string } }>(
          `mutation ($input: PublishCheckoutPolicyInput!) { result: publishCheckoutPolicy(input: $input) { __typename ... on InvalidInputError { path } } }`,
          { input: { idempotencyKey: world.key(), quoteMinutes: 5, maxCoupons: 1, ...input } },
        );
    expect(await send({ holdMinutes: 0 })).toEqual({
      result: { __typename: 'InvalidInputError', path: ['holdMinutes'] },
    });
    await expect(send({ holdMinutes: 3 }, till)).rejects.toThrow('FORBIDDEN');
    await send({ holdMinutes: 3 });
    const { id } = await customer('policy', { coupons: 0 });
    const answer = await reserve(atTill(world), world.key(), basket(id), '110.00');
    expect(new Date(answer.checkout.reservedUntil).getTime() - world.clock.now().getTime()).toBe(180_000);
  });
});
