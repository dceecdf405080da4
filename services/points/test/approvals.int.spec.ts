import {
  MemberRegisteredSchema,
  PointsApprovalDecidedSchema,
  PointsApprovalRequestedSchema,
  PointsDebtSettledSchema,
} from '@atrium/contracts';
import { createLog, type Caller } from '@atrium/platform';
import { expireApprovalsJob } from '../src/desk/jobs/expire-approvals';
import {
  balances,
  expectLedgerToBalance,
  GROUP,
  MALL,
  member,
  memberId,
  organisation,
  programme,
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
  await register(service, 'ann', 'ben', 'cat');
  await service.settled();
  await programme(service);
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const staff = (id: string, role: 'customer-service' | 'group-admin' | 'auditor', nodeId = GROUP): Partial<Caller> => ({
  kind: 'STAFF',
  id,
  grants: [{ role, nodeId }],
});
const desk = staff('desk', 'customer-service', MALL);
const boss = staff('boss', 'group-admin');
const chief = staff('chief', 'group-admin');
const auditor = staff('audit', 'auditor');

const ERRORS = `... on UserError { code message } ... on InvalidInputError { path }
  ... on InsufficientPointsError { available requested } ... on DebtExceededError { owed requested }`;
const APPROVAL = `id kind amount reasonCode reason attachment { url documentId sha256 } requestedBy expiresAt status
  decidedBy note entry { kind amount availableAfter } member { id } mallId
  effect { availableBefore availableAfter debtBefore debtAfter refusalCode refusal }`;
type Answer = Record<string, unknown> & { __typename: string };
let keys = 0;

async function mutate(
  caller: Partial<Caller>,
  verb: string,
  input: object,
  fields: string,
  language = 'en',
): Promise<Answer> {
  const type = `${verb[0]?.toUpperCase()}${verb.slice(1)}`;
  const document = `mutation($input: ${type}Input!) { result: ${verb}(input: $input) { __typename ${fields} } }`;
  const { result } = await service
    .as(caller, { 'accept-language': language })
    .ask<{ result: Answer }>(document, { input: { idempotencyKey: `k${++keys}`, ...input } });
  return result;
}

const adjust = (of: string, amount: string, rest: object = {}, caller = desk) =>
  mutate(
    caller,
    'adjustPoints',
    { memberId: memberId(of), amount, reason: 'goodwill', ...rest },
    `... on ApprovalRequiredError { approvalId } ... on UserError { code message } ... on InvalidInputError { path }
     ... on AdjustPointsSuccess { account { available } }`,
  );
const wish = async (of: string, amount: string, rest: object = {}, caller = desk) =>
  String((await adjust(of, amount, rest, caller))['approvalId']);
const decide = (caller: Partial<Caller>, approvalId: string, rest: object = {}, language = 'en') =>
  mutate(
    caller,
    'decidePointsApproval',
    { approvalId, decision: 'APPROVE', ...rest },
    `... on DecidePointsApprovalSuccess { approval { ${APPROVAL} } } ... on AlreadyDecidedError { status } ${ERRORS}`,
    language,
  );
const withdraw = (caller: Partial<Caller>, approvalId: string) =>
  mutate(
    caller,
    'withdrawPointsApproval',
    { approvalId },
    `... on WithdrawPointsApprovalSuccess { approval { status } } ... on AlreadyDecidedError { status } ... on UserError { code }`,
  );
const look = async (approvalId: string, caller = boss) =>
  (
    await service
      .as(caller)
      .ask<{ found: Record<string, unknown> | null }>(
        `query($id: ID!) { found: pointsApproval(id: $id) { ${APPROVAL} } }`,
        { id: approvalId },
      )
  ).found;

describe('a wish above the limit', () => {
  it('is kept with its paper, shown with its effect, and done when a second person agrees', async () => {
    const attachment = { url: 'https://files.example/case/17', sha256: 'a'.repeat(64) };
    const id = await wish('ann', '1500', { reasonCode: 'SERVICE_FAILURE', attachment });
    expect(await look(id)).toMatchObject({
      kind: 'ADJUSTMENT',
      amount: '1500',
      reasonCode: 'SERVICE_FAILURE',
      reason: 'goodwill',
      attachment: { ...attachment, documentId: null },
      requestedBy: 'desk',
      expiresAt: '2026-03-17T04:00:00.000Z',
      status: 'PENDING',
      member: { id: memberId('ann') },
      mallId: MALL,
      entry: null,
      effect: { availableBefore: '0', availableAfter: '1500', debtAfter: '0', refusalCode: null },
    });
    expect((await balances(service, 'ann')).available).toBe('0');
    const done = await decide(boss, id, { idempotencyKey: 'agree', note: 'as agreed' });
    expect(done).toMatchObject({
      __typename: 'DecidePointsApprovalSuccess',
      approval: {
        status: 'APPROVED',
        decidedBy: 'boss',
        note: 'as agreed',
        entry: { kind: 'ADJUST', amount: '1500', availableAfter: '1500' },
        effect: null,
      },
    });
    expect(await decide(boss, id, { idempotencyKey: 'agree', note: 'as agreed' })).toEqual(done);
    expect(await decide(boss, id, { idempotencyKey: 'agree', note: 'other words' })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect((await balances(service, 'ann')).available).toBe('1500');
    const [entry] = await service.admin.dataSource.query(
      `select actor, reason, site_id from entry where amount = 1500`,
    );
    expect(entry).toEqual({ actor: 'desk', reason: 'goodwill', site_id: MALL });
  });

  it('is never decided by who asked, and withdrawn by nobody else', async () => {
    const id = await wish('ann', '2000', {}, boss);
    expect(await decide(boss, id)).toMatchObject({ __typename: 'OwnRequestError', code: 'OWN_REQUEST' });
    expect(await decide(boss, id, { decision: 'REJECT', note: 'no' })).toMatchObject({ code: 'OWN_REQUEST' });
    expect(await withdraw(desk, id)).toMatchObject({ __typename: 'NotYourRequestError', code: 'NOT_YOURS' });
    expect(await withdraw(boss, id)).toMatchObject({ approval: { status: 'WITHDRAWN' } });
    expect(await withdraw(boss, id)).toMatchObject({ code: 'ALREADY_DECIDED', status: 'WITHDRAWN' });
    expect(await decide(chief, id, {}, 'zh-CN')).toMatchObject({
      status: 'WITHDRAWN',
      message: '该申请已结束：已撤回。',
    });
  });

  it('is rejected with a note', async () => {
    const id = await wish('ann', '2001');
    expect(await decide(boss, id, { decision: 'REJECT' })).toMatchObject({ path: ['note'] });
    expect(await decide(boss, id, { decision: 'REJECT', note: 'not our fault' })).toMatchObject({
      approval: { status: 'REJECTED', note: 'not our fault', entry: null },
    });
    expect(await decide(boss, id)).toMatchObject({ code: 'ALREADY_DECIDED', status: 'REJECTED' });
    expect((await balances(service, 'ann')).available).toBe('1500');
  });

  it('that the points do not cover any more is refused and stays', async () => {
    const id = await wish('ann', '-1200');
    expect(await adjust('ann', '-900')).toMatchObject({ account: { available: '600' } });
    expect(await look(id)).toMatchObject({
      effect: { availableBefore: null, refusalCode: 'INSUFFICIENT_POINTS', refusal: expect.stringContaining('600') },
    });
    expect(await decide(boss, id)).toMatchObject({
      __typename: 'InsufficientPointsError',
      available: '600',
      requested: '1200',
    });
    expect(await look(id)).toMatchObject({ status: 'PENDING' });
    await adjust('ann', '900');
    expect(await decide(boss, id)).toMatchObject({ approval: { entry: { amount: '-1200' } } });
    expect((await balances(service, 'ann')).available).toBe('300');
  });

  it('is done once however many decide at once', async () => {
    const id = await wish('ben', '1100');
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, i) =>
        decide(i % 2 ? boss : chief, id, i % 3 ? {} : { decision: 'REJECT', note: 'too late' }),
      ),
    );
    const done = answers.filter(({ __typename }) => __typename === 'DecidePointsApprovalSuccess');
    expect(done).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'ALREADY_DECIDED')).toHaveLength(23);
    const approved = (done[0]?.['approval'] as Record<string, unknown>)['status'] === 'APPROVED';
    expect((await balances(service, 'ben')).available).toBe(approved ? '1100' : '0');
  });

  it('lapses: at once for whoever looks or decides, written down by the job once', async () => {
    const id = await wish('cat', '1300');
    service.clock.set('2026-03-17T03:59:59.999Z');
    expect(await look(id)).toMatchObject({ status: 'PENDING' });
    service.clock.set('2026-03-17T04:00:00.000Z');
    expect(await look(id)).toMatchObject({ status: 'EXPIRED', effect: null });
    expect(await decide(boss, id)).toMatchObject({ code: 'ALREADY_DECIDED', status: 'EXPIRED' });
    const lapsed = `{ pointsApprovals(status: EXPIRED) { edges { node { id decidedBy } } } }`;
    expect(await service.as(auditor).ask(lapsed)).toMatchObject({
      pointsApprovals: { edges: [{ node: { id, decidedBy: null } }] },
    });
    const job = expireApprovalsJob(service.app);
    const log = createLog('points', 'silent');
    const ran = await Promise.all([job.run(service.db, log), job.run(service.db, log)]);
    expect(ran.reduce((a, b) => a + b) + (await job.run(service.db, log))).toBeLessThanOrEqual(1);
    expect(await look(id)).toMatchObject({ status: 'EXPIRED', decidedBy: 'CLOCK' });
  });
});

