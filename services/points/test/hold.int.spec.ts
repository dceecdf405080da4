import {
  CheckoutReleasedSchema,
  PointsCapturedSchema,
  PointsHeldSchema,
  PointsReleasedSchema,
  REQUESTS,
} from '@atrium/contracts';
import { ask } from '@atrium/platform';
import {
  balances,
  checkoutId,
  expectLedgerToBalance,
  GROUP,
  ladder,
  MALL,
  memberId,
  MERCHANT,
  organisation,
  programme,
  register,
  sell,
  type Service,
  start,
  STORE,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, 'ann', 'ben', 'cat', 'dan');
  await service.settled();
  await programme(service);
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const basket = (of: string, requestedPoints: bigint, toPayMinor = [20_000n]) => ({
  memberId: memberId(of),
  groupId: GROUP,
  mallId: MALL,
  merchantId: MERCHANT,
  storeId: STORE,
  currency: 'CNY',
  lines: toPayMinor.map((minor, i) => ({ lineNo: i + 1, category: 'FOOD', toPayMinor: minor })),
  requestedPoints,
});
const nats = () => service.bus.connection;
const quote = (of: string, points: bigint, toPay?: bigint[]) =>
  ask(nats(), REQUESTS.quotePoints, GROUP, { basket: basket(of, points, toPay) }, 60_000);
const hold = async (of: string, checkout: string, points: bigint, minutes = 10) => {
  const expiresAt = new Date(service.clock.now().getTime() + minutes * 60_000).toISOString();
  const request = {
    checkoutId: checkoutId(checkout),
    basket: basket(of, points),
    points,
    valueMinor: points,
    expiresAt,
  };
  return (await ask(nats(), REQUESTS.holdPoints, GROUP, request, 20_000)).outcome;
};
const release = async (of: string, checkout: string) =>
  (
    await ask(
      nats(),
      REQUESTS.releasePoints,
      GROUP,
      { checkoutId: checkoutId(checkout), groupId: GROUP, memberId: memberId(of) },
      5_000,
    )
  ).outcome;
const earn = async (of: string, number: string, yuan: bigint) => {
  await sell(service, { number, of, lines: [yuan * 100n], occurredAt: '2026-02-01T00:00:00.000Z' });
  await service.settled();
};

describe('a quote', () => {
  it('says what points can pay, on which lines, and what the rest earns', async () => {
    await earn('ann', 'A1', 1_234n);
    // Half of 20.00 are 1,000 points: 10.00, in proportion 15:5; the rest earns 10.00 x 2 in double week
    expect(await quote('ann', 1_200n, [1_500n, 500n])).toMatchObject({
      pointsUsed: 1_000n,
      pointsValueMinor: 1_000n,
      lines: [
        { lineNo: 1, pointsValueMinor: 750n },
        { lineNo: 2, pointsValueMinor: 250n },
      ],
      pointsToEarn: 20n,
      cutReason: 'CAP',
      available: 1_234n,
    });
  });
});

