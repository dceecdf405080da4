import { IdentifierType, MemberIdentifierAddedSchema, REQUESTS } from '@atrium/contracts';
import { ask, type Caller, openBus, createLog, type Role } from '@atrium/platform';
import { TEST_GROUP, type TestService } from '@atrium/testkit';
import type { MemberApp } from '../src/app';
import { MALL, member, nextKey, OTHER_GROUP, registered, service, staff, startMember, STORE, till } from './support';

let test: TestService<MemberApp>;
let id: string;
const PHONE = '13912348000';
const CARD = 'CARD-0001-2345';

beforeAll(async () => {
  test = await startMember();
  id = await registered(test, { phone: PHONE, displayName: '王小明', birthday: '1990-05-01', cardNumber: CARD });
});
afterAll(() => test.end());

const FIELDS = `id displayName phoneMasked birthday cards { number }`;
interface Seen {
  id: string;
  displayName: string | null;
  phoneMasked: string | null;
  birthday: string | null;
  cards: { number: string }[];
}
const identify = async (caller: Partial<Caller>, type: string, value: string) =>
  (
    await test
      .as(caller)
      .ask<{ identifyMember: Seen | null }>(
        `query ($by: MemberIdentifierInput!) { identifyMember(by: $by) { ${FIELDS} } }`,
        { by: { type, value } },
      )
  ).identifyMember;
const FULL = {
  displayName: '王小明',
  phoneMasked: '139****8000',
  birthday: '1990-05-01',
  cards: [{ number: CARD }],
};
const MASKED = {
  displayName: '王**',
  phoneMasked: '139****8000',
  birthday: null,
  cards: [{ number: '**********2345' }],
};

describe('who sees what of a member', () => {
  const everybody: [string, () => Partial<Caller>, object | null, object | 'FORBIDDEN'][] = [
    ['the member', () => member(id), FULL, 'FORBIDDEN'],
    ['another member', () => member('018f3c1e-52a7-7b0e-9a55-0d2f8c3b7e14'), null, 'FORBIDDEN'],
    ['a till', () => till(), MASKED, MASKED],
    ['a clerk', () => staff('clerk', STORE), MASKED, MASKED],
    ['a merchant manager', () => staff('merchant-manager', MALL), MASKED, MASKED],
    ['a mall manager', () => staff('mall-manager', MALL), MASKED, MASKED],
    ['an auditor', () => staff('auditor'), MASKED, 'FORBIDDEN'],
    ['customer service', () => staff('customer-service'), FULL, FULL],
    ['the administration', () => staff('group-admin'), FULL, FULL],
    ['a service that may register', () => service('member:register'), null, 'FORBIDDEN'],
    ['a service that may read', () => service('member:read', 'member:identify'), MASKED, MASKED],
    ['another group', () => ({ ...service('member:read', 'member:identify'), groupId: OTHER_GROUP }), null, {}],
  ];

  it.each(everybody)('%s', async (_, caller, byId, identified) => {
    const client = test.as(caller());
    const { member: seen } = await client.ask<{ member: Seen | null }>(
      `query ($id: ID!) { member(id: $id) { ${FIELDS} } }`,
      {
        id,
      },
    );
    if (byId === null) expect(seen).toBeNull();
    else expect(seen).toEqual({ id, ...byId });
    // The gateway comes by reference for the same person: the same rule.
    const { _entities: entities } = await client.ask<{ _entities: (Seen | null)[] }>(
      `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Member { ${FIELDS} } } }`,
      { r: [{ __typename: 'Member', id }] },
    );
    expect(entities).toEqual([seen]);
    const reply = await client.send<{ identifyMember: Seen | null }>(
      `{ identifyMember(by: { type: PHONE, value: "${PHONE}" }) { ${FIELDS} } }`,
    );
    if (identified === 'FORBIDDEN') expect(reply.errors[0]?.extensions?.['code']).toBe('FORBIDDEN');
    else if (Object.keys(identified).length === 0) expect(reply.data?.identifyMember).toBeNull();
    else expect(reply.data?.identifyMember).toEqual({ id, ...identified });
  });

  it('a member is found by any spelling, and not by what names nobody', async () => {
    expect((await identify(till(), 'PHONE', '+86 139 1234 8000'))?.id).toBe(id);
    expect((await identify(till(), 'CARD', ' card-0001-2345 '))?.id).toBe(id);
    for (const [type, value] of [
      ['PHONE', '13900000000'],
      ['PHONE', 'x'],
      ['CARD', ''],
      ['CARD', PHONE],
      ['DYNAMIC_CODE', '00000000'],
    ] as const) {
      expect(await identify(till(), type, value)).toBeNull();
    }
  });

  it('viewer and me tell who is asking', async () => {
    const VIEWER = `{ me { id } viewer { kind displayName member { id } store { id } grants { role nodeId nodeName permissions } } }`;
    expect(await test.as(member(id)).ask(VIEWER)).toEqual({
      me: { id },
      viewer: { kind: 'MEMBER', displayName: '王小明', member: { id }, store: null, grants: [] },
    });
    expect(await test.as(till()).ask(VIEWER)).toMatchObject({
      me: null,
      viewer: { kind: 'TILL', store: { id: STORE }, member: null },
    });
    expect(await test.as(staff('mall-manager' satisfies Role, MALL)).ask(VIEWER)).toMatchObject({
      viewer: {
        kind: 'STAFF',
        displayName: 'Staff',
        grants: [{ role: 'mall-manager', nodeId: MALL, nodeName: 'NORTH' }],
      },
    });
    expect(await test.as({ groupId: null }).ask(VIEWER)).toMatchObject({ me: null, viewer: { kind: 'ANONYMOUS' } });
  });

  it('messaging learns the clear phone at the moment of sending', async () => {
    const bus = await openBus({
      url: test.bus.connection.getServer(),
      name: 'asker',
      log: createLog('asker', 'silent'),
    });
    try {
      const contact = (groupId: string, memberId: string) =>
        ask(bus.connection, REQUESTS.resolveContact, groupId, { memberId }, 60_000);
      expect(await contact(TEST_GROUP, id)).toMatchObject({ found: true, phone: `+86${PHONE}`, locale: 'zh-CN' });
      expect(await contact(OTHER_GROUP, id)).toMatchObject({ found: false, phone: '' });
      expect(await contact(TEST_GROUP, 'x')).toMatchObject({ found: false });
    } finally {
      await bus.close();
    }
  });
});