describe('a debt', () => {
  const writeOff = (amount: string, rest: object = {}, caller = desk) =>
    mutate(
      caller,
      'writeOffPointsDebt',
      { memberId: memberId('cat'), amount, reason: 'hardship', ...rest },
      `... on ApprovalRequiredError { approvalId } ... on UserError { code } ... on InvalidInputError { path }
       ... on DebtExceededError { owed requested }`,
    );

  it('is given up with a second person, whatever its size', async () => {
    await sell(service, { number: 'D1', of: 'cat', lines: [5_000n], occurredAt: '2026-02-10T00:00:00.000Z' });
    await service.settled();
    await adjust('cat', '-50');
    await refund(service, { number: 'D1', of: 'cat', refundNo: 1n, lines: { 1: 5_000n }, fully: true });
    await service.settled();
    expect(await balances(service, 'cat')).toMatchObject({ available: '0', debt: '50' });
    expect(await writeOff('0')).toMatchObject({ path: ['amount'] });
    expect(await writeOff('51')).toMatchObject({ __typename: 'DebtExceededError', owed: '50', requested: '51' });
    const first = String((await writeOff('50', { idempotencyKey: 'w' }))['approvalId']);
    expect((await writeOff('50', { idempotencyKey: 'w' }))['approvalId']).toBe(first);
    const second = String((await writeOff('20'))['approvalId']);
    expect(await look(first)).toMatchObject({ kind: 'WRITE_OFF', effect: { debtBefore: '50', debtAfter: '0' } });
    expect(await decide(boss, second)).toMatchObject({ approval: { entry: { kind: 'WRITE_OFF', amount: '0' } } });
    expect(await look(first)).toMatchObject({ effect: { refusalCode: 'DEBT_EXCEEDED' } });
    expect(await decide(boss, first)).toMatchObject({ __typename: 'DebtExceededError', owed: '30' });
    expect(await balances(service, 'cat')).toMatchObject({ available: '0', debt: '30' });
    const settled = await service.published(PointsDebtSettledSchema);
    expect(settled).toMatchObject([{ points: 20n, cause: 'WRITTEN_OFF', mallId: MALL }]);
  });
});

