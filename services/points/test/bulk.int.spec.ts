import { type Caller, createLog } from '@atrium/platform';
import { eventually } from '@atrium/testkit';
import { runBulkAdjustmentsJob } from '../src/desk/jobs/run-bulk-adjustments';
import {
  admin,
  balances,
  expectLedgerToBalance,
  GROUP,
  MALL,
  member,
  memberId,
  organisation,
  programme,
  register,
  type Service,
  start,
} from './support';

const NAMES = Array.from({ length: 40 }, (_, i) => `m${i}`);
let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await register(service, 'ann', 'ben', ...NAMES);
  await service.settled();
  await programme(service);
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const second: Partial<Caller> = { ...admin, id: 'second' };
const HEADER = 'member_id,amount,reason,reference';
const row = (name: string, amount: number | string, reason = 'goodwill') =>
  `${memberId(name)},${amount},${reason},case 7`;
const FIELDS = `id status total pending done rejected credits debits creditsDone debitsDone approvalId
  rejects { line code reason } rejectsCsv`;
type Bulk = Record<string, unknown> & { id: string };
type Answer = Record<string, unknown> & { __typename: string; bulk?: Bulk };
let keys = 0;
async function work(verb: string, input: object, caller: Partial<Caller> = admin, language = 'en'): Promise<Answer> {
  const type = verb === 'uploadBulkAdjustment' ? 'UploadBulkAdjustmentInput' : 'BulkAdjustmentInput';
  const reply = await service.as(caller, { 'accept-language': language }).send<{ result: Answer }>(
    `mutation($input: ${type}!) { result: ${verb}(input: $input) { __typename
       ... on BulkAdjustmentSuccess { bulk { ${FIELDS} } } ... on UserError { code message } ... on InvalidInputError { path } } }`,
    { input: { idempotencyKey: `k${++keys}`, ...input } },
  );
  return reply.data?.result ?? { __typename: String(reply.errors[0]?.extensions?.['code']) };
}
const upload = (lines: string[], more: object = {}, caller = admin) =>
  work('uploadBulkAdjustment', { csv: [HEADER, ...lines].join('\n'), ...more }, caller);
const uploaded = async (lines: string[], more: object = {}) => String((await upload(lines, more)).bulk?.id);
const begin = (bulkId: string, more: object = {}) => work('startBulkAdjustment', { bulkId, ...more });
const look = async (id: string, caller = admin) =>
  (
    await service
      .as(caller)
      .ask<{ found: Bulk | null }>(`query($id: ID!) { found: bulkAdjustment(id: $id) { ${FIELDS} } }`, { id })
  ).found;
const run = () => runBulkAdjustmentsJob(service.app).run(service.db, createLog('points', 'silent'));
const until = (id: string, status: string) =>
  eventually(
    async () => {
      await run();
      const found = await look(id);
      return found?.['status'] === status ? found : null;
    },
    { what: `the file is ${status}` },
  );

