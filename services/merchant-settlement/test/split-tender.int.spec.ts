import { MemberRegisteredSchema, PointsRulesPublishedSchema, PurchaseRefundedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import {
  cny,
  line,
  memberId,
  record,
  refund,
  refundOf,
  reserve,
  sale,
  type Settlement,
  startSettlement,
} from './harness';

describe('what a refund gives back of a sale that was paid with money and points', () => {
  let s: Settlement;
  beforeAll(async () => {
    s = await startSettlement();
    await s.deliver(MemberRegisteredSchema, { memberId }, { aggregateId: memberId, occurredAt: s.clock.now() });
    await s.settled();
  });
  afterAll(() => s?.end());

  const part = (amount: string, more: object = {}) => ({ lines: [{ lineNo: 1, amount: cny(amount) }], ...more });
  /** 70.00 in money and 3000 points for 30.00. */
  async function sellMixed(name: string, more: object = {}) {
    const checkoutId = await reserve(s, name);
    await record(s, { ...sale(name, { checkoutId, lines: [line(1, '120.00')], paid: cny('70.00') }), ...more });
  }
  async function programme(version: bigint, splitTender: string, more: object = {}) {
    const ruleVersionId = naturalId('rule', 'programme', `${version}`);
    const now = s.clock.now();
    await s.deliver(
      PointsRulesPublishedSchema,
      {
        ruleVersionId,
        kind: 'PROGRAMME',
        version,
        effectiveFrom: '2026-01-01T00:00:00Z',
        status: 'ACTIVE',
        publishedAt: now.toISOString(),
        splitTender,
        ...more,
      },
      { aggregateId: ruleVersionId, ownerId: ruleVersionId, version, occurredAt: now },
    );
    await s.settled();
  }
  const given = async (id: string, of: string, more: object) => {
    const { refund: r } = await refund(s, refundOf(id, of, more));
    return r && [r.cash.amount, r.points];
  };

  it('follows the programme that was known when the sale was recorded, whenever the refund comes', async () => {
    await sellMixed('none');
    s.clock.advance({ minutes: 1 });
    await programme(1n, 'CASH_FIRST');
    await sellMixed('first');
    s.clock.advance({ minutes: 1 });
    await programme(2n, 'POINTS_FIRST');
    await sellMixed('second');
    // it ended before the sale: it says nothing of it, whatever is heard first or last
    const end = { effectiveTo: '2026-03-10T02:00:00Z', status: 'RETIRED' };
    await programme(3n, 'CASH_FIRST', end);
    await programme(3n, 'CASH_FIRST');
    s.clock.advance({ minutes: 1 });
    await sellMixed('third');
    // 33.33 of 70.00 + 30.00: 23.331 -> 23.33 and 10.00 = 1000 points; all money; 30.00 in points and 3.33 in money
    expect(await given('n1', 'none', part('33.33'))).toEqual(['23.33', '1000']);
    expect(await given('f1', 'first', part('33.33'))).toEqual(['33.33', '0']);
    expect(await given('s1', 'second', part('33.33'))).toEqual(['3.33', '3000']);
    expect(await given('t1', 'third', part('33.33'))).toEqual(['3.33', '3000']);
    // whatever came first, in the end all of both is given back and nothing more
    expect(await given('n2', 'none', {})).toEqual(['46.67', '2000']);
    expect(await given('f2', 'first', part('36.68'))).toEqual(['36.67', '1']);
    expect(await given('f3', 'first', {})).toEqual(['0.00', '2999']);
    expect(await given('s2', 'second', {})).toEqual(['66.67', '0']);
  });

  it('keeps cash for points that were spent, at most the cash of the refund, and says so for all refunds so far', async () => {
    await sellMixed('kept');
    // of points first 40.00 is 10.00 in money
    const wish = (kept: object) => refundOf('k1', 'kept', part('40.00', { pointsDeduction: kept }));
    for (const [kept, field] of [
      [cny('10.01'), 'amount'],
      [cny('-1'), 'amount'],
      [{ amount: '1', currency: 'EUR' }, 'currency'],
    ] as const) {
      expect(await refund(s, wish(kept))).toMatchObject({
        __typename: 'InvalidInputError',
        path: ['pointsDeduction', field],
      });
    }
    expect(await refund(s, wish(cny('4.00')))).toMatchObject({
      purchase: { refunded: { amount: '10.00' } },
      refund: { amount: { amount: '40.00' }, cash: { amount: '6.00' }, pointsDeduction: { amount: '4.00' } },
    });
    expect(await refund(s, wish(cny('4.00')))).toMatchObject({ duplicate: true, refund: { cash: { amount: '6.00' } } });
    for (const other of [wish(cny('5.00')), refundOf('k1', 'kept', part('40.00'))]) {
      expect(await refund(s, other)).toMatchObject({ __typename: 'PurchaseConflictError' });
    }
    await refund(s, refundOf('k2', 'kept', { pointsDeduction: cny('60.00') }));
    const facts = (await s.published(PurchaseRefundedSchema)).filter(({ externalId }) => /^k[12]$/.test(externalId));
    expect(
      facts.map((f) => [f.cashMinor, f.pointsDeductionMinor, f.pointsDeductionCumulativeMinor, f.fullyRefunded]),
    ).toEqual([
      [1_000n, 400n, 400n, false],
      [6_000n, 6_000n, 6_400n, true],
    ]);
  });

  it('remembers what is kept while the refund waits for its sale', async () => {
    const early = refundOf('w1', 'waited', part('40.00', { pointsDeduction: cny('4.00') }));
    expect(await refund(s, early)).toMatchObject({ __typename: 'RefundParked' });
    await record(s, sale('waited'));
    expect(await refund(s, early)).toMatchObject({
      duplicate: true,
      refund: { cash: { amount: '36.00' }, pointsDeduction: { amount: '4.00' } },
    });
  });
});