describe('what is told and kept', () => {
  it('says each wish and its end, without words', async () => {
    const asked = await service.published(PointsApprovalRequestedSchema);
    const decided = await service.published(PointsApprovalDecidedSchema);
    expect(new Set(asked.map(({ approvalId }) => approvalId)).size).toBe(asked.length);
    expect(decided.map(({ status }) => status).sort()).toEqual(
      expect.arrayContaining(['APPROVED', 'EXPIRED', 'REJECTED', 'WITHDRAWN']),
    );
    expect(JSON.stringify([asked, decided].flat(), (_, v) => (typeof v === 'bigint' ? `${v}` : v))).not.toMatch(
      /goodwill|fault|hardship/,
    );
  });

  it('keeps every act for auditors, with figures before and after, unchangeable', async () => {
    const audit = (filter: string, caller = auditor) =>
      service.as(caller).send<{ pointsAudit: { edges: { node: Record<string, unknown> }[] } }>(
        `{ pointsAudit(${filter}) { edges { node { kind actor reason reasonCode approvalId member { id }
             changes { name before after } } } } }`,
      );
    const nodes = async (filter: string) => (await audit(filter)).data?.pointsAudit.edges.map(({ node }) => node);
    expect(await nodes(`memberId: "${memberId('cat')}", first: 3`)).toMatchObject([
      { kind: 'APPROVED', actor: 'boss', changes: [{ name: 'debt', before: '50', after: '30' }] },
      { kind: 'APPROVAL_REQUESTED', actor: 'desk', reason: 'hardship' },
      { kind: 'APPROVAL_REQUESTED', actor: 'desk' },
    ]);
    expect(await nodes(`actor: "boss", kind: REJECTED`)).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ reason: 'not our fault' })]),
    );
    expect(await nodes(`kind: LAPSED`)).toMatchObject([{ actor: 'CLOCK' }]);
    expect(await nodes(`memberId: "nobody"`)).toEqual([]);
    for (const caller of [desk, member('ann'), staff('m', 'customer-service')]) {
      expect((await audit('first: 1', caller)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    for (const sql of [`update desk_act set actor = 'x'`, `delete from desk_act`]) {
      await expect(service.db.inTransaction(GROUP, (tx) => tx.query(sql))).rejects.toThrow(/permission denied/);
    }
  });
});

