import { PointsCapturedSchema, PointsDebtSettledSchema, PurchasePointsPostedSchema } from '@atrium/contracts';
import { uuidv7 } from '@atrium/kernel';
import { eventually } from '@atrium/testkit';
import {
  balances,
  changeTier,
  expectLedgerToBalance,
  ladder,
  member,
  memberId,
  organisation,
  programme,
  purchaseId,
  refund,
  type RefundInput,
  register,
  type SaleInput,
  sell,
  type Service,
  start,
  type TierInput,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, 'ann', 'ben', 'cat', 'dan', 'eve');
  await service.settled();
  await programme(service);
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

/** Moves the clock on, until what waited for its sale has been tried again. */
const noneParked = () =>
  eventually(
    async () => {
      service.clock.advance({ minutes: 11 });
      return (await service.admin.dataSource.query(`select 1 from parked_event`)).length === 0;
    },
    { what: 'nothing is parked', everyMs: 100 },
  );

describe('a sale', () => {
  it('earns 220 points for 100.00 as silver in double week, and says why', async () => {
    await changeTier(service, { id: 'ann-1', of: 'ann', to: 'SILVER', at: '2026-02-01T00:00:00.000Z' });
    await service.settled();
    await sell(service, { number: 'A1', of: 'ann', lines: [10_000n], occurredAt: '2026-03-10T03:00:00.000Z' });
    await service.settled();
    expect(await balances(service, 'ann')).toEqual({
      available: '220',
      held: '0',
      pending: '0',
      debt: '0',
      growth: '100',
    });
    const { _entities } = await service.as(member('ann'), { 'accept-language': 'zh-CN' }).ask(
      `query($r: [_Any!]!) { _entities(representations: $r) { ... on Purchase { points {
           earned reversed redeemed growth explanation { code text value } } } } }`,
      { r: [{ __typename: 'Purchase', id: purchaseId('A1') }] },
    );
    expect(_entities).toMatchObject([{ points: { earned: '220', reversed: '0', redeemed: '0', growth: '100' } }]);
    expect(JSON.stringify(_entities)).toContain('一次性向下取整：220 积分');
    const [posted] = (await service.published(PurchasePointsPostedSchema)).filter(
      (m) => m.purchaseId === purchaseId('A1'),
    );
    expect(posted).toMatchObject({ earnedTotal: 220n, growthEarnedTotal: 100n, version: 1n, cause: 'EARNED' });
    const [lot] = await service.admin.dataSource.query(`select expires_at from lot where purchase_id = $1`, [
      purchaseId('A1'),
    ]);
    // the end of 2027 in Shanghai
    expect(lot.expires_at).toEqual(new Date('2027-12-31T16:00:00Z'));
  });

  it('is posted with 0 points when it earns none, and not at all without a member', async () => {
    const before = (await service.published(PurchasePointsPostedSchema)).length;
    await sell(service, { number: 'A2', of: 'ann', lines: [0n], occurredAt: '2026-03-10T03:10:00.000Z' });
    await sell(service, { number: 'OLD', of: 'dan', lines: [9_900n], occurredAt: '2025-03-10T03:10:00.000Z' });
    await service.settled();
    const posted = (await service.published(PurchasePointsPostedSchema)).slice(before);
    expect(posted.map((m) => m.earnedTotal)).toEqual([0n, 0n]);
    const { me } = await service
      .as(member('dan'))
      .ask<{ me: { points: { entries: { edges: unknown[] } } } }>(
        `{ me { points { entries { edges { node { id } } } } } }`,
      );
    expect(me.points.entries.edges).toEqual([]);
  });

  it('shows its entries in pages, newest first', async () => {
    const query = `query($after: String) { me { points { entries(first: 1, after: $after) {
      edges { node { kind amount availableAfter purchase { id } explanation { code } } } pageInfo { hasNextPage endCursor } } } } }`;
    await sell(service, { number: 'A3', of: 'ann', lines: [100n], occurredAt: '2026-03-09T03:10:00.000Z' });
    await service.settled();
    const client = service.as(member('ann'));
    type Answer = {
      me: {
        points: { entries: { edges: { node: unknown }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
      };
    };
    const first = (await client.ask<Answer>(query)).me.points.entries;
    // 1.00 x 1.2 = 1.2 -> 1, before double week
    expect(first.edges).toMatchObject([
      { node: { kind: 'EARN', amount: '1', availableAfter: '221', purchase: { id: purchaseId('A3') } } },
    ]);
    const second = (await client.ask<Answer>(query, { after: first.pageInfo.endCursor })).me.points.entries;
    expect(second.edges).toMatchObject([{ node: { amount: '220' } }]);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });
});

describe('a refund', () => {
  it('waits for its sale, takes back line by line, and leaves nothing in the end', async () => {
    const of = 'ben';
    await refund(service, { number: 'B1', of, refundNo: 1n, lines: { 1: 2_000n } });
    await service.settled();
    await sell(service, { number: 'B1', of, lines: [4_000n, 6_000n], occurredAt: '2026-03-01T00:00:00.000Z' });
    await service.settled();
    await noneParked();
    // 40 + 60 points; half of line 1 takes 20
    expect(await balances(service, of)).toMatchObject({ available: '80', growth: '80' });
    await refund(service, { number: 'B1', of, refundNo: 3n, lines: { 1: 4_000n, 2: 6_000n }, fully: true });
    await refund(service, { number: 'B1', of, refundNo: 2n, lines: { 1: 3_333n } });
    await service.settled();
    expect(await balances(service, of)).toMatchObject({ available: '0', debt: '0', growth: '0' });
    const posted = (await service.published(PurchasePointsPostedSchema)).filter(
      (m) => m.purchaseId === purchaseId('B1'),
    );
    expect(posted.map((m) => [m.cause, m.earnedTotal, m.reversedTotal, m.version])).toEqual([
      ['EARNED', 100n, 0n, 1n],
      ['REVERSED', 100n, 20n, 2n],
      ['REVERSED', 100n, 100n, 3n],
      ['REVERSED', 100n, 100n, 4n],
    ]);
  });

  it('of spent points becomes debt, which returning points and the next earn pay', async () => {
    const of = 'cat';
    await sell(service, { number: 'C1', of, lines: [50_000n], occurredAt: '2026-03-01T00:00:00.000Z' });
    await service.settled();
    // No hold was ever placed: the payment is taken from what is there.
    await sell(service, {
      number: 'C2',
      of,
      lines: [100n],
      occurredAt: '2026-03-02T00:00:00.000Z',
      checkout: 'C2',
      pointsUsed: 400n,
    });
    await service.settled();
    expect(await balances(service, of)).toMatchObject({ available: '101', debt: '0' });
    await refund(service, { number: 'C1', of, refundNo: 1n, lines: { 1: 50_000n }, fully: true });
    await service.settled();
    // 500 back: 100 of its own lot, 1 of the other, 399 owed
    expect(await balances(service, of)).toMatchObject({ available: '0', debt: '399' });
    await sell(service, { number: 'C3', of, lines: [5_000n], occurredAt: '2026-03-03T00:00:00.000Z' });
    await service.settled();
    expect(await balances(service, of)).toMatchObject({ available: '0', debt: '349' });
    await refund(service, { number: 'C2', of, refundNo: 1n, lines: { 1: 100n }, pointsCumulative: 400n, fully: true });
    await refund(service, { number: 'C3', of, refundNo: 1n, lines: { 1: 5_000n }, fully: true });
    await service.settled();
    expect(await balances(service, of)).toEqual({ available: '0', held: '0', pending: '0', debt: '0', growth: '0' });
    const settled = (await service.published(PointsDebtSettledSchema)).filter((m) => m.memberId === memberId(of));
    expect(settled.map(({ points }) => points)).toEqual([50n, 349n]);
    const captured = (await service.published(PointsCapturedSchema)).filter((m) => m.memberId === memberId(of));
    expect(captured).toMatchObject([{ points: 400n, valueMinor: 400n, debt: 0n }]);
  });
});

describe('any order of delivery', () => {
  const facts = (of: string) => {
    const sales: SaleInput[] = [
      { number: `${of}1`, of, lines: [12_345n, 999n], occurredAt: '2026-02-01T00:00:00.000Z' },
      { number: `${of}2`, of, lines: [7_777n], occurredAt: '2026-02-10T00:00:00.000Z' },
      { number: `${of}3`, of, lines: [20_000n, 1n, 3_333n], occurredAt: '2026-03-10T03:00:00.000Z' },
      { number: `${of}4`, of, lines: [5_000n], occurredAt: '2026-02-15T00:00:00.000Z', checkout: of, pointsUsed: 100n },
    ];
    const refunds: RefundInput[] = [
      { number: `${of}1`, of, refundNo: 1n, lines: { 1: 5_000n } },
      { number: `${of}1`, of, refundNo: 2n, lines: { 1: 9_000n, 2: 999n } },
      { number: `${of}4`, of, refundNo: 1n, lines: { 1: 2_500n }, pointsCumulative: 50n },
      { number: `${of}2`, of, refundNo: 1n, lines: { 1: 7_777n }, fully: true },
    ];
    const tiers: TierInput[] = [
      { id: `${of}t1`, of, to: 'SILVER', at: '2026-02-05T00:00:00.000Z', version: 1n },
      { id: `${of}t2`, of, to: 'GOLD', at: '2026-02-12T00:00:00.000Z', version: 2n },
      { id: `${of}t3`, of, to: 'GOLD', at: '2026-02-08T00:00:00.000Z', version: 3n, supersedes: [`${of}t2`] },
    ];
    return [
      ...sales.map((s) => ({ deliver: (eventId: string) => sell(service, { ...s, eventId }) })),
      ...refunds.map((r) => ({ deliver: (eventId: string) => refund(service, { ...r, eventId }) })),
      ...tiers.map((t) => ({ deliver: (eventId: string) => changeTier(service, { ...t, eventId }) })),
    ].map((fact) => ({ ...fact, eventId: uuidv7(new Date()) }));
  };

  /** By hand: silver from the 5th, gold (replacing the later change) from the 8th of February, double week for the third sale. */
  const EXPECTED = {
    // 1: 133.44 -> 133 as base, lines 123 + 10 (0.45 < 0.99); refunded 90.00 of 123.45 -> floor(123 x 90 / 123.45) = 89, and 10 -> 34 left
    // 2: 77.77 x 1.5 = 116.655 -> 116, refunded wholly -> 0 left
    // 3: 233.34 x (1 + 0.5 + 1) = 583.35 -> 583
    // 4: 50.00 x 1.5 = 75, half refunded -> 38 left (75 - 37); 100 points paid, 50 came back
    available: String(34 + 583 + 38 - 100 + 50),
    // growth: 133 - 99 = 34; 77 - 77; 233; 50 - 25
    growth: String(34 + 233 + 25),
    debt: '0',
    held: '0',
    pending: '0',
  };

  it.each([1, 2, 3, 4])('gives the same balances, with every event twice (shuffle %i)', async (seed) => {
    const of = `shuffled-${seed}`;
    let state = seed * 7919;
    const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    const list = facts(of);
    const order = [...list, ...list]
      .map((fact) => ({ fact, place: seed === 1 ? 0 : random() }))
      .sort((a, b) => a.place - b.place);
    for (const { fact } of order) {
      await fact.deliver(fact.eventId);
      // Sometimes each is applied alone, sometimes many together.
      if (random() < 0.4) await service.settled();
    }
    await service.settled();
    await noneParked();
    await service.settled();
    expect(await balances(service, of)).toEqual(EXPECTED);
  });
});
