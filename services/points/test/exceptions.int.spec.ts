import { RefundUnmatchedSchema, UnmatchedRefundClosedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { type Caller, createLog } from '@atrium/platform';
import { eventually } from '@atrium/testkit';
import { applyRefundsSetAsideJob } from '../src/desk/jobs/apply-refunds-set-aside';
import { showWaitingRefundsJob } from '../src/earning/jobs/show-waiting-refunds';
import {
  balances,
  expectLedgerToBalance,
  GROUP,
  member,
  memberId,
  organisation,
  programme,
  publishRules,
  purchaseId,
  refund,
  register,
  sell,
  type Service,
  start,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await register(service, 'ann');
  await service.settled();
  await programme(service);
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const staff = (id: string, role: 'customer-service' | 'auditor', nodeId = GROUP): Partial<Caller> => ({
  kind: 'STAFF',
  id,
  grants: [{ role, nodeId }],
});
const desk = staff('desk', 'customer-service');
type Node = Record<string, unknown>;
const NODE = `id kind subjectId status assignee outcome resolvedBy note details deadline member { id } purchase { id }`;
const list = async (filter = 'status: OPEN', caller = desk): Promise<Node[]> =>
  (
    await service
      .as(caller)
      .ask<{ pointsExceptions: { edges: { node: Node }[] } }>(
        `{ pointsExceptions(${filter}) { edges { node { ${NODE} } } } }`,
      )
  ).pointsExceptions.edges.map(({ node }) => node);
let keys = 0;
async function work(
  verb: string,
  exceptionId: unknown,
  input: object = {},
  caller = desk,
  language = 'en',
): Promise<Node> {
  const type = `${verb[0]?.toUpperCase()}${verb.slice(1)}Input`;
  const reply = await service.as(caller, { 'accept-language': language }).send<{ result: Node }>(
    `mutation($input: ${type}!) { result: ${verb}(input: $input) { __typename
       ... on PointsExceptionSuccess { exception { ${NODE} } } ... on UserError { code message }
       ... on InvalidInputError { path } } }`,
    { input: { idempotencyKey: `k${++keys}`, exceptionId, ...input } },
  );
  return reply.data?.result ?? { __typename: reply.errors[0]?.extensions?.['code'] };
}
const settle = (id: unknown, resolution: string, more: object = {}, language = 'en') =>
  work('resolvePointsException', id, { resolution, note: 'looked into it', ...more }, desk, language);

/** A refund whose sale does not come within the seven days that an event waits. */
async function setAside(number: string): Promise<Node> {
  await refund(service, { number, of: 'ann', refundNo: 1n, lines: { 1: 10_000n }, fully: true });
  await service.settled();
  service.clock.advance({ days: 8 });
  return eventually(
    async () => (await list()).find(({ purchase }) => (purchase as { id: string }).id === purchaseId(number)) ?? null,
    { what: 'the refund is set aside' },
  );
}
const sale = async (number: string) => {
  await sell(service, { number, of: 'ann', lines: [10_000n], occurredAt: service.clock.now().toISOString() });
  await service.settled();
};

describe('a refund whose sale points never heard of', () => {
  it('is set aside after the waiting, taken, and applied when the sale is there', async () => {
    const found = await setAside('R1');
    expect(found).toMatchObject({ kind: 'UNAPPLIED_REFUND', status: 'OPEN', member: { id: memberId('ann') } });
    expect(found['deadline']).not.toBeNull();
    const parked = () => service.admin.dataSource.query(`select 1 from parked_event`);
    await eventually(async () => (await parked()).length === 0, { what: 'nothing waits any more' });
    const id = found['id'];
    const taken = await work('assignPointsException', id, { idempotencyKey: 'take', assignee: 'desk' });
    expect(taken).toMatchObject({ exception: { assignee: 'desk' } });
    expect(await work('assignPointsException', id, { idempotencyKey: 'take', assignee: 'desk' })).toEqual(taken);
    expect(await list('assignee: "desk", kind: UNAPPLIED_REFUND')).toHaveLength(1);
    expect(await settle(id, 'APPLY', {}, 'zh-CN')).toMatchObject({
      code: 'STILL_MISSING',
      message: '对应的销售仍未到达。',
    });
    await sale('R1');
    expect((await balances(service, 'ann')).available).toBe('100');
    expect(await settle(id, 'APPLY', { idempotencyKey: 'retry' })).toMatchObject({
      exception: { status: 'RESOLVED', outcome: 'APPLIED', resolvedBy: 'desk', note: 'looked into it' },
    });
    expect(await settle(id, 'APPLY', { idempotencyKey: 'retry' })).toMatchObject({ exception: { outcome: 'APPLIED' } });
    expect(await settle(id, 'DISMISS')).toMatchObject({ code: 'ALREADY_RESOLVED' });
    expect(await work('assignPointsException', id)).toMatchObject({ code: 'ALREADY_RESOLVED' });
    expect(await work('reopenPointsException', id, { note: 'again' })).toMatchObject({ code: 'NOT_DISMISSED' });
    expect((await balances(service, 'ann')).available).toBe('0');
  });

  it('is seen while it waits, and then not dismissed; it goes when it was applied', async () => {
    const log = createLog('points', 'silent');
    const [show, apply] = [showWaitingRefundsJob(service.app), applyRefundsSetAsideJob(service.app)];
    const waiting = async (number: string) =>
      (await list()).concat(await list('status: WAITING')).filter(({ purchase }) => {
        return (purchase as { id: string }).id === purchaseId(number);
      });
    for (const number of ['W1', 'W2']) {
      await refund(service, { number, of: 'ann', refundNo: 1n, lines: { 1: 10_000n }, fully: true });
    }
    await service.settled();
    await show.run(service.db, log);
    await Promise.all([show.run(service.db, log), apply.run(service.db, log)]);
    const [found] = await waiting('W1');
    expect(found).toMatchObject({ kind: 'UNAPPLIED_REFUND', status: 'WAITING', member: { id: memberId('ann') } });
    expect(found?.['deadline']).not.toBeNull();
    expect(await settle(found?.['id'], 'DISMISS')).toMatchObject({ code: 'STILL_WAITING' });
    expect(await settle(found?.['id'], 'APPLY')).toMatchObject({ code: 'STILL_MISSING' });
    expect(await work('assignPointsException', found?.['id'], { assignee: 'desk' })).toMatchObject({
      exception: { status: 'WAITING', assignee: 'desk' },
    });
    await sale('W1');
    service.clock.advance({ minutes: 15 });
    await eventually(
      async () => {
        await apply.run(service.db, log);
        return (await waiting('W1')).length === 0;
      },
      { what: 'the refund was applied' },
    );
    expect((await list('status: RESOLVED')).find(({ id }) => id === found?.['id'])).toMatchObject({
      ...{ outcome: 'APPLIED', resolvedBy: 'CLOCK' },
    });
    expect((await balances(service, 'ann')).available).toBe('0');
    // The other one waits in vain: the same exception is open now.
    const [other] = await waiting('W2');
    service.clock.advance({ days: 8 });
    const opened = await eventually(async () => (await waiting('W2')).find(({ status }) => status === 'OPEN') ?? null, {
      what: 'the refund is set aside',
    });
    expect([opened['id'], opened['deadline'] === other?.['deadline']]).toEqual([other?.['id'], false]);
    expect(await settle(opened['id'], 'DISMISS')).toMatchObject({ exception: { outcome: 'DISMISSED' } });
  });

  it('is applied by itself when the sale comes after all', async () => {
    const { id } = await setAside('R2');
    await sale('R2');
    const job = applyRefundsSetAsideJob(service.app);
    const log = createLog('points', 'silent');
    await Promise.all([job.run(service.db, log), job.run(service.db, log)]);
    expect((await list('status: RESOLVED')).find((node) => node['id'] === id)).toMatchObject({
      outcome: 'APPLIED',
      resolvedBy: 'CLOCK',
    });
    expect((await balances(service, 'ann')).available).toBe('0');
  });

  it('is dismissed with a reason, and opened again', async () => {
    const { id } = await setAside('R3');
    expect(await settle(id, 'DISMISS', { note: 'x' })).toMatchObject({ path: ['note'] });
    expect(await settle(id, 'DISMISS')).toMatchObject({ exception: { outcome: 'DISMISSED' } });
    expect(await work('reopenPointsException', id, { note: 'it was real' })).toMatchObject({
      exception: { status: 'OPEN', outcome: null },
    });
    const auditor = staff('audit', 'auditor');
    const { pointsAudit } = await service
      .as(auditor)
      .ask<{ pointsAudit: unknown }>(
        `{ pointsAudit(memberId: "${memberId('ann')}", first: 2) { edges { node { kind reason actor } } } }`,
      );
    expect(pointsAudit).toMatchObject({
      edges: [
        { node: { kind: 'EXCEPTION_REOPENED', reason: 'it was real', actor: 'desk' } },
        { node: { kind: 'EXCEPTION_RESOLVED' } },
      ],
    });
  });
});

describe('a sale that was reported too late', () => {
  beforeAll(() =>
    publishRules(service, {
      effectiveFrom: '2026-03-15T00:00:00Z',
      programme: {
        earning: { backdated: { approvalAfterDays: 7, rejectAfterDays: 60 } },
        spending: { conversions: [{ points: '100', value: { amount: '1.00', currency: 'CNY' } }] },
      },
    }),
  );
  const late = async (number: string): Promise<Node> => {
    const occurredAt = new Date(service.clock.now().getTime() - 10 * 86_400_000).toISOString();
    await sell(service, { number, of: 'ann', lines: [10_000n], occurredAt });
    await service.settled();
    const found = (await list('kind: LATE_SALE, status: OPEN'))[0];
    if (!found) throw new Error('no late sale');
    return found;
  };
  const boss: Partial<Caller> = { kind: 'STAFF', id: 'boss', grants: [{ role: 'group-admin', nodeId: GROUP }] };
  const apply = (id: unknown, caller: Partial<Caller>) =>
    work('resolvePointsException', id, { resolution: 'APPLY', note: 'the till was offline' }, caller);

  it('earns when somebody who may approve agrees, once', async () => {
    const before = BigInt((await balances(service, 'ann')).available);
    const { id, deadline } = await late('L1');
    expect(deadline).not.toBeNull();
    expect((await balances(service, 'ann')).available).toBe(before.toString());
    expect((await apply(id, desk))['__typename']).toBe('FORBIDDEN');
    expect(await apply(id, boss)).toMatchObject({ exception: { outcome: 'APPLIED', resolvedBy: 'boss' } });
    expect(await apply(id, boss)).toMatchObject({ code: 'ALREADY_RESOLVED' });
    expect((await balances(service, 'ann')).available).toBe((before + 100n).toString());
  });

  it('earns nothing when it is dismissed', async () => {
    const before = (await balances(service, 'ann')).available;
    const { id } = await late('L2');
    expect(await settle(id, 'DISMISS')).toMatchObject({ exception: { outcome: 'DISMISSED' } });
    expect((await balances(service, 'ann')).available).toBe(before);
  });
});

describe('a refund that found no sale in settlement', () => {
  const refundId = naturalId('refund', GROUP, 'lost');
  const address = (version: bigint) => ({ aggregateId: refundId, version, occurredAt: new Date('2026-03-01') });
  const unmatched = (version: bigint) =>
    service.deliver(
      RefundUnmatchedSchema,
      { refundId, purchaseId: purchaseId('lost'), externalId: 'R-9', reason: 'SALE_UNKNOWN', version },
      address(version),
    );
  const closed = (version: bigint, outcome: string) =>
    service.deliver(
      UnmatchedRefundClosedSchema,
      { refundId, purchaseId: purchaseId('lost'), outcome, actor: 'boss', version, closedAt: '2026-03-02T00:00:00Z' },
      address(version),
    );
  const mine = async () => (await list('kind: PARKED_REFUND'))[0];

  it('is on the list while it is unmatched there, whatever arrives first', async () => {
    await closed(2n, 'DISMISSED');
    await unmatched(1n);
    await service.settled();
    expect(await mine()).toMatchObject({ status: 'RESOLVED', outcome: 'DISMISSED', resolvedBy: 'boss' });
    await unmatched(3n);
    await unmatched(3n);
    await service.settled();
    expect(await mine()).toMatchObject({ status: 'OPEN', outcome: null, details: expect.stringContaining('R-9') });
    expect(await settle((await mine())?.['id'], 'DISMISS')).toMatchObject({
      code: 'SETTLED_ELSEWHERE',
      message: expect.stringContaining('resolveUnmatchedRefund'),
    });
    await closed(4n, 'APPLIED');
    await service.settled();
    expect(await mine()).toMatchObject({ status: 'RESOLVED', outcome: 'APPLIED' });
  });
});

describe('who may', () => {
  it.each<[string, Partial<Caller>, string]>([
    ['an auditor', staff('audit', 'auditor'), 'FORBIDDEN'],
    ['a member', member('ann'), 'FORBIDDEN'],
    ['nobody', { kind: 'ANONYMOUS', groupId: null }, 'UNAUTHENTICATED'],
    ['another group', { ...desk, groupId: '11111111-1111-5111-8111-111111111111' }, 'NotFoundError'],
  ])('not %s', async (_, caller, answer) => {
    const [found] = await list('first: 1');
    for (const verb of ['assignPointsException', 'resolvePointsException', 'reopenPointsException']) {
      const input = verb === 'assignPointsException' ? {} : { note: 'looked into it' };
      const more = verb === 'resolvePointsException' ? { resolution: 'DISMISS' } : {};
      expect((await work(verb, found?.['id'], { ...input, ...more }, caller))['__typename']).toBe(answer);
    }
  });

  it('nothing that is not there', async () => {
    expect(await settle('nothing', 'APPLY')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await settle(memberId('ann'), 'APPLY')).toMatchObject({ code: 'NOT_FOUND' });
    await expect(list('first: 1', member('ann'))).rejects.toThrow(/desk:read/);
  });
});