describe('a member without a home mall', () => {
  it("is the group's: so are her points, and who decides", async () => {
    const joinedAt = '2026-01-02T00:00:00Z';
    await service.deliver(
      MemberRegisteredSchema,
      { memberId: memberId('dan'), homeMallId: '', locale: 'en', joinedAt, marketingConsent: false },
      { aggregateId: memberId('dan'), occurredAt: new Date(joinedAt) },
    );
    await service.settled();
    expect(await adjust('dan', '10')).toMatchObject({ account: { available: '10' } });
    const id = await wish('dan', '1500');
    await expect(decide(staff('mall', 'group-admin', MALL), id)).rejects.toThrow(/points:approve/);
    expect(await decide(boss, id)).toMatchObject({ approval: { status: 'APPROVED', mallId: null } });
    const lots = await service.admin.dataSource.query(`select funder_id from lot where member_id = $1`, [
      memberId('dan'),
    ]);
    expect(lots).toEqual([{ funder_id: GROUP }, { funder_id: GROUP }]);
  });
});

describe('refused at the door', () => {
  it.each<[string, object, string]>([
    ['an unknown reason code', { reasonCode: 'BECAUSE' }, 'reasonCode'],
    ['no https', { attachment: { url: 'http://files.example/1' } }, 'attachment'],
    ['a password in an address', { attachment: { url: 'https://me:secret@files.example/1' } }, 'attachment'],
    ['two places', { attachment: { url: 'https://files.example/1', documentId: 'D-1' } }, 'attachment'],
    ['a hash that is none', { attachment: { documentId: 'D-1', sha256: 'abc' } }, 'attachment'],
    ['too many points', { amount: '1000000000001' }, 'amount'],
  ])('%s', async (_, input, path) => {
    expect(await adjust('ann', '5', input)).toMatchObject({ __typename: 'InvalidInputError', path: [path] });
  });

  it('a mall that is none, an approval that is none, another group', async () => {
    expect(await adjust('ann', '5', { mallId: memberId('ann') }, boss)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await decide(boss, memberId('ann'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await decide(boss, 'nothing')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await withdraw(boss, memberId('ann'))).toMatchObject({ code: 'NOT_FOUND' });
    const id = await wish('ann', '1500');
    const other = '11111111-1111-5111-8111-111111111111';
    const stranger = { ...boss, groupId: other, grants: [{ role: 'group-admin' as const, nodeId: other }] };
    expect(await decide(stranger, id)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await look(id, stranger)).toBeNull();
    const elsewhere = staff('elsewhere', 'group-admin', memberId('other mall'));
    await expect(decide(elsewhere, id)).rejects.toThrow(/points:approve/);
    await expect(decide(desk, id)).rejects.toThrow(/points:approve/);
    await expect(look(id, member('ann'))).rejects.toThrow(/desk:read/);
  });
});
