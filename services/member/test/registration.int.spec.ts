import { IdentifierType, MemberIdentifierAddedSchema, MemberRegisteredSchema } from '@atrium/contracts';
import { blindIndex } from '@atrium/platform';
import { TEST_GROUP, type TestService } from '@atrium/testkit';
import type { MemberApp } from '../src/app';
import {
  config,
  MALL,
  nextKey,
  nextPhone,
  OTHER_GROUP,
  OTHER_MALL,
  REGISTER,
  type RegisterAnswer,
  registered,
  service,
  staff,
  startMember,
  till,
} from './support';

let test: TestService<MemberApp>;
beforeAll(async () => {
  test = await startMember();
});
afterAll(() => test.end());

const register = (input: object, caller = service('member:register', 'member:read-personal')) =>
  test.as(caller).ask<RegisterAnswer>(REGISTER, {
    input: { idempotencyKey: nextKey(), phone: nextPhone(), homeMallId: MALL, ...input },
  });
const count = async (table: string) =>
  Number(((await test.admin.dataSource.query(`select count(*) as n from ${table}`)) as { n: bigint }[])[0]?.n);

describe('registerMember', () => {
  it('makes an active member with a card, and says so without personal data', async () => {
    const phone = nextPhone();
    const { registerMember: answer } = await register({
      phone: ` ${phone.slice(0, 3)} ${phone.slice(3, 7)} ${phone.slice(7)} `,
      displayName: '王小明',
      birthday: '1990-05-01',
      locale: 'zh-CN',
      marketingConsent: true,
    });
    expect(answer.member).toMatchObject({
      displayName: '王小明',
      birthday: '1990-05-01',
      phoneMasked: `138****${phone.slice(-4)}`,
      locale: 'zh-CN',
      status: 'ACTIVE',
      homeMall: { id: MALL },
      cards: [{ number: expect.stringMatching(/^8\d{15}$/) as string, status: 'ACTIVE' }],
    });
    const id = answer.member?.id ?? '';
    const fact = (await test.published(MemberRegisteredSchema)).find(({ memberId }) => memberId === id);
    expect(fact).toMatchObject({ homeMallId: MALL, locale: 'zh-CN', marketingConsent: true });
    expect(fact?.joinedAt).toBe(test.clock.now().toISOString());
    const added = (await test.published(MemberIdentifierAddedSchema)).filter(({ memberId }) => memberId === id);
    expect(added.find(({ type }) => type === IdentifierType.PHONE)?.blindIndex).toBe(
      blindIndex(config.BLIND_INDEX_KEY, TEST_GROUP, 'PHONE', `+86${phone}`),
    );
    expect(added.find(({ type }) => type === IdentifierType.CARD)?.blindIndex).toBe(
      blindIndex(config.BLIND_INDEX_KEY, TEST_GROUP, 'CARD', answer.member?.cards[0]?.number ?? ''),
    );
  });

  it.each([
    [{ phone: '12' }, 'phone'],
    [{ phone: 'not a number' }, 'phone'],
    [{ birthday: '2026-03-11' }, 'birthday'],
    [{ locale: 'fr' }, 'locale'],
    [{ homeMallId: OTHER_MALL }, 'homeMallId'],
    [{ homeMallId: 'x' }, 'homeMallId'],
    [{ homeMallId: TEST_GROUP }, 'homeMallId'],
    [{ cardNumber: 'a b' }, 'cardNumber'],
  ])('refuses %j and writes nothing', async (input, field) => {
    const before = [await count('member'), await count('identifier'), await count('outbox')];
    const { registerMember: answer } = await register(input);
    expect(answer).toMatchObject({ __typename: 'InvalidInputError', path: [field] });
    expect([await count('member'), await count('identifier'), await count('outbox')]).toEqual(before);
  });

  it('refuses a taken phone in any spelling and a taken card, in the caller’s language', async () => {
    const phone = nextPhone();
    await register({ phone, cardNumber: 'vip-1' });
    const zh = await test.as(service('member:register'), { 'accept-language': 'zh-CN' }).ask<RegisterAnswer>(REGISTER, {
      input: { idempotencyKey: nextKey(), phone: `+86 ${phone}`, homeMallId: MALL },
    });
    expect(zh.registerMember).toMatchObject({
      __typename: 'MemberAlreadyExistsError',
      message: '该手机号或会员卡已属于一位会员。',
    });
    const free = nextPhone();
    const card = await register({ phone: free, cardNumber: ' VIP-1 ' });
    expect(card.registerMember.code).toBe('MEMBER_ALREADY_EXISTS');
    // The phone of the refused request stayed free.
    expect((await register({ phone: free })).registerMember.__typename).toBe('RegisterMemberSuccess');
  });

  it('the same phone belongs to one member, however many register it at once', async () => {
    const phone = nextPhone();
    const answers = await Promise.all(Array.from({ length: 50 }, () => register({ phone })));
    const kinds = answers.map(({ registerMember }) => registerMember.__typename);
    expect(kinds.filter((kind) => kind === 'RegisterMemberSuccess')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'MemberAlreadyExistsError')).toHaveLength(49);
    const [row] = await test.admin.dataSource.query(`select count(*) as n from identifier where blind_index = $1`, [
      blindIndex(config.BLIND_INDEX_KEY, TEST_GROUP, 'PHONE', phone),
    ]);
    expect(row.n).toBe(1n);
  });

  it('one key is one registration; with other input it is a conflict', async () => {
    const input = { idempotencyKey: nextKey(), phone: nextPhone() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => register(input)));
    const ids = new Set(answers.flatMap(({ registerMember }) => registerMember.member?.id ?? []));
    expect(ids.size).toBe(1);
    expect(
      answers.every(({ registerMember: { __typename: kind } }) =>
        ['RegisterMemberSuccess', 'InProgressError'].includes(kind),
      ),
    ).toBe(true);
    expect((await register(input)).registerMember.member?.id).toBe([...ids][0]);
    expect((await register({ ...input, phone: nextPhone() })).registerMember.__typename).toBe(
      'IdempotencyConflictError',
    );
  });

  it('needs the permission; the same phone may join in another group', async () => {
    for (const caller of [service('member:read'), staff('auditor'), { kind: 'ANONYMOUS' as const, groupId: null }]) {
      const reply = await test.as(caller).send(REGISTER, {
        input: { idempotencyKey: nextKey(), phone: nextPhone(), homeMallId: MALL },
      });
      expect(reply.errors[0]?.extensions?.['code']).toMatch(/FORBIDDEN|UNAUTHENTICATED/);
    }
    const phone = nextPhone();
    expect((await register({ phone }, till())).registerMember.__typename).toBe('RegisterMemberSuccess');
    const other = { ...service('member:register'), groupId: OTHER_GROUP };
    expect((await register({ phone, homeMallId: OTHER_MALL }, other)).registerMember.__typename).toBe(
      'RegisterMemberSuccess',
    );
  });
});