describe('a hold', () => {
  it('is placed once per checkout, seen at once, and captured by the sale', async () => {
    await earn('ben', 'B1', 1_000n);
    const first = await hold('ben', 'b', 400n);
    expect(first).toMatchObject({ case: 'held', value: { points: 400n } });
    expect(await hold('ben', 'b', 400n)).toEqual(first);
    expect(await hold('ben', 'b', 300n)).toMatchObject({ case: 'refused', value: { code: 'CHANGED' } });
    expect(await balances(service, 'ben')).toMatchObject({ available: '600', held: '400' });
    expect(await hold('ben', 'b2', 700n)).toMatchObject({
      case: 'refused',
      value: { code: 'INSUFFICIENT', available: 600n },
    });
    await sell(service, {
      number: 'B2',
      of: 'ben',
      lines: [0n],
      occurredAt: '2026-03-10T04:00:00.000Z',
      checkout: 'b',
      pointsUsed: 400n,
    });
    await service.settled();
    expect(await balances(service, 'ben')).toMatchObject({ available: '600', held: '0' });
    expect(await release('ben', 'b')).toBe('CAPTURED');
    expect(await service.published(PointsCapturedSchema)).toMatchObject([{ points: 400n, valueMinor: 400n, debt: 0n }]);
    expect(await service.published(PointsHeldSchema)).toHaveLength(1);
  });

  it('is given back on release, by request or by event, and then refused for good', async () => {
    expect(await hold('ben', 'b3', 100n)).toMatchObject({ case: 'held' });
    expect(await release('ben', 'b3')).toBe('RELEASED');
    expect(await release('ben', 'b3')).toBe('RELEASED');
    expect(await hold('ben', 'b3', 100n)).toMatchObject({ case: 'refused', value: { code: 'RELEASED' } });
    // the event before the hold
    await service.deliver(
      CheckoutReleasedSchema,
      { checkoutId: checkoutId('b4'), memberId: memberId('ben'), cause: 'CANCELLED' },
      { aggregateId: checkoutId('b4'), ownerId: memberId('ben'), occurredAt: service.clock.now() },
    );
    await service.settled();
    expect(await hold('ben', 'b4', 100n)).toMatchObject({ case: 'refused', value: { code: 'RELEASED' } });
    expect(await balances(service, 'ben')).toMatchObject({ available: '600', held: '0' });
  });

  it('counts as released when its time is over; a late sale takes what is still there', async () => {
    await earn('cat', 'C1', 500n);
    expect(await hold('cat', 'c', 300n, 60)).toMatchObject({ case: 'held' });
    // The programme allows 15 minutes, not the 60 that were asked for.
    service.clock.advance({ minutes: 15 });
    expect(await balances(service, 'cat')).toMatchObject({ available: '500', held: '0' });
    expect(await hold('cat', 'c2', 400n)).toMatchObject({ case: 'held' });
    await sell(service, {
      number: 'C2',
      of: 'cat',
      lines: [0n],
      occurredAt: '2026-03-10T04:00:00.000Z',
      checkout: 'c',
      pointsUsed: 300n,
    });
    await service.settled();
    // 100 were left beside the other hold: 200 are owed
    expect(await balances(service, 'cat')).toMatchObject({ available: '0', held: '400', debt: '200' });
    expect(await hold('cat', 'c3', 100n)).toMatchObject({ case: 'refused', value: { code: 'NOT_ALLOWED' } });
    service.clock.advance({ minutes: 16 });
    expect(await service.app.membersDue('HOLD', null, 10)).toMatchObject([
      { groupId: GROUP, memberId: memberId('cat') },
    ]);
    await Promise.all([1, 2].map(() => service.app.letTimePass(GROUP, [memberId('cat')])));
    // what the second hold gave back pays the debt first
    expect(await balances(service, 'cat')).toMatchObject({ available: '200', held: '0', debt: '0' });
    const released = (await service.published(PointsReleasedSchema)).filter((m) => m.memberId === memberId('cat'));
    expect(released.map((m) => [m.points, m.cause])).toEqual([
      [300n, 'EXPIRED'],
      [400n, 'EXPIRED'],
    ]);
  });

  it('100 at once on one account, some repeated: exactly what is affordable', async () => {
    await earn('dan', 'D1', 1_050n);
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, i) => hold('dan', `d${i % 80}`, 100n).then((o) => [i % 80, o.case] as const)),
    );
    const held = new Set(outcomes.filter(([, outcome]) => outcome === 'held').map(([checkout]) => checkout));
    expect(held.size).toBe(10);
    for (const [checkout, outcome] of outcomes) expect(outcome).toBe(held.has(checkout) ? 'held' : 'refused');
    expect(await balances(service, 'dan')).toMatchObject({ available: '50', held: '1000', debt: '0' });
  });

  it("another group's request finds nothing to hold", async () => {
    const other = '11111111-1111-5111-8111-111111111111';
    const request = {
      checkoutId: checkoutId('x'),
      basket: basket('ben', 100n),
      points: 100n,
      valueMinor: 100n,
      expiresAt: '2027-01-01T00:00:00Z',
    };
    const { outcome } = await ask(nats(), REQUESTS.holdPoints, other, request, 5_000);
    expect(outcome).toMatchObject({ case: 'refused', value: { available: 0n } });
    expect(await balances(service, 'ben')).toMatchObject({ available: '600', held: '0' });
  });
});
