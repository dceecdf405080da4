import { PointsAdjustedSchema } from '@atrium/contracts';
import type { Caller } from '@atrium/platform';
import {
  admin,
  balances,
  expectLedgerToBalance,
  GROUP,
  MALL,
  member,
  memberId,
  MERCHANT,
  organisation,
  programme,
  register,
  type Service,
  start,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await register(service, 'ann', 'ben');
  await service.settled();
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const desk: Partial<Caller> = { kind: 'STAFF', id: 'desk', grants: [{ role: 'customer-service', nodeId: MALL }] };
const MUTATION = `mutation($input: AdjustPointsInput!) { adjustPoints(input: $input) {
  __typename
  ... on AdjustPointsSuccess { entry { id kind amount availableAfter explanation { code text } } account { available } }
  ... on InsufficientPointsError { available requested }
  ... on ApprovalRequiredError { approvalId }
  ... on InvalidInputError { path }
  ... on UserError { code message remedy } } }`;
type Answer = { adjustPoints: Record<string, unknown> & { __typename: string } };
let keys = 0;
const adjust = (amount: string, rest: Record<string, string> = {}, caller: Partial<Caller> = desk) =>
  service.as(caller).send<Answer>(MUTATION, {
    input: { idempotencyKey: `k${++keys}`, memberId: memberId('ann'), amount, reason: 'goodwill', ...rest },
  });
const outcome = async (...args: Parameters<typeof adjust>) => (await adjust(...args)).data?.adjustPoints;

describe('adjusting a balance', () => {
  it('needs a programme', async () => {
    expect(await outcome('100')).toMatchObject({ __typename: 'InvalidInputError', path: ['amount'] });
    await programme(service);
  });

  it('adds and takes away, once for a key', async () => {
    const added = await outcome('500', { idempotencyKey: 'same' });
    expect(added).toMatchObject({
      __typename: 'AdjustPointsSuccess',
      entry: {
        kind: 'ADJUST',
        amount: '500',
        availableAfter: '500',
        explanation: [{ text: 'Adjusted by hand: 500 points.' }],
      },
      account: { available: '500' },
    });
    expect(await outcome('500', { idempotencyKey: 'same' })).toEqual(added);
    expect(await outcome('400', { idempotencyKey: 'same' })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect(await outcome('-120')).toMatchObject({ account: { available: '380' } });
    expect(await service.published(PointsAdjustedSchema)).toMatchObject([
      { pointsDelta: 500n },
      { pointsDelta: -120n },
    ]);
    const [row] = await service.admin.dataSource.query(`select actor, reason from entry where amount = -120`);
    expect(row).toEqual({ actor: 'desk', reason: 'goodwill' });
  });

  it('50 times at once with one key has one effect', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => outcome('7', { idempotencyKey: 'storm' })));
    expect(new Set(answers.map((a) => a?.__typename)).size).toBeLessThanOrEqual(2);
    expect((await balances(service, 'ann')).available).toBe('387');
  });

  it('refuses in words, in the language of the caller', async () => {
    expect(await outcome('-388')).toMatchObject({
      __typename: 'InsufficientPointsError',
      available: '387',
      requested: '388',
    });
    expect(await outcome('0')).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await outcome('1', { reason: ' x ' })).toMatchObject({ path: ['reason'] });
    expect(await outcome('1', { memberId: memberId('nobody') })).toMatchObject({ __typename: 'NotFoundError' });
    const chinese = await service.as(desk, { 'accept-language': 'zh-CN' }).ask<Answer>(MUTATION, {
      input: { idempotencyKey: 'zh', memberId: memberId('ann'), amount: '0', reason: 'abc' },
    });
    expect(chinese.adjustPoints['message']).toBe('输入无效：数量不能为 0。');
  });

  it('above the limit keeps the wish for a second person and posts nothing', async () => {
    const first = await outcome('1001', { idempotencyKey: 'big' });
    expect(first).toMatchObject({ __typename: 'ApprovalRequiredError', code: 'APPROVAL_REQUIRED' });
    expect(await outcome('1001', { idempotencyKey: 'big' })).toEqual(first);
    const rows = await service.admin.dataSource.query(`select id, amount, status, requested_by from approval`);
    expect(rows).toEqual([{ id: first?.['approvalId'], amount: 1001n, status: 'PENDING', requested_by: 'desk' }]);
    expect((await balances(service, 'ann')).available).toBe('387');
  });

  it.each<[string, Partial<Caller>]>([
    ['a member', member('ann')],
    ['a till', { kind: 'TILL', id: 'till', storeId: MERCHANT }],
    ['an auditor', { kind: 'STAFF', id: 'audit', grants: [{ role: 'auditor', nodeId: GROUP }] }],
    ['a clerk', { kind: 'STAFF', id: 'clerk', grants: [{ role: 'clerk', nodeId: GROUP }] }],
    ['staff on their own account', { ...desk, memberId: memberId('ann') }],
  ])('is not for %s', async (_, caller) => {
    expect((await adjust('1', {}, caller)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('is not for the anonymous', async () => {
    expect((await adjust('1', {}, { kind: 'ANONYMOUS', groupId: null })).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });
});

describe('reading', () => {
  const entities = (caller: Partial<Caller>, id = memberId('ann')) =>
    service
      .as(caller)
      .send<{ _entities: unknown[] }>(
        `query($r: [_Any!]!) { _entities(representations: $r) { ... on Member { id points { available } } } }`,
        { r: [{ __typename: 'Member', id }] },
      );
  it('is for the member herself and for who may read points', async () => {
    expect((await entities(member('ann'))).data?._entities).toMatchObject([{ points: { available: '387' } }]);
    expect((await entities(desk)).data?._entities).toMatchObject([{ points: { available: '387' } }]);
    expect((await entities(member('ben'))).data?._entities).toEqual([null]);
    expect((await entities(desk, memberId('nobody'))).data?._entities).toEqual([null]);
    const clerk: Partial<Caller> = { kind: 'STAFF', id: 'c', grants: [{ role: 'clerk', nodeId: GROUP }] };
    expect((await entities(clerk)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it("stops at the tenant: another group's staff find nothing", async () => {
    const other = '11111111-1111-5111-8111-111111111111';
    const stranger: Partial<Caller> = { ...admin, groupId: other, grants: [{ role: 'group-admin', nodeId: other }] };
    expect((await entities(stranger)).data?._entities).toEqual([null]);
    expect(await outcome('1', {}, stranger)).toMatchObject({ __typename: 'NotFoundError' });
    const { pointsRules } = await service.as(stranger).ask<{ pointsRules: unknown[] }>(`{ pointsRules { id } }`);
    expect(pointsRules).toEqual([]);
  });
});
