import { PointsActivatedSchema } from '@atrium/contracts';
import { createLog, type Caller } from '@atrium/platform';
import { activateLotsJob } from '../src/ledger/jobs/activate-lots';
import { applyFreezes } from '../src/ledger/use-cases/freeze-account';
import {
  admin,
  balances,
  changeTier,
  expectLedgerToBalance,
  GROUP,
  ladder,
  MALL,
  member,
  memberId,
  organisation,
  programme,
  purchaseId,
  refund,
  register,
  sell,
  type Service,
  start,
  sweptUntilDone,
} from './support';

let service: Service;
const log = createLog('points', 'silent');
/** The programme as if it had always said so. */
const terms = (path: string, value: unknown) =>
  service.admin.dataSource.query(
    `update points_rule set terms = jsonb_set(terms, $1, $2::jsonb) where kind = 'PROGRAMME'`,
    [path, JSON.stringify(value)],
  );
const bought = async (number: string, of: string, minor: bigint, occurredAt = '2026-02-01T04:00:00.000Z') => {
  await sell(service, { number, of, lines: [minor], occurredAt });
  await service.settled();
};

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

describe('pending points', () => {
  it('become available n local days after the sale, whether a job has looked or not', async () => {
    await terms('{earning,pending}', { mode: 'DAYS', days: 7 });
    // 9 March 20:00 in Shanghai; the seventh day after begins on 16 March 00:00 there
    await bought('A1', 'ann', 10_000n, '2026-03-09T12:00:00.000Z');
    expect(await balances(service, 'ann')).toMatchObject({ available: '0', pending: '100' });
    const expiring = `{ me { points { expiring(before: "2030-01-01T00:00:00Z") { amount } } } }`;
    expect((await service.as(member('ann')).ask(expiring))['me']).toEqual({
      points: { expiring: [{ amount: '100' }] },
    });
    service.clock.set('2026-03-15T15:59:59.999Z');
    expect(await balances(service, 'ann')).toMatchObject({ available: '0', pending: '100' });
    service.clock.set('2026-03-15T16:00:00.000Z');
    expect(await balances(service, 'ann')).toMatchObject({ available: '100', pending: '0' });
    await sweptUntilDone(service, 'ACTIVATION');
    expect(await activateLotsJob(service.app).run(service.db, log)).toBe(0);
    expect(await service.published(PointsActivatedSchema)).toMatchObject([
      {
        memberId: memberId('ann'),
        purchaseId: purchaseId('A1'),
        points: 100n,
        activatedAt: '2026-03-15T16:00:00.000Z',
      },
    ]);
  });

  it('are taken back first by a refund', async () => {
    await bought('A2', 'ann', 5_000n, '2026-03-15T12:00:00.000Z');
    await refund(service, { number: 'A2', of: 'ann', refundNo: 1n, lines: { 1: 2_000n } });
    await service.settled();
    // 50.00 in the double week are 100 points, of which 20.00 take back 40
    expect(await balances(service, 'ann')).toMatchObject({ available: '100', pending: '60' });
  });
});

describe('points that wait for a word', () => {
  const MUTATION = `mutation($input: ConfirmPurchasePointsInput!) { confirmPurchasePoints(input: $input) {
    __typename ... on ConfirmPurchasePointsSuccess { points account { available pending } } ... on UserError { code } } }`;
  const desk: Partial<Caller> = { kind: 'STAFF', id: 'desk', grants: [{ role: 'customer-service', nodeId: MALL }] };
  const confirm = async (number: string, key: string, caller = desk) => {
    const input = { idempotencyKey: key, purchaseId: number.length > 8 ? number : purchaseId(number) };
    const answer = await service.as(caller).send<{ confirmPurchasePoints: unknown }>(MUTATION, { input });
    return answer.data?.confirmPurchasePoints ?? answer.errors?.[0]?.extensions?.['code'];
  };

  it('are released by it, once, and what is added to the sale later does not wait again', async () => {
    await terms('{earning,pending}', { mode: 'ON_EVENT' });
    await bought('B1', 'ben', 10_000n);
    await bought('B2', 'ben', 3_000n);
    service.clock.advance({ days: 100 });
    expect(await balances(service, 'ben')).toMatchObject({ available: '0', pending: '130' });
    const first = await confirm('B1', 'k1');
    expect(first).toMatchObject({ points: '100', account: { available: '100', pending: '30' } });
    expect(await confirm('B1', 'k1')).toEqual(first);
    expect(await confirm('B1', 'k2')).toMatchObject({ points: '0' });
    await changeTier(service, { id: 't', of: 'ben', to: 'SILVER', at: '2026-01-01T00:00:00.000Z' });
    await service.settled();
    expect(await balances(service, 'ben')).toMatchObject({ available: '120', pending: '36' });
  });

  it('are released by nobody else, and only where there are any', async () => {
    expect(await confirm('B2', 'k1')).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect(await confirm('B9', 'k3')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await confirm('not-a-uuid', 'k4')).toMatchObject({ code: 'NOT_FOUND' });
    const elsewhere = { ...desk, grants: [{ role: 'customer-service' as const, nodeId: memberId('ann') }] };
    expect(await confirm('B2', 'k5', elsewhere)).toBe('FORBIDDEN');
    expect(await confirm('B2', 'k6', member('ben'))).toBe('FORBIDDEN');
    expect(await confirm('B2', 'k7', { ...admin, kind: 'ANONYMOUS', groupId: null })).toBe('UNAUTHENTICATED');
    await terms('{earning,pending}', { mode: 'DAYS', days: 0 });
  });
});

describe('a frozen account', () => {
  const say = (frozen: boolean, version: bigint) =>
    service.db.inTransaction(GROUP, (tx) => applyFreezes(tx, [{ memberId: memberId('cat'), frozen, version }]));

  it('earns into pending until it is released, whatever is heard first', async () => {
    await sweptUntilDone(service, 'ACTIVATION');
    await bought('C1', 'cat', 4_000n);
    await say(true, 1n);
    await bought('C2', 'cat', 6_000n);
    expect(await balances(service, 'cat')).toMatchObject({ available: '40', pending: '60' });
    expect(await activateLotsJob(service.app).run(service.db, log)).toBe(0);
    await say(false, 4n);
    await say(true, 3n);
    expect(await balances(service, 'cat')).toMatchObject({ available: '100', pending: '0' });
  });
});

describe('sliding expiry', () => {
  it('moves with every sale, also through the database', async () => {
    await terms('{expiry}', { mode: 'SLIDING', months: 6 });
    const now = service.clock.now();
    await bought('D1', 'dan', 1_000n, now.toISOString());
    service.clock.advance({ days: 150 });
    await bought('D2', 'dan', 0n, service.clock.now().toISOString());
    service.clock.advance({ days: 150 });
    expect(await balances(service, 'dan')).toMatchObject({ available: '10' });
    service.clock.advance({ days: 40 });
    expect(await balances(service, 'dan')).toMatchObject({ available: '0' });
    await sweptUntilDone(service, 'EXPIRY');
    const [row] = await service.admin.dataSource.query(`select expired from lot where member_id = $1`, [
      memberId('dan'),
    ]);
    expect(row).toEqual({ expired: 10n });
  });
});
