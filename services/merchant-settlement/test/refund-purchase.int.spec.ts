import { MemberRegisteredSchema, PurchaseRefundedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { createLog } from '@atrium/platform';
import { TEST_GROUP } from '@atrium/testkit';
import { HUB } from '@atrium/contracts';
import { sweepParkedRefundsJob } from '../src/jobs/sweep-parked-refunds';
import {
  cny,
  ledgerOf,
  line,
  memberId,
  merchantId,
  otherStoreId,
  purchaseId,
  record,
  refund,
  REFUND,
  refundOf,
  reserve,
  sale,
  service,
  type Settlement,
  startSettlement,
} from './harness';

describe('refundPurchase', () => {
  let s: Settlement;
  beforeAll(async () => {
    s = await startSettlement();
    await s.deliver(MemberRegisteredSchema, { memberId }, { aggregateId: memberId, occurredAt: s.clock.now() });
    await s.settled();
  });
  afterAll(() => s?.end());

  const refundsOf = async (externalId: string) =>
    (await s.published(PurchaseRefundedSchema)).filter((fact) => fact.externalId === externalId);

  it('splits over money and points, and undoes the tier discount in proportion', async () => {
    const checkoutId = await reserve(s, 'one');
    const reserved = sale('mixed', { checkoutId, lines: [line(1, '120.00')] });
    // the basket may be on its way still: recording waits for it
    expect(await record(s, { ...reserved, paid: cny('70.00') })).toMatchObject({ purchase: { paid: cny('70.00') } });
    // 20.00 of tier discount, 40 % of it the merchant's own: the mall owes 12.00
    expect(await ledgerOf(s, merchantId)).toEqual({ TIER_DISCOUNT_COST: '1200', PAYABLE: '-1200' });
    const part = refundOf('r1', 'mixed', { lines: [{ lineNo: 1, amount: cny('33.33') }] });
    // 33.33 x 70 / 100 = 23.33 in money, 10.00 = 1000 points
    expect(await refund(s, part)).toMatchObject({
      __typename: 'RefundPurchaseSuccess',
      duplicate: false,
      purchase: { status: 'PARTIALLY_REFUNDED', refunded: { amount: '23.33' } },
      refund: { amount: { amount: '33.33' }, cash: { amount: '23.33' }, points: '1000' },
    });
    // 20.00 x 33.33 / 100 = 6.666 -> 6.66 is gone, 13.34 is left: 13.34 - 40 % (5.336 -> 5.33) = 8.01
    expect(await ledgerOf(s, merchantId)).toEqual({ TIER_DISCOUNT_COST: '801', PAYABLE: '-801' });
    expect(await refund(s, part)).toMatchObject({ duplicate: true, refund: { points: '1000' } });
    expect(await refund(s, { ...part, occurredAt: '2026-03-10T03:31:00Z' })).toMatchObject({
      __typename: 'PurchaseConflictError',
    });
    expect(await refund(s, refundOf('r2', 'mixed', { lines: [{ lineNo: 1, amount: cny('66.68') }] }))).toMatchObject({
      __typename: 'RefundExceedsPurchaseError',
      left: { amount: '66.67' },
    });
    // the rest: 70.00 - 23.33 in money, 3000 - 1000 points
    expect(await refund(s, refundOf('r3', 'mixed'))).toMatchObject({
      purchase: { status: 'REFUNDED', refunded: { amount: '70.00' } },
      refund: { amount: { amount: '66.67' }, cash: { amount: '46.67' }, points: '2000' },
    });
    expect(await ledgerOf(s, merchantId)).toEqual({});
    expect(await refund(s, refundOf('r4', 'mixed'))).toMatchObject({
      __typename: 'RefundExceedsPurchaseError',
      left: { amount: '0.00' },
    });
    expect(await refundsOf('r3')).toMatchObject([
      {
        memberId,
        checkoutId,
        fullyRefunded: true,
        refundNo: 2n,
        pointsReturned: 2_000n,
        pointsReturnedCumulative: 3_000n,
        lines: [{ cashMinor: 4_667n, cashCumulativeMinor: 7_000n, pointsValueCumulativeMinor: 3_000n }],
      },
    ]);
  });

  it('takes a basket only as it was reserved, for its own store and member, once', async () => {
    const checkoutId = await reserve(s, 'two');
    await s.settled();
    const with_ = (id: string, more: object) => sale(id, { checkoutId, lines: [line(1, '120.00')], ...more });
    const stranger = naturalId('member', 'stranger');
    await s.deliver(
      MemberRegisteredSchema,
      { memberId: stranger },
      { aggregateId: stranger, occurredAt: s.clock.now() },
    );
    await s.settled();
    const wrong: [object, string][] = [
      [{ lines: [line(1, '119.00')] }, 'lines'],
      [{ lines: [line(1, '120.00', { discount: cny('1') })] }, 'lines'],
      [{ lines: [line(1, '120.00'), line(2, '1.00')] }, 'lines'],
      [{ paid: cny('100.00') }, 'paid'],
      [{ member: { memberId: stranger } }, 'checkoutId'],
      [{ storeId: otherStoreId }, 'checkoutId'],
    ];
    for (const [more, path] of wrong) {
      const answer = await record(s, with_('basket', more), service);
      expect(answer.__typename).toBe('InvalidInputError');
      expect(answer.path?.[0]).toBe(path);
    }
    expect(await record(s, with_('basket', {}))).toMatchObject({ duplicate: false });
    expect(await record(s, with_('basket', {}))).toMatchObject({ duplicate: true });
    expect(await record(s, with_('another', {}))).toMatchObject({
      __typename: 'InvalidInputError',
      path: ['checkoutId'],
    });
  });

  it('waits for a sale that is not known yet and is applied with it', async () => {
    const early = refundOf('p1', 'parked', { lines: [{ lineNo: 1, amount: cny('40') }] });
    const until = '2026-03-17T04:00:00.000Z';
    expect(await refund(s, early)).toEqual({ __typename: 'RefundParked', externalId: 'p1', until });
    expect(await refund(s, early)).toEqual({ __typename: 'RefundParked', externalId: 'p1', until });
    expect(await refund(s, refundOf('p2', 'parked', { lines: [{ lineNo: 9, amount: cny('1') }] }))).toMatchObject({
      __typename: 'RefundParked',
    });
    // the sale is answered as it stands after the refund that waited; what does not fit it is set aside
    expect(await record(s, sale('parked'))).toMatchObject({
      duplicate: false,
      purchase: { status: 'PARTIALLY_REFUNDED' },
    });
    expect(await refund(s, early)).toMatchObject({ duplicate: true, refund: { cash: { amount: '40.00' } } });
    expect(await refundsOf('p1')).toHaveLength(1);
    expect(await refundsOf('p2')).toHaveLength(0);
    const states = await s.admin.dataSource.query(
      `select external_id, state from refund_request where external_id in ('p1', 'p2') order by 1`,
    );
    expect(states).toEqual([
      { external_id: 'p1', state: 'APPLIED' },
      { external_id: 'p2', state: 'REFUSED' },
    ]);
  });

  it('refuses what cannot be', async () => {
    await record(s, sale('plain'));
    for (const [more, path] of [
      [{ occurredAt: '2026-03-10T05:00:00Z' }, ['occurredAt']],
      [{ lines: [] }, ['lines']],
      [{ lines: [{ lineNo: 1, amount: cny('-1') }] }, ['lines', '0', 'amount', 'amount']],
      [{ lines: [{ lineNo: 2, amount: cny('1') }] }, ['lines', '0', 'lineNo']],
      [{ lines: [{ lineNo: 1, amount: { amount: '1', currency: 'EUR' } }] }, ['lines', '0', 'amount', 'currency']],
    ] as const) {
      expect(await refund(s, refundOf('bad', 'plain', more))).toMatchObject({ __typename: 'InvalidInputError', path });
    }
    // a refusal leaves no trace: the number is free for the right one; before the sale's own time is odd, but may be
    expect(await refund(s, refundOf('bad', 'plain', { occurredAt: '2026-03-09T00:00:00Z' }))).toMatchObject({
      duplicate: false,
    });
    const far = { kind: 'TILL', id: 'far', storeId: naturalId('store', TEST_GROUP, '201') } as const;
    const { errors } = await s.as(far).send(REFUND, { input: refundOf('far', 'plain') });
    expect(errors[0]?.extensions?.['code']).toBe('FORBIDDEN');
    // of another group nothing is known
    expect(await refund(s, refundOf('x', 'plain'), { ...service, groupId: naturalId('group', 'OTHER') })).toMatchObject(
      {
        __typename: 'RefundParked',
      },
    );
  });

  it('of many at once never gives back more than was paid', async () => {
    await record(s, sale('hot'));
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        // 30 different refunds of 7.00, each sent twice
        refund(s, refundOf(`h${i % 30}`, 'hot', { lines: [{ lineNo: 1, amount: cny('7.00') }] })),
      ),
    );
    const fresh = answers.filter(({ duplicate }) => duplicate === false);
    // 14 x 7.00 = 98.00 fits into 100.00, a fifteenth does not
    expect(fresh).toHaveLength(14);
    expect(answers.filter(({ __typename }) => __typename === 'RefundExceedsPurchaseError')).toHaveLength(32);
    const [row] = await s.admin.dataSource.query(
      `select cash_refunded_minor::text as back, refund_no::text as n from purchase where external_id = 'hot'`,
    );
    expect(row).toEqual({ back: '9800', n: '14' });
  });

  it('that waited too long goes to the exceptions; one that crossed with its sale is joined to it', async () => {
    const stateOf = async (externalId: string) =>
      (await s.admin.dataSource.query(`select state from refund_request where external_id = $1`, [externalId]))[0]
        ?.state;
    await refund(s, refundOf('never', 'never-sold'));
    // stated in the same instant: the refund did not see the sale, nor the sale the refund
    await record(s, sale('crossed'));
    await refund(s, refundOf('crossing', 'elsewhere'));
    await s.admin.dataSource.query(`update refund_request set purchase_id = $1 where external_id = 'crossing'`, [
      purchaseId('crossed'),
    ]);
    await sweepParkedRefundsJob(HUB).run(s.db, createLog('test', 'silent'));
    expect([await stateOf('never'), await stateOf('crossing')]).toEqual(['PARKED', 'APPLIED']);
    s.clock.advance({ days: 8 });
    await sweepParkedRefundsJob(HUB).run(s.db, createLog('test', 'silent'));
    expect(await stateOf('never')).toBe('LAPSED');
  });
});
