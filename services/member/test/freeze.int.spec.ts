import { MemberFrozenSchema, MemberUnfrozenSchema } from '@atrium/contracts';
import type { Caller } from '@atrium/platform';
import { TEST_GROUP, type TestService } from '@atrium/testkit';
import type { MemberApp } from '../src/app';
import { MALL, member, nextKey, OTHER_GROUP, registered, service, staff, startMember, till } from './support';

let test: TestService<MemberApp>;
let id: string;
beforeAll(async () => {
  test = await startMember();
  id = await registered(test);
});
afterAll(() => test.end());

const desk = staff('customer-service', MALL, 'desk');
type Answer = Record<string, unknown> & { __typename: string };

async function set(verb: 'freezeMember' | 'unfreezeMember', input: object = {}, caller = desk, language = 'en') {
  const type = verb === 'freezeMember' ? 'FreezeMemberSuccess' : 'UnfreezeMemberSuccess';
  const reply = await test.as(caller, { 'accept-language': language }).send<{ result: Answer }>(
    `mutation($input: FreezeMemberInput!) { result: ${verb}(input: $input) { __typename
       ... on ${type} { member { status } } ... on UserError { code message } ... on InvalidInputError { path } } }`,
    {
      input: {
        idempotencyKey: nextKey(),
        memberId: id,
        reasonCode: 'FRAUD_SUSPECTED',
        reason: 'odd refunds',
        ...input,
      },
    },
  );
  return reply.data?.result ?? { __typename: String(reply.errors[0]?.extensions?.['code']) };
}

describe('a member', () => {
  it('is frozen and released, once for a key, each time with a higher number', async () => {
    const frozen = await set('freezeMember', { idempotencyKey: 'f1' });
    expect(frozen).toMatchObject({ __typename: 'FreezeMemberSuccess', member: { status: 'FROZEN' } });
    expect(await set('freezeMember', { idempotencyKey: 'f1' })).toEqual(frozen);
    expect(await set('freezeMember', { idempotencyKey: 'f1', reason: 'other words' })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(await set('freezeMember', {}, desk, 'zh-CN')).toMatchObject({
      __typename: 'NotEligibleError',
      code: 'NOT_ACTIVE',
      message: '只有正常状态的会员可以冻结。',
    });
    const code = await test
      .as(member(id))
      .ask<{ showMemberCode: Answer }>(
        `mutation { showMemberCode(input: { idempotencyKey: "${nextKey()}" }) { __typename } }`,
      );
    expect(code.showMemberCode.__typename).toBe('NotEligibleError');
    expect(await set('unfreezeMember', { reasonCode: 'RESOLVED' })).toMatchObject({ member: { status: 'ACTIVE' } });
    expect(await set('unfreezeMember')).toMatchObject({ code: 'NOT_FROZEN' });
    expect(await set('freezeMember')).toMatchObject({ member: { status: 'FROZEN' } });
    const address = { memberId: id, actor: 'desk' };
    expect(await test.published(MemberFrozenSchema)).toMatchObject([
      { ...address, version: 1n, reasonCode: 'FRAUD_SUSPECTED' },
      { ...address, version: 3n },
    ]);
    expect(await test.published(MemberUnfrozenSchema)).toMatchObject([{ version: 2n, reasonCode: 'RESOLVED' }]);
  });

  it('is frozen by one of many at once', async () => {
    const other = await registered(test);
    const answers = await Promise.all(Array.from({ length: 20 }, () => set('freezeMember', { memberId: other })));
    expect(answers.filter(({ __typename }) => __typename === 'FreezeMemberSuccess')).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'NOT_ACTIVE')).toHaveLength(19);
  });

  it('has the words sealed, and the acts unchangeable', async () => {
    const [row] = await test.admin.dataSource.query(
      `select reason_code, actor, reason_sealed from member_freeze limit 1`,
    );
    expect(row).toMatchObject({ reason_code: 'FRAUD_SUSPECTED', actor: 'desk' });
    expect(row.reason_sealed.toString('latin1')).not.toContain('odd refunds');
    for (const sql of [`update member_freeze set actor = 'x'`, `delete from member_freeze`]) {
      await expect(test.db.inTransaction(TEST_GROUP, (tx) => tx.query(sql))).rejects.toThrow(/permission denied/);
    }
  });

  it.each<[string, Partial<Caller>, string]>([
    ['a clerk', staff('clerk'), 'FORBIDDEN'],
    ['an auditor', staff('auditor'), 'FORBIDDEN'],
    ['a till', till(), 'FORBIDDEN'],
    ['the member', member(MALL), 'FORBIDDEN'],
    ['nobody', { kind: 'ANONYMOUS', groupId: null }, 'UNAUTHENTICATED'],
    ['a service without the permission', service('member:read'), 'FORBIDDEN'],
    ['another group', { ...staff('group-admin', OTHER_GROUP), groupId: OTHER_GROUP }, 'NotFoundError'],
  ])('is not frozen by %s', async (_, caller, answer) => {
    expect((await set('freezeMember', {}, caller)).__typename).toBe(answer);
  });

  it('needs words, and has to be there', async () => {
    expect(await set('freezeMember', { reason: ' x ' })).toMatchObject({ path: ['reason'] });
    expect(await set('freezeMember', { memberId: 'nobody' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await set('freezeMember', { memberId: MALL })).toMatchObject({ code: 'NOT_FOUND' });
  });
});