describe('the code on the screen', () => {
  const SHOW = `mutation ($input: ShowMemberCodeInput!) { showMemberCode(input: $input) {
    __typename ... on ShowMemberCodeSuccess { code validUntil } ... on UserError { code: code } } }`;
  const show = async (idempotencyKey = nextKey(), caller = member(id)) => {
    const { showMemberCode } = await test
      .as(caller)
      .ask<{ showMemberCode: { __typename: string; code: string; validUntil: string } }>(SHOW, {
        input: { idempotencyKey },
      });
    return showMemberCode;
  };

  it('names the member once', async () => {
    const { code, validUntil } = await show();
    expect(code).toMatch(/^\d{8}$/);
    expect(new Date(validUntil).getTime()).toBe(test.clock.now().getTime() + 60_000);
    const fact = (await test.published(MemberIdentifierAddedSchema)).at(-1);
    expect(fact).toMatchObject({ memberId: id, type: IdentifierType.DYNAMIC_CODE, validUntil });
    expect((await identify(till(), 'DYNAMIC_CODE', code))?.id).toBe(id);
    expect(await identify(till(), 'DYNAMIC_CODE', code)).toBeNull();
  });

  it('a hundred tills at once: one gets the member', async () => {
    const { code } = await show();
    const seen = await Promise.all(
      Array.from({ length: 100 }, (_, i) => identify(till(`till-${i % 10}`), 'DYNAMIC_CODE', code)),
    );
    expect(seen.filter((found) => found !== null)).toHaveLength(1);
    test.clock.advance({ minutes: 1 });
  });

  it('ends by the clock, and when a newer one is shown', async () => {
    const { code: late } = await show();
    test.clock.advance({ seconds: 60 });
    expect(await identify(till(), 'DYNAMIC_CODE', late)).toBeNull();
    const { code: older } = await show();
    const { code: newer } = await show();
    expect(newer).not.toBe(older);
    expect(await identify(till(), 'DYNAMIC_CODE', older)).toBeNull();
    expect((await identify(till(), 'DYNAMIC_CODE', newer))?.id).toBe(id);
  });

  it('a repeat shows the same code; the code is nowhere in the database', async () => {
    const key = nextKey();
    const shown = await show(key);
    expect(await show(key)).toEqual(shown);
    const rows: { code_index: string }[] = await test.admin.dataSource.query(`select code_index from member_code`);
    expect(rows.some(({ code_index }) => code_index.includes(shown.code))).toBe(false);
    const answers: { answer: unknown }[] = await test.admin.dataSource.query(`select answer from idempotency_key`);
    expect(JSON.stringify(answers)).not.toContain(shown.code);
  });

  it('is for members only, and only for known ones; guessing is limited', async () => {
    expect((await show(nextKey(), member('018f3c1e-52a7-7b0e-9a55-0d2f8c3b7e14'))).__typename).toBe('NotEligibleError');
    const reply = await test.as(till()).send(SHOW, { input: { idempotencyKey: nextKey() } });
    expect(reply.errors[0]?.extensions?.['code']).toBe('FORBIDDEN');

    const guesser = test.as(till('guesser'));
    const guess = (n: number) =>
      guesser.send(`{ identifyMember(by: { type: DYNAMIC_CODE, value: "${String(n).padStart(8, '0')}" }) { id } }`);
    for (let n = 0; n < 30; n++) expect((await guess(n)).errors).toEqual([]);
    expect((await guess(30)).errors[0]?.extensions?.['code']).toBe('LIMIT_EXCEEDED');
    test.clock.advance({ minutes: 1 });
    expect((await guess(31)).errors).toEqual([]);
  });

  it('old codes and counts are forgotten', async () => {
    test.clock.advance({ hours: 2 });
    expect(await test.app.forgetCodes()).toBeGreaterThan(0);
    const rows: unknown[] = await test.admin.dataSource.query(
      `select 1 from member_code union all select 1 from code_attempt`,
    );
    expect(rows).toHaveLength(0);
  });
});
