import {
  CouponRedeemedSchema,
  CouponReturnedSchema,
  PointsCapturedSchema,
  PointsDebtSettledSchema,
  PointsExpiredSchema,
  PointsRedemptionReversedSchema,
  PurchasePointsPostedSchema,
} from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { TEST_GROUP } from '@atrium/testkit';
import {
  ledgerOf,
  mallId,
  member,
  merchantId,
  otherMerchantId,
  otherStoreId,
  purchaseId,
  record,
  sale,
  service,
  type Settlement,
  startSettlement,
  till,
} from './harness';

describe('settlement', () => {
  let s: Settlement;
  beforeAll(async () => {
    s = await startSettlement();
    for (const id of ['earn', 'burn', 'coupon', 'shuffled', 'expiry']) await record(s, sale(id));
    await record(s, sale('m02', { storeId: otherStoreId }), service);
  });
  afterAll(() => s?.end());

  const about = (externalId: string) => ({ aggregateId: purchaseId(externalId), occurredAt: s.clock.now() });
  const points = (externalId: string, version: bigint, earnedTotal: bigint, reversedTotal = 0n, debtTotal = 0n) =>
    s.deliver(
      PurchasePointsPostedSchema,
      {
        purchaseId: purchaseId(externalId),
        version,
        earnedTotal,
        reversedTotal,
        debtTotal,
        changedAt: '2026-03-10T03:00:00Z',
      },
      about(externalId),
    );

  it('posts what a merchant owes for points, and undoes it exactly', async () => {
    await points('earn', 1n, 200n);
    await s.settled();
    expect(await ledgerOf(s, merchantId)).toEqual({ RECEIVABLE: '160', POINTS_COST: '40', POINTS_LIABILITY: '-200' });
    await points('earn', 2n, 200n, 200n);
    await points('earn', 1n, 200n);
    await s.settled();
    expect(await ledgerOf(s, merchantId)).toEqual({});
    const QUERY = `query ($merchant: ID!, $purchase: ID!) {
      merchant(id: $merchant) { balance { receivable { amount } payable { amount } net { amount } }
        contracts { version status pointUnitValue pointPriceAtEarn burnShareBps }
        postings(first: 10) { edges { node { kind purchase { externalId } lines { account debit { amount } credit { amount } } } } } }
      purchase(id: $purchase) { postings { kind } } }`;
    const ids = { merchant: merchantId, purchase: purchaseId('earn') };
    expect(await s.as(service).ask(QUERY, ids)).toMatchObject({
      merchant: {
        balance: { receivable: { amount: '0.00' }, payable: { amount: '0.00' }, net: { amount: '0.00' } },
        contracts: [
          { version: 1, status: 'ACTIVE', pointUnitValue: '0.01', pointPriceAtEarn: '0.008', burnShareBps: 1000 },
        ],
        postings: {
          edges: [
            { node: { kind: 'EARN_REVERSAL', purchase: { externalId: 'earn' } } },
            {
              node: {
                kind: 'EARN',
                lines: [
                  { account: 'RECEIVABLE', debit: { amount: '1.60' }, credit: null },
                  { account: 'POINTS_COST', debit: { amount: '0.40' }, credit: null },
                  { account: 'POINTS_LIABILITY', debit: null, credit: { amount: '2.00' } },
                ],
              },
            },
          ],
        },
      },
      purchase: { postings: [{ kind: 'EARN' }, { kind: 'EARN_REVERSAL' }] },
    });
    // neither the member nor a till sees what mall and merchant owe each other
    for (const caller of [member, till]) {
      const { errors } = await s.as(caller).send(QUERY, ids);
      expect(errors.map(({ extensions }) => extensions?.['code'])).toContain('FORBIDDEN');
    }
    expect(
      await s.as(till).ask(`query ($id: ID!) { purchase(id: $id) { postings { kind } } }`, { id: ids.purchase }),
    ).toEqual({
      purchase: { postings: null },
    });
  });

  it('a merchant without a contract costs the mall everything', async () => {
    await points('m02', 1n, 200n);
    await s.settled();
    expect(await ledgerOf(s, otherMerchantId)).toEqual({ POINTS_COST: '200', POINTS_LIABILITY: '-200' });
    await points('m02', 2n, 200n, 200n);
    await s.settled();
    expect(await ledgerOf(s, otherMerchantId)).toEqual({});
  });

  it('reimburses points that were spent, and takes it back with them', async () => {
    const spent = { purchaseId: purchaseId('burn'), points: 200n, valueMinor: 200n };
    // the return overtakes the payment
    const back = {
      purchaseId: purchaseId('burn'),
      points: 50n,
      valueMinor: 50n,
      pointsTotal: 50n,
      valueTotalMinor: 50n,
    };
    await s.deliver(PointsRedemptionReversedSchema, back, about('burn'));
    await s.settled();
    expect(await ledgerOf(s, merchantId)).toEqual({});
    await s.deliver(PointsCapturedSchema, spent, about('burn'));
    await s.settled();
    // 1.50 x 90 % = 1.35 to the merchant, its own 0.15
    expect(await ledgerOf(s, merchantId)).toEqual({
      POINTS_LIABILITY: '150',
      PAYABLE: '-135',
      MERCHANT_SHARE_INCOME: '-15',
    });
    await s.deliver(
      PointsRedemptionReversedSchema,
      { ...back, pointsTotal: 200n, valueTotalMinor: 200n },
      about('burn'),
    );
    await s.settled();
    expect(await ledgerOf(s, merchantId)).toEqual({});
  });

  it('shares a joint coupon among its funders, and gives it back', async () => {
    const coupon = {
      couponId: naturalId('coupon', 'c'),
      purchaseId: purchaseId('coupon'),
      amountMinor: 999n,
      currency: 'CNY',
    };
    const funding = [
      { party: 'MALL', shareBps: 5_000 },
      { party: 'MERCHANT', shareBps: 3_000 },
      { party: otherMerchantId, shareBps: 2_000 },
    ];
    await s.deliver(CouponRedeemedSchema, { ...coupon, funding }, about('coupon'));
    await s.settled();
    // 4.99 + 3.00 + 2.00: the mall and m02 give m01 back 6.99, its own 3.00 is a memo
    expect(await ledgerOf(s, merchantId)).toEqual({ COUPON_COST: '499', INTER_MERCHANT: '200', PAYABLE: '-699' });
    expect(await ledgerOf(s, otherMerchantId)).toEqual({ INTER_MERCHANT: '-200', RECEIVABLE: '200' });
    const memos = await s.admin.dataSource.query(
      `select memo from posting_line where account = 'MERCHANT_OWN_SHARE' and merchant_id = $1`,
      [merchantId],
    );
    expect(memos).toEqual([{ memo: '3.00 CNY' }]);
    await s.deliver(CouponReturnedSchema, coupon, about('coupon'));
    await s.deliver(CouponRedeemedSchema, { ...coupon, funding }, about('coupon'));
    await s.settled();
    expect(await ledgerOf(s, merchantId)).toEqual({});
    expect(await ledgerOf(s, otherMerchantId)).toEqual({});
    // another use, and its return is heard of first
    const early = { ...coupon, couponId: naturalId('coupon', 'early') };
    await s.deliver(CouponReturnedSchema, early, about('coupon'));
    await s.settled();
    await s.deliver(CouponRedeemedSchema, { ...early, funding }, about('coupon'));
    await s.settled();
    expect(await ledgerOf(s, merchantId)).toEqual({});
    expect(await ledgerOf(s, otherMerchantId)).toEqual({});
  });

  it('books expiry, debt and its end', async () => {
    await points('expiry', 1n, 300n);
    const lot = { purchaseId: purchaseId('expiry'), points: 100n, expiredAt: '2026-03-10T04:00:00Z' };
    const eventId = await s.deliver(PointsExpiredSchema, lot, about('expiry'));
    await s.deliver(PointsExpiredSchema, lot, { ...about('expiry'), eventId });
    await s.deliver(PointsExpiredSchema, { ...lot, purchaseId: '' }, about('expiry'));
    // of 300, 100 expired and 200 were spent; the whole sale is given back: 100 come from other lots, 200 are owed
    await points('expiry', 2n, 300n, 300n, 200n);
    await s.settled();
    // receivable and cost are gone; liability -3.00 + 1.00 expired + 1.00 taken back (the spending itself was not told here)
    expect(await ledgerOf(s, merchantId)).toEqual({
      POINTS_LIABILITY: '-100',
      BREAKAGE: '-100',
      MEMBER_POINTS_DEBT: '200',
    });
    const settled = (entry: string, points_: bigint, cause: string) =>
      s.deliver(
        PointsDebtSettledSchema,
        {
          entryId: naturalId('entry', entry),
          mallId,
          currency: 'CNY',
          points: points_,
          cause,
          occurredAt: '2026-03-10T04:00:00Z',
        },
        { aggregateId: naturalId('entry', entry), occurredAt: s.clock.now() },
      );
    await settled('a', 150n, 'REPAID');
    await settled('b', 50n, 'WRITTEN_OFF');
    await s.settled();
    expect(await ledgerOf(s, mallId)).toEqual({ POINTS_LIABILITY: '150', WRITE_OFF: '50', MEMBER_POINTS_DEBT: '-200' });
  });

  it('ends the same whatever the order and however often it is told', async () => {
    const before = await ledgerOf(s, merchantId);
    const versions = Array.from({ length: 12 }, (_, i) => ({ version: BigInt(i + 1), earned: 100n + BigInt(i) * 7n }));
    const told = [...versions, ...versions].sort(
      (a, b) => Number((a.version * 7n) % 5n) - Number((b.version * 7n) % 5n),
    );
    await Promise.all(told.map(({ version, earned }) => points('shuffled', version, earned)));
    await s.settled();
    const rows = await s.admin.dataSource.query(
      `select account, sum(debit_minor - credit_minor)::text as net from posting_line l join posting p on p.id = l.posting_id
       where p.purchase_id = $1 group by account order by account`,
      [purchaseId('shuffled')],
    );
    // the twelfth: 100 + 11 x 7 = 177 points; 177 x 0.008 = 1.416 -> 1.41
    expect(rows).toEqual([
      { account: 'POINTS_COST', net: '36' },
      { account: 'POINTS_LIABILITY', net: '-177' },
      { account: 'RECEIVABLE', net: '141' },
    ]);
    await points('shuffled', 13n, 177n, 177n);
    await s.settled();
    expect(await ledgerOf(s, merchantId)).toEqual(before);
  });

  it('keeps facts about a sale that is not here until it comes', async () => {
    await points('to-come', 1n, 200n);
    await s.settled();
    await record(s, sale('to-come'));
    const parked = await s.admin.dataSource.query(`select consumer, reason from parked_event`);
    expect(parked).toMatchObject([{ consumer: 'merchant-settlement-on-purchase-points-posted' }]);
    expect(parked[0].reason).toContain(naturalId('purchase', TEST_GROUP, 'POS', 'to-come'));
  });
});
