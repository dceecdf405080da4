import { randomUUID } from 'node:crypto';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  DEAD_LETTER_STREAM,
  requestSubject,
  ResolveBirthdaysReplySchema,
  ResolveBirthdaysRequestSchema,
} from '@atrium/contracts';
import { eventually, inFlight } from '@atrium/testkit';
import { approveLateSale } from '../src/earning/use-cases/approve-late-sale';
import { earnPoints, type RecordedSale } from '../src/earning/use-cases/earn-points';
import {
  balances,
  changeTier,
  expectLedgerToBalance,
  GROUP,
  ladder,
  MALL,
  memberId,
  MERCHANT,
  organisation,
  programme,
  publishRules,
  purchaseId,
  refund,
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
  await register(service, 'ann', 'ben', 'cat', 'dan', 'eve', 'fay');
  await service.settled();
  await programme(service);
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const names = [{ locale: 'en', name: 'Campaign' }];
const noBirthdays = () => Promise.reject(new Error('no campaign asks for birthdays'));
const noneParked = () =>
  eventually(
    async () => {
      service.clock.advance({ minutes: 11 });
      return (await service.admin.dataSource.query(`select 1 from parked_event`)).length === 0;
    },
    { what: 'nothing is parked', everyMs: 100 },
  );

const fact = (number: string, of: string, paidMinor: bigint, occurredAt: string): RecordedSale => ({
  purchaseId: purchaseId(number),
  memberId: of,
  mallId: MALL,
  merchantId: MERCHANT,
  storeId: STORE,
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  occurredAt: new Date(occurredAt),
  receivedAt: null,
  channel: null,
  payments: [],
  lines: [{ lineNo: 1, category: 'FOOD', grossMinor: paidMinor, pointsValueMinor: 0n, paidMinor }],
  payment: null,
});

describe('the budget of a campaign', () => {
  it('of 10,000 points is spent exactly by 500 sales at the same time', async () => {
    await publishRules(service, {
      code: 'LIMITED',
      effectiveFrom: '2026-02-20T00:00:00Z',
      effectiveTo: '2026-02-21T00:00:00Z',
      campaign: { multiplier: '2', names, budget: { points: '10000', onExhaustion: 'PARTIAL' } },
    });
    // 30 points each, and 30 more from the campaign: 333 whole times, and once 10
    const sales = Array.from({ length: 500 }, (_, i) => fact(`B${i}`, randomUUID(), 3_000n, '2026-02-20T12:00:00Z'));
    await inFlight(
      16,
      sales.map((sale) => () => service.db.inTransaction(GROUP, (tx) => earnPoints(tx, [sale], noBirthdays))),
    );
    const rows = await service.admin.dataSource.query(
      `select earned, count(*)::int as n from purchase_earn where occurred_at = '2026-02-20T12:00:00Z' group by earned order by earned`,
    );
    expect(rows).toEqual([
      { earned: 30n, n: 166 },
      { earned: 40n, n: 1 },
      { earned: 60n, n: 333 },
    ]);
    const [budget] = await service.admin.dataSource.query(`select budget, spent from campaign_budget`);
    expect(budget).toEqual({ budget: 10_000n, spent: 10_000n });
    // A later version gives more.
    await publishRules(service, {
      code: 'LIMITED',
      effectiveFrom: '2026-02-20T00:00:00Z',
      effectiveTo: '2026-02-21T00:00:00Z',
      campaign: { multiplier: '2', names, budget: { points: '10020', onExhaustion: 'NONE' } },
    });
    const more = [3_000n, 2_000n].map((paid, i) => fact(`BM${i}`, randomUUID(), paid, '2026-02-20T13:00:00Z'));
    for (const sale of more) await service.db.inTransaction(GROUP, (tx) => earnPoints(tx, [sale], noBirthdays));
    // 30 do not fit into the 20 that are left, 20 do
    const later = await service.admin.dataSource.query(
      `select earned from purchase_earn where occurred_at = '2026-02-20T13:00:00Z' order by earned`,
    );
    expect(later).toEqual([{ earned: 30n }, { earned: 40n }]);
  });
});

describe('a birthday', () => {
  it('is asked of the member context once, and a sale waits while nobody answers', async () => {
    await publishRules(service, {
      code: 'BIRTHDAY',
      effectiveFrom: '2026-02-28T00:00:00Z',
      effectiveTo: '2026-03-02T00:00:00Z',
      campaign: { group: 'MEMBER', multiplier: '3', names, calendar: { mode: 'BIRTHDAY' } },
    });
    await sell(service, { number: 'D1', of: 'ann', lines: [10_000n], occurredAt: '2026-02-28T04:00:00Z' });
    await service.settled();
    expect(await balances(service, 'ann')).toMatchObject({ available: '0' });
    const asked: string[][] = [];
    const answering = service.bus.connection.subscribe(requestSubject(ResolveBirthdaysRequestSchema), {
      callback: (_, message) => {
        const { memberIds } = fromBinary(ResolveBirthdaysRequestSchema, message.data);
        asked.push(memberIds);
        const birthdays = memberIds
          .filter((id) => id === memberId('ann'))
          .map((id) => ({ memberId: id, month: 2, day: 29 }));
        message.respond(toBinary(ResolveBirthdaysReplySchema, create(ResolveBirthdaysReplySchema, { birthdays })));
      },
    });
    await noneParked();
    // There is no 29 February in 2026: it is kept on the 28th.
    expect(await balances(service, 'ann')).toMatchObject({ available: '300' });
    await sell(service, { number: 'D2', of: 'ann', lines: [10_000n], occurredAt: '2026-03-01T04:00:00Z' });
    await sell(service, { number: 'D3', of: 'ben', lines: [10_000n], occurredAt: '2026-02-28T04:00:00Z' });
    await service.settled();
    expect(await balances(service, 'ann')).toMatchObject({ available: '400' });
    expect(await balances(service, 'ben')).toMatchObject({ available: '100' });
    expect(asked.filter((ids) => ids.includes(memberId('ann')))).toHaveLength(1);
    answering.unsubscribe();
  });
});

describe('caps, bonuses and late sales', () => {
  it('a cap of the day gives way to a sale that happened earlier and arrived later', async () => {
    await publishRules(service, {
      effectiveFrom: '2026-02-10T00:00:00Z',
      effectiveTo: '2026-02-12T00:00:00Z',
      programme: { earning: { backdated: {}, maxPointsPerDay: '100' }, spending: SPENDING },
    });
    await sell(service, { number: 'E2', of: 'cat', lines: [9_000n], occurredAt: '2026-02-10T10:00:00Z' });
    await service.settled();
    expect(await balances(service, 'cat')).toMatchObject({ available: '90' });
    await sell(service, { number: 'E1', of: 'cat', lines: [6_000n], occurredAt: '2026-02-10T09:00:00Z' });
    await service.settled();
    // 60 of the earlier, 40 of the later; growth knows no cap
    expect(await balances(service, 'cat')).toMatchObject({ available: '100', growth: '150' });
    await refund(service, { number: 'E1', of: 'cat', refundNo: 1n, lines: { 1: 6_000n }, fully: true });
    await service.settled();
    expect(await balances(service, 'cat')).toMatchObject({ available: '40' });
  });

  it('a bonus of a threshold is reckoned again on what a refund leaves', async () => {
    await publishRules(service, {
      code: 'THRESHOLD',
      effectiveFrom: '2026-02-14T00:00:00Z',
      effectiveTo: '2026-02-15T00:00:00Z',
      campaign: {
        names,
        multiplier: '1',
        thresholds: [
          { from: { amount: '100.00', currency: 'CNY' }, points: '20' },
          { from: { amount: '200.00', currency: 'CNY' }, points: '50' },
        ],
      },
    });
    const of = 'dan';
    await sell(service, { number: 'F1', of, lines: [15_000n, 10_000n], occurredAt: '2026-02-14T04:00:00Z' });
    await service.settled();
    expect(await balances(service, of)).toMatchObject({ available: '300' });
    await refund(service, { number: 'F1', of, refundNo: 1n, lines: { 1: 4_999n } });
    await service.settled();
    // 200.01 are left: 49 points go (floor of 49.99), the bonus of 50 stays
    expect(await balances(service, of)).toMatchObject({ available: '251' });
    await refund(service, { number: 'F1', of, refundNo: 2n, lines: { 1: 5_001n } });
    await service.settled();
    // 199.99 are left: one more point, and 30 of the bonus
    expect(await balances(service, of)).toMatchObject({ available: '220' });
    await refund(service, { number: 'F1', of, refundNo: 3n, lines: { 1: 15_000n, 2: 1n } });
    await service.settled();
    // 99.99 are left: 100 points of line 2 less none, no bonus
    expect(await balances(service, of)).toMatchObject({ available: '100' });
  });

  it('a sale that was reported late waits for a person, and then earns by the rules and the tier of its time', async () => {
    await publishRules(service, {
      effectiveFrom: '2026-01-10T00:00:00Z',
      effectiveTo: '2026-01-20T00:00:00Z',
      programme: { earning: { backdated: { approvalAfterDays: 7, rejectAfterDays: 60 } }, spending: SPENDING },
    });
    const of = 'eve';
    // Silver was theirs for ten days only, and those are over when the sale is reported.
    await changeTier(service, { id: 'eve-1', of, to: 'SILVER', at: '2026-01-10T00:00:00.000Z', version: 1n });
    await changeTier(service, { id: 'eve-2', of, to: 'BASE', at: '2026-01-20T00:00:00.000Z', version: 2n });
    await service.settled();
    await sell(service, { number: 'G1', of, lines: [10_000n], occurredAt: '2026-01-15T04:00:00Z' });
    await service.settled();
    expect(await balances(service, of)).toMatchObject({ available: '0', growth: '0' });
    const [open] = await service.admin.dataSource.query(
      `select kind, status from desk_exception where subject_id = $1`,
      [purchaseId('G1')],
    );
    expect(open).toEqual({ kind: 'LATE_SALE', status: 'OPEN' });
    const approve = (number: string) =>
      service.db.inTransaction(GROUP, (tx) => approveLateSale(tx, purchaseId(number)));
    expect(await approve('G1')).toEqual({ ok: true, value: { earned: 120n } });
    expect(await approve('G1')).toEqual({ ok: false, error: { code: 'NOT_WAITING' } });
    expect(await approve('G2')).toEqual({ ok: false, error: { code: 'NOT_FOUND' } });
    expect(await balances(service, of)).toMatchObject({ available: '120', growth: '100' });
    service.clock.advance({ days: 30 });
    await sell(service, { number: 'G3', of, lines: [10_000n], occurredAt: '2026-01-15T05:00:00Z' });
    await service.settled();
    expect(await balances(service, of)).toMatchObject({ available: '120' });
    expect(await approve('G3')).toEqual({ ok: false, error: { code: 'NOT_WAITING' } });
  });
});

describe('64 bits', () => {
  it('a sale whose points do not fit is set aside with its reason, and its neighbours go on', async () => {
    await publishRules(service, {
      code: 'HUGE',
      effectiveFrom: '2026-02-01T00:00:00Z',
      effectiveTo: '2026-02-02T00:00:00Z',
      earn: { rate: '1000', merchantId: MERCHANT },
    });
    const of = 'fay';
    await sell(service, { number: 'H1', of, lines: [10_000n], occurredAt: '2026-02-01T04:00:00Z' });
    await sell(service, { number: 'H2', of, lines: [2n ** 63n - 1n], occurredAt: '2026-02-01T05:00:00Z' });
    await sell(service, { number: 'H3', of, lines: [10_000n], occurredAt: '2026-02-01T06:00:00Z' });
    await service.settled();
    expect(await balances(service, of)).toMatchObject({ available: '200000' });
    const stream = await service.bus.js.streams.get(DEAD_LETTER_STREAM.name);
    const { state } = await stream.info();
    const letter = await stream.getMessage({ seq: state.last_seq });
    expect(letter?.header.get('Atrium-Reason')).toMatch(/^out of range: .* 64-bit/);
  });
});

const SPENDING = {
  conversions: [{ points: '100', value: { amount: '1.00', currency: 'CNY' } }],
  minPoints: '100',
  stepPoints: '100',
  maxPercentOfEligible: '50',
};
