import {
  CouponMergePreparedSchema,
  CouponsMergedSchema,
  MemberIdentifierAddedSchema,
  MembersMergeAbandonedSchema,
  MembersMergedSchema,
  MembersMergeRequestedSchema,
  MessagingMergedSchema,
  PointsMergedSchema,
  PointsMergePreparedSchema,
  SettlementMergedSchema,
  TierMergedSchema,
} from '@atrium/contracts';
import type { Caller } from '@atrium/platform';
import { eventually, TEST_GROUP, type TestService } from '@atrium/testkit';
import type { MemberApp } from '../src/app';
import {
  MALL,
  member,
  nextKey,
  nextPhone,
  OTHER_GROUP,
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

const desk = staff('customer-service', MALL, 'desk');
type Answer = Record<string, unknown> & { __typename: string; merge: { id: string } };
interface Pair {
  survivorId: string;
  loserId: string;
}

async function pair(survivor: object = {}, loser: object = {}): Promise<Pair> {
  return { survivorId: await registered(test, survivor), loserId: await registered(test, loser) };
}

async function merge(input: object, caller: Partial<Caller> = desk, language = 'en'): Promise<Answer> {
  const reply = await test.as(caller, { 'accept-language': language }).send<{ result: Answer }>(
    `mutation($input: MergeMembersInput!) { result: mergeMembers(input: $input) { __typename
       ... on MergeMembersSuccess { merge { id status waitingFor survivor { id } loser { id } } }
       ... on UserError { code message } } }`,
    { input: { idempotencyKey: nextKey(), ...input } },
  );
  return reply.data?.result ?? ({ __typename: String(reply.errors[0]?.extensions?.['code']) } as Answer);
}

const statusOf = async (id: string) =>
  (
    await test.as(desk).ask<{ memberMerge: Record<string, unknown> }>(
      `query($id: ID!) { memberMerge(id: $id) { status acknowledgedBy waitingFor mergedAt endedAt obstacle { code message }
         loser { status mergedInto { id status } } } }`,
      { id },
    )
  ).memberMerge;

const reached = (id: string, status: string) =>
  eventually(
    async () => {
      const now = await statusOf(id);
      expect(now['status']).toBe(status);
      return now;
    },
    { what: `merge ${status}` },
  );

/** What the other contexts say, each time as often as it is asked for. */
const VOTES = [PointsMergePreparedSchema, CouponMergePreparedSchema] as const;
const MOVES = [
  PointsMergedSchema,
  CouponsMergedSchema,
  TierMergedSchema,
  SettlementMergedSchema,
  MessagingMergedSchema,
] as const;

async function say(schema: (typeof VOTES | typeof MOVES)[number], id: string, of: Pair, more: object = {}) {
  const init = { mergeId: id, ...of, occurredAt: test.clock.now().toISOString(), ...more };
  return test.deliver(schema as typeof TierMergedSchema, init, { aggregateId: id, occurredAt: test.clock.now() });
}

describe('a merge of two members', () => {
  it('is asked for once for a key, agreed to by all, carried out by all, and done', async () => {
    const two = await pair();
    const begun = await merge({ ...two, idempotencyKey: 'm1' });
    expect(begun).toMatchObject({
      __typename: 'MergeMembersSuccess',
      merge: { status: 'PREPARING', waitingFor: ['points', 'coupon'], survivor: { id: two.survivorId } },
    });
    expect(await merge({ ...two, idempotencyKey: 'm1' })).toEqual(begun);
    const swapped = { survivorId: two.loserId, loserId: two.survivorId, idempotencyKey: 'm1' };
    expect(await merge(swapped)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect(await merge(two)).toMatchObject({ code: 'MERGE_IN_PROGRESS' });
    const { id } = begun.merge;
    expect(await test.published(MembersMergeRequestedSchema)).toMatchObject([{ mergeId: id, ...two }]);

    // One of the two, and again: nothing is decided.
    await say(VOTES[1], id, two);
    await say(VOTES[1], id, two);
    await test.settled();
    expect(await statusOf(id)).toMatchObject({ status: 'PREPARING', waitingFor: ['points'] });
    expect(await test.published(MembersMergedSchema)).toEqual([]);
    await say(VOTES[0], id, two);
    await reached(id, 'MOVING');
    expect(await test.published(MembersMergedSchema)).toMatchObject([{ mergeId: id, ...two }]);

    // In no particular order, and more than once; the same vote again changes nothing either.
    for (const schema of [...MOVES].reverse().slice(1)) await say(schema, id, two);
    await say(MOVES[4], id, two);
    await say(VOTES[0], id, two, { refusal: 'OPEN_HOLDS' });
    await test.settled();
    const done = await reached(id, 'DONE');
    expect(done).toMatchObject({
      waitingFor: [],
      obstacle: null,
      loser: { status: 'MERGED', mergedInto: { id: two.survivorId, status: 'ACTIVE' } },
    });
    expect([...(done['acknowledgedBy'] as string[])].sort()).toEqual(
      ['coupon', 'member', 'merchant-settlement', 'messaging', 'points', 'tier'].sort(),
    );
    expect(await merge(two)).toMatchObject({ __typename: 'NotEligibleError', code: 'ALREADY_MERGED' });
  });

  it('is abandoned with the reason when something is open, and may be asked for again', async () => {
    const two = await pair();
    const { id } = (await merge(two)).merge;
    await say(VOTES[0], id, two);
    await say(VOTES[1], id, two, { refusal: 'OPEN_LOCKS' });
    const ended = await reached(id, 'ABANDONED');
    expect(ended).toMatchObject({ obstacle: { code: 'OPEN_LOCKS' }, loser: { status: 'ACTIVE', mergedInto: null } });
    expect(await test.published(MembersMergeAbandonedSchema)).toMatchObject([{ mergeId: id, reason: 'OPEN_LOCKS' }]);
    const again = await merge(two);
    expect(again).toMatchObject({ merge: { status: 'PREPARING' } });
    // Frozen between asking and deciding.
    await test.admin.dataSource.query(`update member set status = 'FROZEN' where id = $1`, [two.survivorId]);
    await say(VOTES[0], again.merge.id, two);
    await say(VOTES[1], again.merge.id, two);
    expect(await reached(again.merge.id, 'ABANDONED')).toMatchObject({ obstacle: { code: 'MEMBER_NOT_ACTIVE' } });
    expect(await merge(two)).toMatchObject({ code: 'MEMBER_NOT_ACTIVE' });
  });

  it('gives the survivor cards, phone and identifiers of the loser, and the narrower consent', async () => {
    const phone = nextPhone();
    const two = {
      survivorId: await registered(test, { cardNumber: 'STAYS-1', marketingConsent: true }),
      loserId: await registered(test, { cardNumber: 'GOES-1', phone, displayName: '王小明', birthday: '1990-02-03' }),
    };
    await test.admin.dataSource.query(`update member set phone_sealed = null where id = $1`, [two.survivorId]);
    const { memberMergePreview } = await test.as(desk).ask<{ memberMergePreview: object }>(
      `query($s: ID!, $l: ID!) { memberMergePreview(survivorId: $s, loserId: $l) {
         survivor { id } loser { id } elderId marketingConsent obstacle { code } } }`,
      { s: two.survivorId, l: two.loserId },
    );
    expect(memberMergePreview).toEqual({
      survivor: { id: two.survivorId },
      loser: { id: two.loserId },
      elderId: two.survivorId < two.loserId ? two.survivorId : two.loserId,
      marketingConsent: false,
      obstacle: null,
    });
    const { id } = (await merge(two)).merge;
    for (const schema of [...VOTES, ...MOVES]) await say(schema, id, two);
    await reached(id, 'DONE');
    const { member: survivor } = await test
      .as(desk)
      .ask<{ member: object }>(
        `query($id: ID!) { member(id: $id) { phoneMasked displayName birthday cards { number } } }`,
        { id: two.survivorId },
      );
    expect(survivor).toEqual({
      phoneMasked: `${phone.slice(0, 3)}****${phone.slice(-4)}`,
      displayName: '王小明',
      birthday: '1990-02-03',
      cards: [{ number: 'STAYS-1' }, { number: 'GOES-1' }],
    });
    const [row] = await test.admin.dataSource.query(`select marketing_consent from member where id = $1`, [
      two.survivorId,
    ]);
    expect(row.marketing_consent).toBe(false);
    for (const [type, value] of [
      ['CARD', 'GOES-1'],
      ['PHONE', phone],
    ]) {
      const { identifyMember } = await test
        .as(till())
        .ask<{ identifyMember: object }>(`query($by: MemberIdentifierInput!) { identifyMember(by: $by) { id } }`, {
          by: { type, value },
        });
      expect(identifyMember).toEqual({ id: two.survivorId });
    }
    const named = (await test.published(MemberIdentifierAddedSchema)).filter(
      ({ memberId }) => memberId === two.survivorId,
    );
    expect(named).toHaveLength(4);
    expect(await test.app.resolveContact(TEST_GROUP, two.loserId)).toMatchObject({ phone: `+86${phone}` });
  });

  it('begins once, however many ask at once, whichever way round', async () => {
    const two = await pair();
    const other = await registered(test);
    const wishes = Array.from({ length: 24 }, (_, i) =>
      [
        { survivorId: two.survivorId, loserId: two.loserId },
        { survivorId: two.loserId, loserId: two.survivorId },
        { survivorId: other, loserId: two.loserId },
      ].at(i % 3),
    );
    const answers = await Promise.all(wishes.map((wish) => merge(wish ?? {})));
    expect(answers.filter(({ __typename }) => __typename === 'MergeMembersSuccess')).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'MERGE_IN_PROGRESS')).toHaveLength(23);
  });

  it.each<[string, Partial<Caller>, string]>([
    ['a mall manager', staff('mall-manager'), 'FORBIDDEN'],
    ['a clerk', staff('clerk'), 'FORBIDDEN'],
    ['a till', till(), 'FORBIDDEN'],
    ['a member', member(MALL), 'FORBIDDEN'],
    ['nobody', { kind: 'ANONYMOUS', groupId: null }, 'UNAUTHENTICATED'],
    ['a service without the permission', service('member:freeze'), 'FORBIDDEN'],
    ['another group', { ...staff('group-admin', OTHER_GROUP), groupId: OTHER_GROUP }, 'NotFoundError'],
  ])('is not for %s', async (_, caller, answer) => {
    expect((await merge(await pair(), caller)).__typename).toBe(answer);
  });

  it('needs two who are there', async () => {
    const { survivorId } = await pair();
    expect(await merge({ survivorId, loserId: survivorId.toUpperCase() }, desk, 'zh-CN')).toMatchObject({
      code: 'SAME_MEMBER',
      message: '这是同一个会员。',
    });
    expect(await merge({ survivorId, loserId: 'nobody' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await merge({ survivorId: MALL, loserId: survivorId })).toMatchObject({ code: 'NOT_FOUND' });
  });
});
