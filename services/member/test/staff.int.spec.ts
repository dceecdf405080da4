import { StaffRoleGrantedSchema, StaffRoleRevokedSchema } from '@atrium/contracts';
import { type Caller } from '@atrium/platform';
import { TEST_GROUP, type TestService } from '@atrium/testkit';
import type { MemberApp } from '../src/app';
import { staffIdOf } from '../src/use-cases/staff-roles';
import { MALL, MERCHANT, nextKey, OTHER_GROUP, OTHER_MALL, service, staff, startMember, STORE, till } from './support';

let test: TestService<MemberApp>;
beforeAll(async () => {
  test = await startMember();
});
afterAll(() => test.end());

const RESULT = `{ __typename ... on StaffRolesSuccess { staff { id displayName grants { role nodeId nodeName } } } ... on UserError { code } }`;
interface Answer {
  __typename: string;
  code?: string;
  staff?: { id: string; displayName: string; grants: { role: string; nodeId: string }[] };
}
async function send(verb: 'inviteStaff' | 'grantRole' | 'revokeRole', input: object, caller: Partial<Caller>) {
  const type = verb === 'inviteStaff' ? 'InviteStaffInput' : 'StaffRoleInput';
  const reply = await test
    .as(caller)
    .send<Record<string, Answer>>(`mutation ($input: ${type}!) { ${verb}(input: $input) ${RESULT} }`, {
      input: { idempotencyKey: nextKey(), ...input },
    });
  return { answer: reply.data?.[verb], error: reply.errors[0]?.extensions?.['code'] };
}
const invite = (subject: string, role: string, nodeId: string, caller: Partial<Caller> = staff('group-admin')) =>
  send('inviteStaff', { subject, displayName: `Name of ${subject}`, role, nodeId }, caller);

describe('staff and roles', () => {
  it('a service sets up the first administrator, who goes on from there', async () => {
    const { answer } = await invite('boss', 'group-admin', TEST_GROUP, service('staff:manage', 'staff:read'));
    expect(answer?.staff).toMatchObject({
      id: staffIdOf(TEST_GROUP, 'boss'),
      displayName: 'Name of boss',
      grants: [{ role: 'group-admin', nodeId: TEST_GROUP, nodeName: 'TEST' }],
    });
    test.clock.advance({ seconds: 1 });
    const { answer: clerk } = await invite('cleo', 'clerk', STORE, staff('group-admin', TEST_GROUP, 'boss'));
    const staffId = clerk?.staff?.id ?? '';
    await send('grantRole', { staffId, role: 'clerk', nodeId: MERCHANT }, staff('merchant-manager', MALL));
    await send('grantRole', { staffId, role: 'clerk', nodeId: MERCHANT }, staff('merchant-manager', MALL));
    await send('revokeRole', { staffId, role: 'clerk', nodeId: STORE }, staff('mall-manager', MALL));
    const { answer: after } = await send(
      'revokeRole',
      { staffId, role: 'clerk', nodeId: STORE },
      staff('mall-manager', MALL),
    );
    expect(after?.staff?.grants).toEqual([{ role: 'clerk', nodeId: MERCHANT, nodeName: 'M01' }]);
    const of = (facts: { staffId: string; nodeId: string }[]) => facts.filter((fact) => fact.staffId === staffId);
    expect(of(await test.published(StaffRoleGrantedSchema)).map(({ nodeId }) => nodeId)).toEqual([STORE, MERCHANT]);
    expect(of(await test.published(StaffRoleRevokedSchema)).map(({ nodeId }) => nodeId)).toEqual([STORE]);
  });

  it.each<[string, string, string, () => Partial<Caller>, string]>([
    [
      'a role above the own one',
      'group-admin',
      TEST_GROUP,
      () => staff('mall-manager', TEST_GROUP),
      'ROLE_NOT_YOURS_TO_GIVE',
    ],
    [
      'personal data beside the group',
      'customer-service',
      MALL,
      () => staff('mall-manager', MALL),
      'ROLE_NOT_YOURS_TO_GIVE',
    ],
    ['a role where it does not stand', 'group-admin', MALL, () => staff('group-admin'), 'ROLE_NOT_AT_THIS_NODE'],
    ['an unknown role', 'king', MALL, () => staff('group-admin'), 'INVALID_INPUT'],
    ['a node of another group', 'mall-manager', OTHER_MALL, () => staff('group-admin'), 'NOT_FOUND'],
    ['a node above the own one', 'clerk', MALL, () => staff('merchant-manager', MERCHANT), 'FORBIDDEN'],
    ['without the permission', 'clerk', STORE, () => staff('clerk', STORE), 'FORBIDDEN'],
    ['by a till', 'clerk', STORE, () => till(), 'FORBIDDEN'],
    ['to herself', 'clerk', STORE, () => staff('group-admin', TEST_GROUP, 'dana'), 'OWN_ROLE'],
  ])('refuses %s', async (_, role, nodeId, caller, code) => {
    const { answer, error } = await invite('dana', role, nodeId, caller());
    expect(answer?.code ?? error).toBe(code);
    const [row] = await test.admin.dataSource.query(`select 1 from staff where id = $1`, [
      staffIdOf(TEST_GROUP, 'dana'),
    ]);
    expect(row).toBeUndefined();
  });

  it('a list shows people at or below the own nodes', async () => {
    test.clock.advance({ seconds: 1 });
    await invite('mia', 'merchant-manager', MERCHANT);
    const list = (caller: Partial<Caller>, after: string | null = null) =>
      test.as(caller).ask<{
        staff: { edges: { cursor: string; node: { displayName: string } }[]; pageInfo: { hasNextPage: boolean } };
      }>(`query ($after: String) { staff(first: 1, after: $after) { edges { cursor node { displayName grants { role } } } pageInfo { hasNextPage } } }`, { after });
    const names: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { staff: page }: Awaited<ReturnType<typeof list>> = await list(staff('auditor'), after);
      names.push(...page.edges.map(({ node }) => node.displayName));
      after = page.edges.at(-1)?.cursor ?? null;
      more = page.pageInfo.hasNextPage;
    }
    expect(names).toEqual(['Name of boss', 'Name of cleo', 'Name of mia']);
    expect((await list(staff('merchant-manager', MERCHANT))).staff.edges[0]?.node.displayName).toBe('Name of cleo');
    expect((await list({ ...service('staff:read'), groupId: OTHER_GROUP })).staff.edges).toEqual([]);
  });
});
