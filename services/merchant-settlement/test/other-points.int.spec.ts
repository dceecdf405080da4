// Points that no recorded sale gave or took: the liability is what is outstanding, whatever comes in which order.
import {
  PartnerPointsExchangedSchema,
  PointsAdjustedSchema,
  PointsCreditedSchema,
  PointsExpiredSchema,
  PointsRedeemedSchema,
  PointsRedemptionUndoneSchema,
  PointsReinstatedSchema,
  PurchasePointsPostedSchema,
} from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { TEST_GROUP } from '@atrium/testkit';
import fc from 'fast-check';
import {
  ledgerOf,
  mallId,
  memberId,
  merchantId,
  purchaseId,
  record,
  sale,
  type Settlement,
  startSettlement,
} from './harness';

const AT = '2026-03-10T04:00:00Z';
const ROUNDS = [1n, 2n, 3n];

describe('points from elsewhere', () => {
  let s: Settlement;
  beforeAll(async () => {
    s = await startSettlement();
    for (const round of ROUNDS) await record(s, sale(`sale-${round}`));
  });
  afterAll(() => s?.end());

  type Tell = (again: string | undefined) => Promise<string>;

  /** The points beside each fact are what it changes of what members have: the lots, as the points context sees them. */
  function factsOf(round: bigint): { points: bigint; tell: Tell }[] {
    const id = (name: string) => naturalId('test', name, round.toString());
    const about = (eventId: string | undefined) => ({
      aggregateId: memberId,
      occurredAt: s.clock.now(),
      ...(eventId === undefined ? {} : { eventId }),
    });
    const adjusted = (name: string, mall: string, points: bigint) => ({
      points,
      tell: (again?: string) =>
        s.deliver(
          PointsAdjustedSchema,
          { entryId: id(name), memberId, mallId: mall, pointsDelta: points, occurredAt: AT },
          about(again),
        ),
    });
    const credited = (name: string, sourceKind: string, points: bigint) => ({
      points: sourceKind === 'PARTNER' ? 0n : points,
      tell: (again?: string) =>
        s.deliver(
          PointsCreditedSchema,
          {
            ...{ entryId: points === 0n ? '' : id(name), memberId, sourceKind, sourceId: id(`${name}-source`), mallId },
            ...{ currency: 'CNY', points, growth: 5n, occurredAt: AT },
          },
          about(again),
        ),
    });
    const lot = (purchase: string, points: bigint) => ({
      ...{ memberId, lotId: id('lot'), purchaseId: purchase, mallId, currency: 'CNY', points },
      merchantId: purchase === '' ? '' : merchantId,
    });
    const expired = (purchase: string, points: bigint) => ({
      points: -points,
      tell: (again?: string) =>
        s.deliver(PointsExpiredSchema, { ...lot(purchase, points), expiredAt: AT }, about(again)),
    });
    const reinstated = (name: string, purchase: string, points: bigint) => ({
      points,
      tell: (again?: string) =>
        s.deliver(
          PointsReinstatedSchema,
          { ...lot(purchase, points), entryId: id(name), originLotId: id('lot'), occurredAt: AT },
          about(again),
        ),
    });
    const spending = (sourceKind: string, at: string) => ({
      ...{
        redemptionId: id(sourceKind),
        memberId,
        sourceKind,
        sourceId: id(`${sourceKind}-order`),
        mallId,
        currency: 'CNY',
      },
      ...{ merchantId: at, occurredAt: AT },
    });
    const redeemed = (sourceKind: string, at: string, points: bigint, valueMinor: bigint) => ({
      points: sourceKind === 'PARTNER' ? 0n : -points,
      tell: (again?: string) =>
        s.deliver(PointsRedeemedSchema, { ...spending(sourceKind, at), points, valueMinor }, about(again)),
    });
    const undone = (sourceKind: string, at: string, points: bigint, pointsTotal: bigint, valueTotalMinor: bigint) => ({
      points,
      tell: (again?: string) =>
        s.deliver(
          PointsRedemptionUndoneSchema,
          { ...spending(sourceKind, at), points, pointsTotal, valueTotalMinor },
          about(again),
        ),
    });
    const exchanged = (
      name: string,
      direction: string,
      points: bigint,
      priceMinor: bigint,
      debt: bigint | null = null,
    ) => {
      const signed = direction === 'ISSUE' ? points : -points;
      return {
        points: debt === null ? signed : direction === 'ISSUE' ? debt - points : points,
        tell: (again?: string) =>
          s.deliver(
            PartnerPointsExchangedSchema,
            {
              ...{
                exchangeId: id(name),
                partnerId: id('partner'),
                memberId,
                direction,
                units: points,
                points,
                priceMinor,
              },
              ...{ currency: 'CNY', rateId: id('rate'), occurredAt: AT, reversed: debt !== null, debt: debt ?? 0n },
            },
            about(again),
          ),
      };
    };
    const sold = purchaseId(`sale-${round}`);
    const earned = {
      points: 300n,
      tell: (again?: string) =>
        s.deliver(
          PurchasePointsPostedSchema,
          { purchaseId: sold, memberId, version: 1n, earnedTotal: 300n, changedAt: AT },
          { ...about(again), aggregateId: sold },
        ),
    };
    return [
      earned,
      adjusted('up', mallId, 500n),
      adjusted('down', mallId, -40n),
      adjusted('group', '', 100n),
      credited('visit', 'INTERACTION', 60n),
      credited('growth-only', 'INTERACTION', 0n),
      // told by the exchange itself
      credited('partner', 'PARTNER', 200n),
      redeemed('PARTNER', '', 100n, 0n),
      expired(sold, 100n),
      expired('', 50n),
      reinstated('again-sold', sold, 70n),
      reinstated('again', '', 20n),
      redeemed('POS', merchantId, 120n, 90n),
      undone('POS', merchantId, 10n, 10n, 7n),
      undone('POS', merchantId, 20n, 30n, 22n),
      redeemed('GIFT', '', 80n, 0n),
      undone('GIFT', '', 80n, 80n, 0n),
      redeemed('PARKING', '', 40n, 40n),
      exchanged('in', 'ISSUE', 200n, 150n),
      exchanged('out', 'BURN', 100n, 95n),
      exchanged('back', 'BURN', 30n, 25n),
      exchanged('back', 'BURN', 30n, 25n, 0n),
      // 20 of these 50 were spent above
      exchanged('undone', 'ISSUE', 50n, 40n),
      exchanged('undone', 'ISSUE', 50n, 40n, 20n),
    ];
  }

  it('ends the same whatever the order and however often it is told; the liability is what is outstanding', async () => {
    let outstanding = 0n;
    for (const round of ROUNDS) {
      const facts = factsOf(round);
      outstanding += facts.reduce((sum, { points }) => sum + points, 0n);
      const all = { minLength: facts.length, maxLength: facts.length };
      const [first = [], second = []] = fc.sample(fc.shuffledSubarray(facts, all), { numRuns: 2, seed: Number(round) });
      const eventIds = new Map<Tell, string>();
      for (const { tell } of first) eventIds.set(tell, await tell(undefined));
      await Promise.all(second.map(({ tell }) => tell(eventIds.get(tell))));
      await s.settled();
      const times = (amounts: Record<string, bigint>) =>
        Object.fromEntries(Object.entries(amounts).map(([account, amount]) => [account, `${amount * round}`]));
      // POS: 90 points, 0.90 - 0.22 = 0.68 paid, of that 90 % = 0.61 to the merchant
      expect(await ledgerOf(s, merchantId)).toEqual(
        times({
          ...{ RECEIVABLE: 240n, POINTS_COST: 60n - 22n, POINTS_LIABILITY: -300n + 100n - 70n + 90n },
          ...{ BREAKAGE: -100n + 70n, PAYABLE: -61n, MERCHANT_SHARE_INCOME: -7n },
        }),
      );
      expect(await ledgerOf(s, mallId)).toEqual(
        times({
          ...{ POINTS_COST: 500n - 40n + 60n - 40n, POINTS_LIABILITY: -500n + 40n - 60n + 50n - 20n + 40n },
          BREAKAGE: -50n + 20n,
        }),
      );
      expect(await ledgerOf(s, TEST_GROUP)).toEqual(
        times({
          ...{ PARTNER_RECEIVABLE: 150n, PARTNER_PAYABLE: -95n, MEMBER_POINTS_DEBT: 20n },
          ...{ POINTS_COST: 100n + 50n - 5n, POINTS_LIABILITY: -100n - 200n + 100n - 20n },
        }),
      );
      // one point is worth one fen everywhere here
      expect(await liability()).toBe(outstanding);
    }
  });

  async function liability(): Promise<bigint> {
    const [row] = await s.admin.dataSource.query(
      `select sum(credit_minor - debit_minor)::bigint::text as net from posting_line where account = 'POINTS_LIABILITY'`,
    );
    return BigInt(row.net);
  }

  it('keeps a redemption under the terms of its own day', async () => {
    const before = await ledgerOf(s, mallId);
    const dearer = await s.as({ kind: 'SERVICE', id: 'setup', permissions: ['contract:manage', 'contract:read'] }).ask<{
      publishContract: { __typename: string };
    }>(`mutation { publishContract(input: { idempotencyKey: "dearer", mallId: "${mallId}", effectiveFrom: "2026-03-12T00:00:00Z",
        pointUnitValue: "0.02", pointPriceAtEarn: "0.008", burnShareBps: 1000, couponShareBps: 4000 }) { __typename } }`);
    expect(dearer.publishContract.__typename).toBe('PublishContractSuccess');
    const order = { redemptionId: naturalId('test', 'dear'), memberId, sourceKind: 'GIFT', sourceId: 'g', mallId };
    const about = { aggregateId: memberId, occurredAt: s.clock.now() };
    // the return, two days later and told first
    const back = { ...order, points: 40n, pointsTotal: 40n, occurredAt: '2026-03-12T04:00:00Z' };
    await s.deliver(PointsRedemptionUndoneSchema, back, about);
    await s.settled();
    expect(await ledgerOf(s, mallId)).toEqual(before);
    await s.deliver(PointsRedeemedSchema, { ...order, points: 100n, occurredAt: AT }, about);
    await s.settled();
    const after = await ledgerOf(s, mallId);
    expect(Number(after['POINTS_LIABILITY']) - Number(before['POINTS_LIABILITY'])).toBe(60);
  });

  it('lets a fact about an unknown mall wait aside, and the others pass', async () => {
    const about = { aggregateId: memberId, occurredAt: s.clock.now() };
    const adjusted = (name: string, mall: string) =>
      s.deliver(
        PointsAdjustedSchema,
        { entryId: naturalId('test', name), memberId, mallId: mall, pointsDelta: 1_000n, occurredAt: AT },
        about,
      );
    const before = await ledgerOf(s, TEST_GROUP);
    await adjusted('nowhere', naturalId('mall', TEST_GROUP, 'nowhere'));
    await adjusted('somewhere', '');
    await s.settled();
    const after = await ledgerOf(s, TEST_GROUP);
    expect(Number(before['POINTS_LIABILITY']) - Number(after['POINTS_LIABILITY'])).toBe(1_000);
    const parked = await s.admin.dataSource.query(`select consumer from parked_event`);
    expect(parked).toEqual([{ consumer: 'merchant-settlement-on-points-adjusted' }]);
  });
});
