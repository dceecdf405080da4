import {
  PointsHoldExtendedSchema,
  PointsHeldSchema,
  PointsRedeemedSchema,
  PointsRedemptionUndoneSchema,
} from '@atrium/contracts';
import type { Caller } from '@atrium/platform';
import { food, orders, park, paying, till } from './orders.support';
import {
  admin,
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
  refund,
  register,
  sell,
  type Service,
  start,
  STORE,
} from './support';

let service: Service;
const ask = orders(() => service);
const NAMES = ['ann', 'ben', 'cat', 'dan', 'eve', 'fay', 'gil'];

beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, ...NAMES);
  await service.settled();
  await programme(service);
  for (const name of NAMES) {
    await sell(service, { number: `E-${name}`, of: name, lines: [100_000n], occurredAt: '2026-02-01T00:00:00.000Z' });
  }
  await service.settled();
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

describe('a hold for an order', () => {
  it('is placed, seen by the next till, captured in part; the rest is free again', async () => {
    const held = await ask('holdPoints', 'ann', 'A1', paying('600'));
    expect(held).toMatchObject({
      __typename: 'HoldPointsSuccess',
      hold: { status: 'HELD', points: '600', value: { amount: '6.00' }, expiresAt: '2026-03-10T04:15:00.000Z' },
      account: { available: '400', held: '600' },
    });
    expect(await ask('holdPoints', 'ann', 'A2', paying('500'))).toMatchObject({
      code: 'INSUFFICIENT_POINTS',
      available: '400',
    });
    expect(await ask('holdPoints', 'ann', 'A1', paying('300'))).toMatchObject({
      code: 'POINTS_ALREADY_HELD',
      hold: { id: held.hold.id },
    });
    expect(await ask('redeemPoints', 'ann', 'A1', paying('300'))).toMatchObject({ code: 'POINTS_ALREADY_HELD' });
    expect(await ask('capturePointsHold', 'ann', 'A1', { points: '601' })).toMatchObject({
      code: 'EXCEEDS_HOLD',
      held: '600',
    });
    expect(await ask('capturePointsHold', 'ann', 'A1', { points: '450', idempotencyKey: 'cap' })).toMatchObject({
      hold: { status: 'CAPTURED', captured: '450' },
      redemption: { points: '450', value: { amount: '4.50' } },
      account: { available: '550', held: '0' },
    });
    expect(await ask('capturePointsHold', 'ann', 'A1', { points: '450', idempotencyKey: 'cap' })).toMatchObject({
      redemption: { points: '450' },
    });
    expect(await ask('capturePointsHold', 'ann', 'A1', { points: '449', idempotencyKey: 'cap' })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(await ask('capturePointsHold', 'ann', 'A1')).toMatchObject({ code: 'HOLD_CLOSED', status: 'CAPTURED' });
    expect(await ask('releasePointsHold', 'ann', 'A1')).toMatchObject({ code: 'HOLD_CLOSED', status: 'CAPTURED' });
    expect(await ask('holdPoints', 'ann', 'A1', paying('100'))).toMatchObject({ code: 'POINTS_ALREADY_REDEEMED' });
    const events = await service.published(PointsRedeemedSchema);
    expect(events).toMatchObject([
      {
        memberId: memberId('ann'),
        sourceKind: 'POS',
        sourceId: 'A1',
        mallId: MALL,
        merchantId: MERCHANT,
        points: 450n,
        valueMinor: 450n,
        funders: [{ funderId: MERCHANT, points: 450n }],
      },
    ]);
    const { me } = await service
      .as(member('ann'))
      .ask<{ me: unknown }>(
        `{ me { points { holds(first: 5) { edges { node { kind orderNumber status captured } } } } } }`,
      );
    expect(me).toEqual({
      points: { holds: { edges: [{ node: { kind: 'POS', orderNumber: 'A1', status: 'CAPTURED', captured: '450' } }] } },
    });
  });

  it('is released, any number of times; then the order may be held again', async () => {
    await ask('holdPoints', 'ben', 'B1', paying('500'));
    for (let i = 0; i < 2; i++) {
      expect(await ask('releasePointsHold', 'ben', 'B1')).toMatchObject({
        hold: { status: 'RELEASED' },
        account: { available: '1000' },
      });
    }
    expect(await ask('capturePointsHold', 'ben', 'B1')).toMatchObject({ code: 'HOLD_CLOSED', status: 'RELEASED' });
    expect(await ask('holdPoints', 'ben', 'B1', paying('300'))).toMatchObject({
      account: { available: '700', held: '300' },
    });
    expect(await ask('capturePointsHold', 'ben', 'B1')).toMatchObject({ account: { available: '700', held: '0' } });
  });

  it('lives as long as its kind, is extended once, and is captured late while its points are free', async () => {
    const t = (minutes: number) => new Date(service.clock.now().getTime() + minutes * 60_000).toISOString();
    const parking = { kind: 'PARKING', nodeId: MALL };
    const online = { kind: 'ONLINE', nodeId: STORE };
    const own = member('cat');
    expect(await ask('holdPoints', 'cat', 'P1', { ...paying('200'), ...parking }, own)).toMatchObject({
      hold: { expiresAt: t(10) },
    });
    expect(await ask('holdPoints', 'cat', 'O1', { ...paying('100'), ...online }, own)).toMatchObject({
      hold: { expiresAt: t(35) },
    });
    const until = { ...paying('100'), ...online, paymentUntil: t(5) };
    expect(await ask('holdPoints', 'cat', 'O2', until, own)).toMatchObject({ hold: { expiresAt: t(10) } });
    service.clock.advance({ minutes: 9 });
    expect(await ask('extendPointsHold', 'cat', 'P1', parking, park)).toMatchObject({
      hold: { extended: true, expiresAt: t(10) },
    });
    expect(await ask('extendPointsHold', 'cat', 'P1', parking, park)).toMatchObject({ code: 'ALREADY_EXTENDED' });
    service.clock.advance({ minutes: 10 });
    expect(await ask('extendPointsHold', 'cat', 'P1', parking, park)).toMatchObject({
      code: 'HOLD_CLOSED',
      status: 'EXPIRED',
    });
    expect(await balances(service, 'cat')).toMatchObject({ available: '900', held: '100' });
    // Edge case 4: the hold lapsed between authorise and capture, and nobody took the points.
    expect(await ask('capturePointsHold', 'cat', 'P1', parking, park)).toMatchObject({
      redemption: { points: '200' },
      account: { available: '700' },
    });
    await ask('redeemPoints', 'cat', 'ALL', { points: '650' });
    expect(await ask('capturePointsHold', 'cat', 'O2', online)).toMatchObject({
      code: 'HOLD_EXPIRED',
      available: '50',
      requested: '100',
    });
    expect(await service.published(PointsHoldExtendedSchema)).toHaveLength(1);
    expect((await service.published(PointsHeldSchema)).find((m) => m.orderRef === 'P1')).toMatchObject({
      kind: 'PARKING',
      checkoutId: '',
    });
  });

  it('two tills at once, one balance: exactly what is affordable (edge case 8)', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => ask('holdPoints', 'dan', `D${i}`, paying('300'))),
    );
    expect(answers.filter(({ __typename }) => __typename === 'HoldPointsSuccess')).toHaveLength(3);
    expect(await balances(service, 'dan')).toMatchObject({ available: '100', held: '900' });
  });
});