describe('enrolCards', () => {
  const ENROL = `mutation ($input: EnrolCardsInput!) { enrolCards(input: $input) {
    __typename ... on EnrolCardsSuccess { members { cardNumber created member { id phoneMasked } } }
    ... on UserError { code } ... on InvalidInputError { path } } }`;
  interface Answer {
    enrolCards: {
      __typename: string;
      path?: string[];
      members?: { cardNumber: string; created: boolean; member: { id: string; phoneMasked: string | null } }[];
    };
  }
  const enrol = async (input: object, caller = service('member:register')) =>
    (await test.as(caller).ask<Answer>(ENROL, { input: { idempotencyKey: nextKey(), homeMallId: MALL, ...input } }))
      .enrolCards;

  it('makes card holders members, once for each card', async () => {
    const cards = Array.from({ length: 500 }, (_, i) => `E${i}`);
    const first = await enrol({ cards, joinedAt: '2017-03-01T00:00:00Z' });
    expect(first.members?.every(({ created, member }) => created && member.phoneMasked === null)).toBe(true);
    expect(new Set(first.members?.map(({ member }) => member.id)).size).toBe(500);
    const again = await enrol({ cards: ['E7', 'e7', 'NEW'] });
    expect(again.members?.map(({ created, cardNumber }) => [cardNumber, created])).toEqual([
      ['E7', false],
      ['e7', false],
      ['NEW', true],
    ]);
    expect(again.members?.[0]?.member.id).toBe(first.members?.[7]?.member.id);
    const facts = await test.published(MemberRegisteredSchema);
    const fact = facts.find(({ memberId }) => memberId === first.members?.[0]?.member.id);
    expect(fact?.joinedAt).toBe('2017-03-01T00:00:00.000Z');
  });

  it('batches that overlap at the same time agree on the members', async () => {
    const batches = await Promise.all(
      Array.from({ length: 8 }, (_, i) => enrol({ cards: Array.from({ length: 40 }, (_, j) => `R${i * 10 + j}`) })),
    );
    const byCard = new Map<string, Set<string>>();
    for (const { cardNumber, member } of batches.flatMap(({ members }) => members ?? [])) {
      byCard.set(cardNumber, (byCard.get(cardNumber) ?? new Set()).add(member.id));
    }
    expect([...byCard.values()].every(({ size }) => size === 1)).toBe(true);
    const created = batches.flatMap(({ members }) => members ?? []).filter((entry) => entry.created);
    expect(created).toHaveLength(byCard.size);
  });

  it('refuses a bad card, too many, a future joining; tills may not', async () => {
    expect((await enrol({ cards: ['OK-1', '?'] })).path).toEqual(['cards', '1']);
    expect((await enrol({ cards: Array.from({ length: 501 }, (_, i) => `T${i}`) })).path).toEqual(['cards']);
    expect((await enrol({ cards: ['OK-1'], joinedAt: '2030-01-01T00:00:00Z' })).path).toEqual(['joinedAt']);
    const reply = await test
      .as(till())
      .send(ENROL, { input: { idempotencyKey: nextKey(), homeMallId: MALL, cards: ['1'] } });
    expect(reply.errors[0]?.extensions?.['code']).toBe('FORBIDDEN');
    expect(await registered(test, { cardNumber: 'OK-1' })).toBeTruthy();
  });
});
