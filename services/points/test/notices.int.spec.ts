import { PointsExpiredSchema, PointsExpiringSchema, PointsReinstatedSchema } from '@atrium/contracts';
import { type Caller, createLog, migrate } from '@atrium/platform';
import { pointsService } from '../src/app';
import { tellExpiringJob } from '../src/ledger/jobs/tell-expiring';
import { watchPartitionsJob } from '../src/ledger/jobs/watch-partitions';
import { tellExpiring } from '../src/ledger/use-cases/tell-expiring';
import {
  expectLedgerToBalance,
  GROUP,
  MALL,
  memberId,
  organisation,
  programme,
  purchaseId,
  register,
  sell,
  type Service,
  start,
  sweptUntilDone,
} from './support';

let service: Service;
const log = createLog('points', 'silent');
const tell = () => tellExpiringJob(service.app).run(service.db, log);
const bought = async (number: string, of: string, minor: bigint) => {
  await sell(service, { number, of, lines: [minor], occurredAt: service.clock.now().toISOString() });
  await service.settled();
};
const told = async () =>
  (await service.published(PointsExpiringSchema)).map((m) => [m.memberId, m.noticeDays, m.daysLeft, m.points]);

// Points of 2026 end with 2027 in Shanghai.
const END = '2027-12-31T16:00:00.000Z';