describe('a redemption for an order', () => {
  it('spends at once, once, and comes back into the same lots', async () => {
    const spent = await ask('redeemPoints', 'eve', 'E1', {
      value: { amount: '5.00', currency: 'CNY' },
      lines: food('20.00'),
    });
    expect(spent).toMatchObject({
      redemption: { points: '500', value: { amount: '5.00' } },
      account: { available: '500' },
    });
    expect(await ask('redeemPoints', 'eve', 'E1', paying('100'))).toMatchObject({ code: 'POINTS_ALREADY_REDEEMED' });
    expect(await ask('reversePointsRedemption', 'eve', 'E1', { points: '501' })).toMatchObject({
      code: 'EXCEEDS_REDEMPTION',
      left: '500',
    });
    expect(await ask('reversePointsRedemption', 'eve', 'E1', { points: '200' })).toMatchObject({
      redemption: { returned: '200', returnedValue: { amount: '2.00' } },
      account: { available: '700' },
    });
    expect(await ask('reversePointsRedemption', 'eve', 'E1')).toMatchObject({
      redemption: { returned: '500' },
      account: { available: '1000' },
    });
    expect(await ask('reversePointsRedemption', 'eve', 'E1')).toMatchObject({ code: 'EXCEEDS_REDEMPTION', left: '0' });
    expect(await ask('reversePointsRedemption', 'eve', 'E9')).toMatchObject({ code: 'NOT_FOUND' });
    const undone = await service.published(PointsRedemptionUndoneSchema);
    expect(undone.map((m) => [m.points, m.pointsTotal, m.valueTotalMinor])).toEqual([
      [200n, 200n, 200n],
      [300n, 500n, 500n],
    ]);
  });

  it.each([
    [
      'more than half of what is left to pay',
      paying('300', '5.00'),
      { code: 'POINTS_NOT_ALLOWED', reason: 'CAP', allowed: '200' },
    ],
    ['no whole step', paying('150'), { code: 'POINTS_NOT_ALLOWED', reason: 'STEP', allowed: '100' }],
    [
      'another currency',
      { points: '100', lines: [{ category: 'X', toPay: { amount: '9.00', currency: 'HKD' } }] },
      { code: 'POINTS_NOT_ALLOWED', reason: 'NOT_CONVERTIBLE', allowed: '0' },
    ],
    [
      'points and value',
      { ...paying('100'), value: { amount: '1.00', currency: 'CNY' } },
      { code: 'INVALID_INPUT', path: ['points'] },
    ],
    [
      'a value without lines',
      { value: { amount: '1.00', currency: 'CNY' } },
      { code: 'INVALID_INPUT', path: ['lines'] },
    ],
    ['nothing', { points: '0' }, { code: 'INVALID_INPUT', path: ['points'] }],
    ['a till order of a mall', { points: '100', nodeId: MALL }, { code: 'INVALID_INPUT', path: ['order'] }],
  ])('is refused: %s', async (_, more, expected) => {
    expect(await ask('redeemPoints', 'fay', 'F', more, park)).toMatchObject(expected);
    expect(await ask('holdPoints', 'fay', 'F', more, park)).toMatchObject(expected);
  });

  it('in debt nothing is spent', async () => {
    await ask('redeemPoints', 'gil', 'G1', { points: '800' });
    await refund(service, { number: 'E-gil', of: 'gil', refundNo: 1n, lines: { 1: 100_000n }, fully: true });
    await service.settled();
    expect(await balances(service, 'gil')).toMatchObject({ available: '0', debt: '800' });
    expect(await ask('redeemPoints', 'gil', 'G2', { points: '1' })).toMatchObject({ code: 'IN_DEBT' });
    expect(await ask('reversePointsRedemption', 'gil', 'G1')).toMatchObject({ account: { available: '0' } });
    expect(await balances(service, 'gil')).toMatchObject({ available: '0', debt: '0' });
  });

  it('is for those who may', async () => {
    const forbidden = (caller: Partial<Caller>, more: object = {}) =>
      expect(ask('redeemPoints', 'fay', 'Z', { points: '1', ...more }, caller)).rejects.toThrow(
        /permission|FORBIDDEN|Sign in/,
      );
    await forbidden(member('fay'));
    await forbidden(admin);
    await forbidden(till, { kind: 'ONLINE', nodeId: MALL });
    await forbidden({ kind: 'STAFF', id: 'c', grants: [{ role: 'clerk', nodeId: MALL.replace(/^./, '0') }] });
    await expect(ask('holdPoints', 'fay', 'Z', { points: '1' }, member('fay'))).rejects.toThrow();
    await expect(ask('holdPoints', 'fay', 'Z', { points: '1', kind: 'ONLINE' }, member('eve'))).rejects.toThrow();
    expect(await ask('redeemPoints', 'fay', 'Z', { points: '1', nodeId: GROUP }, park)).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await ask('redeemPoints', 'nobody', 'Z', { points: '1' })).toMatchObject({ code: 'NOT_FOUND' });
  });
});