describe('a file of adjustments', () => {
  it('is looked at: counts, sums, rejects by line with their reasons', async () => {
    const first = await upload(
      [row('ann', 300), row('nobody', 5), 'card-1,5,goodwill,', row('ann', '1.5'), row('ann', 5, 'x'), 'a,b'],
      { idempotencyKey: 'u' },
    );
    expect(first.bulk).toMatchObject({
      status: 'DRAFT',
      total: 6,
      pending: 1,
      rejected: 5,
      credits: '300',
      debits: '0',
      rejects: [
        { line: 3, code: 'UNKNOWN_MEMBER', reason: 'There is no such member.' },
        { line: 4, code: 'MEMBER_ID' },
        { line: 5, code: 'AMOUNT' },
        { line: 6, code: 'REASON' },
        { line: 7, code: 'COLUMNS' },
      ],
    });
    expect(first.bulk?.['rejectsCsv']).toContain('card-1,5,goodwill,,4,MEMBER_ID');
    expect(
      await upload(
        [row('ann', 300), row('nobody', 5), 'card-1,5,goodwill,', row('ann', '1.5'), row('ann', 5, 'x'), 'a,b'],
        { idempotencyKey: 'u' },
      ),
    ).toEqual(first);
    const bulkId = first.bulk?.id;
    expect(await upload([row('ben', 10)], { bulkId })).toMatchObject({ path: ['firstLine'] });
    expect(await upload([row('ben', 10), row('ben', -500)], { bulkId, firstLine: 8 })).toMatchObject({
      bulk: { total: 8, pending: 3, credits: '310', debits: '500' },
    });
    expect((await balances(service, 'ann')).available).toBe('0');
    expect(await begin(String(bulkId), { idempotencyKey: 's' })).toMatchObject({ bulk: { status: 'RUNNING' } });
    expect(await until(String(bulkId), 'DONE')).toMatchObject({
      done: 2,
      pending: 0,
      rejected: 6,
      creditsDone: '310',
      rejects: expect.arrayContaining([expect.objectContaining({ line: 9, code: 'INSUFFICIENT_POINTS' })]),
    });
    expect([(await balances(service, 'ann')).available, (await balances(service, 'ben')).available]).toEqual([
      '300',
      '10',
    ]);
    expect(await begin(String(bulkId))).toMatchObject({ code: 'WRONG_STATUS', message: 'The file is done.' });
  });

  it('waits for a second person above the limit on all that it moves', async () => {
    const id = await uploaded([row('ann', 700), row('ben', 600)], { mallId: MALL, reasonCode: 'MIGRATION' });
    const waiting = await begin(id);
    expect(waiting).toMatchObject({ bulk: { status: 'AWAITING_APPROVAL' } });
    expect(await work('cancelBulkAdjustment', { bulkId: id })).toMatchObject({ code: 'WRONG_STATUS' });
    expect(await run()).toBe(0);
    const decide = (caller: Partial<Caller>, approvalId: unknown, decision: string) =>
      service.as(caller).ask<{ result: Record<string, unknown> }>(
        `mutation($input: DecidePointsApprovalInput!) { result: decidePointsApproval(input: $input) { __typename
           ... on DecidePointsApprovalSuccess { approval { kind status amount member { id } } } ... on UserError { code } } }`,
        { input: { idempotencyKey: `k${++keys}`, approvalId, decision, note: 'looked at it' } },
      );
    const approvalId = waiting.bulk?.['approvalId'];
    expect((await decide(admin, approvalId, 'APPROVE')).result).toMatchObject({ code: 'OWN_REQUEST' });
    expect((await decide(second, approvalId, 'APPROVE')).result).toMatchObject({
      approval: { kind: 'BULK_ADJUSTMENT', status: 'APPROVED', amount: '1300', member: null },
    });
    await until(id, 'DONE');
    expect([(await balances(service, 'ann')).available, (await balances(service, 'ben')).available]).toEqual([
      '1000',
      '610',
    ]);
    const other = await begin(await uploaded([row('ann', 2000)]));
    await decide(second, other.bulk?.['approvalId'], 'REJECT');
    expect(await look(String(other.bulk?.id))).toMatchObject({ status: 'REJECTED', done: 0 });
  });

  it('counts each line once, however many work on it, and stops in between', async () => {
    const lines = Array.from({ length: 900 }, (_, i) => row(NAMES[i % NAMES.length] ?? 'm0', 1));
    const id = await uploaded(lines);
    await begin(id);
    // One batch, as if killed after it; then several at once.
    await service.app.runBulk(GROUP, id);
    const half = await look(id);
    expect(Number(half?.['done'])).toBeGreaterThanOrEqual(200);
    await Promise.all([run(), run(), run()]);
    expect(await until(id, 'DONE')).toMatchObject({ done: 900, creditsDone: '900', rejected: 0 });
    const [sum] = await service.admin.dataSource.query(
      `select count(*)::int as n, sum(amount)::int as points from entry where reason = 'goodwill' and amount = 1`,
    );
    expect(sum).toEqual({ n: 900, points: 900 });
    const [acts] = await service.admin.dataSource.query(
      `select count(*)::int as n from desk_act where kind = 'ADJUSTED' and actor = 'admin'`,
    );
    expect(acts.n).toBe(904);
  });

  it('is cancelled before it begins, and does nothing then', async () => {
    const id = await uploaded([row('ann', 5)]);
    expect(await work('cancelBulkAdjustment', { bulkId: id }, admin, 'zh-CN')).toMatchObject({
      bulk: { status: 'CANCELLED' },
    });
    expect(await begin(id)).toMatchObject({ code: 'WRONG_STATUS' });
    expect(await upload([row('ann', 5)], { bulkId: id, firstLine: 9 })).toMatchObject({ code: 'WRONG_STATUS' });
    expect(await begin(await uploaded(['x,y,z,']))).toMatchObject({ code: 'NOTHING_TO_DO' });
  });

  it.each<[string, object, string]>([
    ['no header', { csv: `${memberId('ann')},5,goodwill,` }, 'csv'],
    ['no lines', { csv: HEADER }, 'csv'],
    ['no CSV', { csv: `${HEADER}\n"open` }, 'csv'],
    ['a line number that is none', { firstLine: 0 }, 'firstLine'],
    ['an unknown reason code', { reasonCode: 'BECAUSE' }, 'reasonCode'],
  ])('is refused with %s', async (_, input, path) => {
    expect(await upload([row('ann', 5)], input)).toMatchObject({ __typename: 'InvalidInputError', path: [path] });
  });

  it.each<[string, Partial<Caller>, string]>([
    [
      'staff of one mall',
      { kind: 'STAFF', id: 'd', grants: [{ role: 'customer-service', nodeId: MALL }] },
      'FORBIDDEN',
    ],
    ['an auditor', { kind: 'STAFF', id: 'a', grants: [{ role: 'auditor', nodeId: GROUP }] }, 'FORBIDDEN'],
    ['a member', member('ann'), 'FORBIDDEN'],
    ['nobody', { kind: 'ANONYMOUS', groupId: null }, 'UNAUTHENTICATED'],
  ])('is not for %s', async (_, caller, answer) => {
    const bulkId = await uploaded([row('ann', 5)]);
    expect((await upload([row('ann', 5)], {}, caller)).__typename).toBe(answer);
    for (const verb of ['startBulkAdjustment', 'cancelBulkAdjustment']) {
      expect((await work(verb, { bulkId }, caller)).__typename).toBe(answer);
    }
  });

  it("is not another group's", async () => {
    const id = await uploaded([row('ann', 5)]);
    const other = '11111111-1111-5111-8111-111111111111';
    const stranger = { ...admin, groupId: other, grants: [{ role: 'group-admin' as const, nodeId: other }] };
    expect(await look(id, stranger)).toBeNull();
    expect(await work('startBulkAdjustment', { bulkId: id }, stranger)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await work('cancelBulkAdjustment', { bulkId: 'nothing' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await upload([row('ann', 5)], { bulkId: id, firstLine: 9 }, stranger)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await upload([row('ann', 5)], { mallId: id })).toMatchObject({ code: 'NOT_FOUND' });
  });
});