beforeAll(async () => {
  service = await start();
  await organisation(service);
  await register(service, 'ann', 'ben', 'cat');
  await service.settled();
  await programme(service);
  service.clock.set('2026-06-01T04:00:00Z');
  await bought('A1', 'ann', 10_000n);
  await bought('A2', 'ann', 2_000n);
  await bought('B1', 'ben', 4_000n);
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

describe('notices before points expire', () => {
  it('are told when their day comes, once, by however many workers', async () => {
    service.clock.set('2027-12-01T15:59:59.999Z');
    expect(await tell()).toBe(0);
    service.clock.set('2027-12-01T16:00:00.000Z');
    const done = await Promise.all([tell(), tell(), tell()]);
    expect(done.reduce((a, b) => a + b)).toBe(2);
    expect(await tell()).toBe(0);
    expect(await service.published(PointsExpiringSchema)).toContainEqual(
      expect.objectContaining({ memberId: memberId('ann'), mallId: MALL, points: 120n, expiresAt: END }),
    );
    expect((await told()).sort()).toEqual(
      [
        [memberId('ann'), 30, 30, 120n],
        [memberId('ben'), 30, 30, 40n],
      ].sort(),
    );
  });

  it('leave what arrives later for the same end to the next notice', async () => {
    service.clock.set('2027-12-10T04:00:00Z');
    // A sale of December 2027 lives until the end of 2028; these are given the same end as the others by hand.
    await bought('C1', 'cat', 1_000n);
    await service.db.inTransaction(GROUP, (tx) =>
      tx.query(`update lot set expires_at = $2 where member_id = $1`, [memberId('cat'), END]),
    );
    expect(await tell()).toBe(0);
  });

  it('a job that comes late tells the notice that holds now, and only that', async () => {
    // The day of the 7 was missed: 5 days are left.
    service.clock.set('2027-12-26T16:00:00.000Z');
    expect(await tell()).toBe(3);
    expect((await told()).filter(([, notice]) => notice === 7).sort()).toEqual(
      [
        [memberId('ann'), 7, 5, 120n],
        [memberId('ben'), 7, 5, 40n],
        [memberId('cat'), 7, 5, 10n],
      ].sort(),
    );
    expect(await tell()).toBe(0);
  });

  it('go on where a worker was killed', async () => {
    service.clock.set('2027-12-30T16:00:00.000Z');
    // One batch of two, of which the transaction is lost; then batches of one.
    await expect(
      service.db.inTransaction(GROUP, async (tx) => {
        expect(await tellExpiring(tx, 2)).toBe(2);
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    for (const expected of [1, 1, 1, 0]) expect(await service.app.tellExpiring(GROUP, 1)).toBe(expected);
    expect((await told()).filter(([, notice]) => notice === 1)).toHaveLength(3);
  });

  it('end with the points', async () => {
    service.clock.set(END);
    await sweptUntilDone(service, 'EXPIRY');
    expect(await service.published(PointsExpiredSchema)).toHaveLength(4);
    expect(await tell()).toBe(0);
  });
});

describe('giving expired points again', () => {
  const staff = (id: string, role: 'customer-service' | 'group-admin' | 'auditor'): Partial<Caller> => ({
    ...{ kind: 'STAFF', id, grants: [{ role, nodeId: GROUP }] },
  });
  const REINSTATED = `... on ApprovalRequiredError { approvalId } ... on ReinstatementExceededError { reinstatable requested }
    ... on ReinstatePointsSuccess { entry { kind amount explanation { text } } account { available } }`;
  const DECIDED = `... on DecidePointsApprovalSuccess { approval { status entry { kind amount } } }`;
  let keys = 0;
  const mutate = async (verb: string, fields: string, input: object, caller: Partial<Caller>) => {
    const type = `${verb[0]?.toUpperCase()}${verb.slice(1)}Input`;
    const document = `mutation($input: ${type}!) { result: ${verb}(input: $input) { ... on UserError { code } ${fields} } }`;
    const { data, errors } = await service
      .as(caller)
      .send<{ result: Record<string, unknown> }>(document, { input: { idempotencyKey: `r${++keys}`, ...input } });
    return data?.result ?? { code: errors?.[0]?.extensions?.['code'] };
  };
  const expired = async (of: string, amount: bigint): Promise<string> => {
    const [row] = await service.admin.dataSource.query(
      `select id from entry where member_id = $1 and kind = 'EXPIRE' and amount = $2`,
      [memberId(of), -amount],
    );
    return row.id;
  };
  const reinstate = (of: string, expiryEntryId: string, amount: string, caller = staff('desk', 'customer-service')) =>
    mutate(
      'reinstatePoints',
      REINSTATED,
      { memberId: memberId(of), expiryEntryId, amount, reason: 'goodwill' },
      caller,
    );

  it('makes a new lot, and never gives more than expired', async () => {
    const entry = await expired('ann', 100n);
    expect(await reinstate('ann', entry, '60')).toMatchObject({
      entry: { kind: 'REINSTATE', amount: '60', explanation: [{ text: '60 expired points are given again.' }] },
      account: { available: '60' },
    });
    expect(await reinstate('ann', entry, '41')).toMatchObject({ reinstatable: '40', requested: '41' });
    expect(await reinstate('ann', entry, '0')).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await reinstate('ben', entry, '1')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await reinstate('ann', 'none', '1')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await reinstate('ann', entry, '1', staff('audit', 'auditor'))).toEqual({ code: 'FORBIDDEN' });
    const [lot] = await service.admin.dataSource.query(
      `select n.issued, n.source_kind, n.expires_at, o.reinstated from lot n
       join lot o on o.member_id = n.member_id and o.id = n.origin_lot_id`,
    );
    // Given on 1 January 2028 in Shanghai: until the end of 2029.
    const expires_at = new Date('2029-12-31T16:00:00Z');
    expect(lot).toEqual({ issued: 60n, source_kind: 'REINSTATEMENT', expires_at, reinstated: 60n });
    expect(await service.published(PointsReinstatedSchema)).toMatchObject([
      { points: 60n, purchaseId: purchaseId('A1') },
    ]);
  });

  it('needs a second person above the limit', async () => {
    await service.admin.dataSource.query(
      `update points_rule set terms = jsonb_set(terms, '{desk,approvalAbove}', '{"$n":"20"}') where kind = 'PROGRAMME'`,
    );
    const entry = await expired('ben', 40n);
    const asked = await reinstate('ben', entry, '30');
    expect(asked).toMatchObject({ code: 'APPROVAL_REQUIRED' });
    const other = await reinstate('ben', entry, '21');
    const decide = (approvalId: unknown) =>
      mutate('decidePointsApproval', DECIDED, { approvalId, decision: 'APPROVE' }, staff('boss', 'group-admin'));
    expect(await decide(asked['approvalId'])).toMatchObject({
      approval: { status: 'APPROVED', entry: { kind: 'REINSTATE', amount: '30' } },
    });
    // Only 10 are left by now.
    expect(await decide(other['approvalId'])).toMatchObject({ code: 'NOT_POSSIBLE' });
  });
});

describe('the months of the ledger', () => {
  it('are made ahead by the migration step, and missed in time', async () => {
    const url = (service.admin.dataSource.options as { url: string }).url;
    const { entities, migrations } = pointsService;
    const errors: object[] = [];
    const watch = () =>
      watchPartitionsJob(service.app).run(service.db, { error: (about: object) => errors.push(about) } as never);
    service.clock.set('2028-08-31T00:00:00Z');
    expect(await service.app.partitionsLeft()).toBe(4);
    await watch();
    expect(errors).toEqual([]);
    service.clock.set('2028-10-01T00:00:00Z');
    await watch();
    expect(errors).toEqual([{ table: 'entry', monthsLeft: 2 }]);
    expect(await migrate({ url, entities, migrations, monthly: ['entry'] })).toEqual([]);
    const [{ n }] = await service.admin.dataSource.query(
      `select count(*)::int as n from pg_inherits where inhparent = 'entry'::regclass`,
    );
    // 36 months and the default were there; the step adds those of the 24 from today on that are missing.
    expect(n).toBeGreaterThanOrEqual(37);
  });
});
