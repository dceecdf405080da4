import { OrgNodeKind, OrgNodeRecordedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { type Caller, type Permission, type Role } from '@atrium/platform';
import { startTestService, TEST_GROUP, type TestService } from '@atrium/testkit';
import { memberService, type MemberApp } from '../src/app';

export const OTHER_GROUP = naturalId('group', 'OTHER');
export const MALL = naturalId('mall', TEST_GROUP, 'NORTH');
export const MERCHANT = naturalId('merchant', TEST_GROUP, 'NORTH', 'M01');
export const STORE = naturalId('store', TEST_GROUP, 'S1');
export const OTHER_MALL = naturalId('mall', OTHER_GROUP, 'SOUTH');

export const config = {
  MEMBER_MASTER_KEY: Buffer.alloc(32, 7),
  MEMBER_MASTER_KEY_VERSION: 1,
  MEMBER_OLD_MASTER_KEYS: {},
  BLIND_INDEX_KEY: 'a key for tests, of no use elsewhere',
};

export const service = (...permissions: Permission[]): Partial<Caller> => ({
  kind: 'SERVICE',
  id: 'app',
  name: 'app',
  permissions,
});
export const till = (id = 'till-1'): Partial<Caller> => ({ kind: 'TILL', id, storeId: STORE });
export const staff = (role: Role, nodeId: string = TEST_GROUP, id: string = role): Partial<Caller> => ({
  kind: 'STAFF',
  id,
  name: 'Staff',
  grants: [{ role, nodeId }],
});
export const member = (id: string): Partial<Caller> => ({ kind: 'MEMBER', id, memberId: id });

/** The service with two groups that it has heard of. */
export async function startMember(): Promise<TestService<MemberApp>> {
  const test = await startTestService(memberService, { config });
  const node = (groupId: string, kind: OrgNodeKind, path: string[], code: string) => {
    const nodeId = path.at(-1) ?? groupId;
    return test.deliver(
      OrgNodeRecordedSchema,
      {
        nodeId,
        kind,
        path,
        code,
        name: code,
        timeZone: 'Asia/Shanghai',
        currency: 'CNY',
        dayCutMinutes: 240,
        version: 1n,
      },
      { groupId, aggregateId: nodeId, occurredAt: test.clock.now() },
    );
  };
  await node(TEST_GROUP, OrgNodeKind.GROUP, [TEST_GROUP], 'TEST');
  await node(TEST_GROUP, OrgNodeKind.MALL, [TEST_GROUP, MALL], 'NORTH');
  await node(TEST_GROUP, OrgNodeKind.MERCHANT, [TEST_GROUP, MALL, MERCHANT], 'M01');
  await node(TEST_GROUP, OrgNodeKind.STORE, [TEST_GROUP, MALL, MERCHANT, STORE], 'S1');
  await node(OTHER_GROUP, OrgNodeKind.MALL, [OTHER_GROUP, OTHER_MALL], 'SOUTH');
  await test.settled();
  return test;
}

export const REGISTER = `mutation ($input: RegisterMemberInput!) { registerMember(input: $input) {
  __typename
  ... on RegisterMemberSuccess { member { id displayName phoneMasked birthday locale status joinedAt homeMall { id } cards { number status } } }
  ... on UserError { code message remedy }
  ... on InvalidInputError { path }
} }`;

export interface RegisterAnswer {
  registerMember: {
    __typename: string;
    code?: string;
    path?: string[];
    message?: string;
    member?: {
      id: string;
      displayName: string | null;
      phoneMasked: string | null;
      birthday: string | null;
      cards: { number: string }[];
    };
  };
}

let phones = 13_800_000_000;
export const nextPhone = (): string => String(++phones);

let keys = 0;
export const nextKey = (): string => `key-${++keys}`;

export async function registered(test: TestService<MemberApp>, input: object = {}): Promise<string> {
  const answer = await test.as(service('member:register')).ask<RegisterAnswer>(REGISTER, {
    input: { idempotencyKey: nextKey(), phone: nextPhone(), homeMallId: MALL, ...input },
  });
  const id = answer.registerMember.member?.id;
  if (!id) throw new Error(JSON.stringify(answer));
  return id;
}
