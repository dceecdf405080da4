import { MessageReadSchema, MessageSentSchema, MessageTemplatePublishedSchema } from '@atrium/contracts';
import { eventually, TEST_GROUP } from '@atrium/testkit';
import {
  CODES,
  coupon,
  inbox,
  joined,
  ladder,
  MALL,
  member,
  type Messaging,
  newId,
  nextKey,
  OTHER_GROUP,
  points,
  publish,
  refund,
  staff,
  startMessaging,
  tier,
} from './support';

let test: Messaging;
let chinese: string;
let english: string;

const TEXTS: Record<(typeof CODES)[number], [string, string]> = {
  POINTS_EARNED: ['您在{mall}获得{points}积分', 'You earned {points} points at {mall} on {date}, {available} in all'],
  POINTS_REVERSED: ['{points}积分已收回', '{points} points were taken back'],
  TIER_UPGRADED: ['恭喜升级为{tier}，有效期至{validUntil}', 'From {previousTier} to {tier}, until {validUntil}'],
  TIER_CHANGED: ['您的等级为{tier}', 'Your tier is {tier}'],
  COUPON_ISSUED: ['{coupon}，{validUntil}前有效', '{coupon}, until {validUntil}'],
  PURCHASE_REFUNDED: ['已退款{amount}', '{amount} and {points} points came back'],
};

beforeAll(async () => {
  test = await startMessaging();
  chinese = await joined(test, 'zh-CN');
  english = await joined(test, 'en');
  await ladder(test, 2n, { en: 'Gold', 'zh-CN': '金卡' });
  await ladder(test, 1n, { en: 'Old gold', 'zh-CN': '旧金卡' });
  for (const code of CODES) {
    const [zh, en] = TEXTS[code];
    const answer = await publish(test, {
      code,
      texts: [
        { locale: 'zh-CN', title: code, body: zh },
        { locale: 'en', title: code, body: en },
      ],
    });
    expect(answer.template).toMatchObject({ code, version: 1 });
  }
  await test.settled();
});
afterAll(() => test.end());

describe('messages', () => {
  it('tell of every fact in the member’s language', async () => {
    const purchaseId = newId();
    for (const id of [chinese, english]) {
      await points(test, id, { purchaseId });
      await tier(test, id, { up: true, cause: 'QUALIFIED', purchaseId });
      await coupon(test, id, purchaseId);
      await refund(test, id, purchaseId);
      await points(test, id, { purchaseId, cause: 'REVERSED', delta: -1280n, refundId: newId(), version: 2n });
      await tier(test, id, { up: false, cause: 'REFUND_REVERTED', purchaseId });
      // Nothing of these is news.
      await points(test, id, { purchaseId, cause: 'RERATED', delta: 5n, version: 3n });
      await points(test, id, { cause: 'EARNED', delta: 0n });
      await tier(test, id, { up: true, cause: 'JOINED' });
      await tier(test, id, { up: true, cause: 'CORRECTION' });
      await test.settled();
    }
    const bodies = async (id: string) =>
      Object.fromEntries((await inbox(test, id)).map(({ templateCode, body }) => [templateCode, body]));
    expect(await bodies(chinese)).toEqual({
      POINTS_EARNED: '您在North Mall获得1,280积分',
      POINTS_REVERSED: '1,280积分已收回',
      TIER_UPGRADED: '恭喜升级为金卡，有效期至2027年3月31日',
      TIER_CHANGED: '您的等级为普卡',
      COUPON_ISSUED: '满减券，2026年3月31日前有效',
      PURCHASE_REFUNDED: '已退款¥123.45',
    });
    expect(await bodies(english)).toEqual({
      POINTS_EARNED: 'You earned 1,280 points at North Mall on March 10, 2026, 5,000 in all',
      POINTS_REVERSED: '1,280 points were taken back',
      TIER_UPGRADED: 'From Basic to Gold, until March 31, 2027',
      TIER_CHANGED: 'Your tier is Basic',
      COUPON_ISSUED: '20 off, until March 31, 2026',
      PURCHASE_REFUNDED: 'CN¥123.45 and 10 points came back',
    });
    const sent = await test.published(MessageSentSchema);
    expect(
      sent
        .filter(({ memberId }) => memberId === english)
        .map(({ templateCode }) => templateCode)
        .sort(),
    ).toEqual([...CODES].sort());
    expect(sent.every((fact) => fact.purchaseId === purchaseId && fact.channel === 'INBOX')).toBe(true);
  });

  it('are written once, however often and in whatever order the facts come', async () => {
    const id = newId();
    const purchases = Array.from({ length: 20 }, newId);
    // Before the member is known: parked, then applied.
    for (const purchaseId of [...purchases, ...purchases].sort(() => 0.5 - Math.random())) {
      await points(test, id, { purchaseId }, { eventId: newId() });
    }
    const repeated = newId();
    for (let i = 0; i < 3; i++) await points(test, id, { purchaseId: purchases[0] ?? '' }, { eventId: repeated });
    await test.settled();
    expect(await inbox(test, id)).toEqual([]);
    await joined(test, 'en', id);
    await eventually(
      async () => {
        test.clock.advance({ minutes: 10 });
        const parked: unknown[] = await test.admin.dataSource.query(`select 1 from parked_event`);
        return parked.length === 0;
      },
      { what: 'parked events are applied' },
    );
    expect(await inbox(test, id, '(first: 100)')).toHaveLength(20);
  });

  it('are not written without a text, to nobody, or with a hole', async () => {
    const other = await startMessaging();
    try {
      const id = await joined(other, 'en');
      await points(other, id);
      await refund(other, '', newId());
      await other.settled();
      expect(await inbox(other, id)).toEqual([]);
      // A text that needs what this change does not have is blocked.
      await ladder(other, 1n, {});
      await other.settled();
      const texts = [{ locale: 'zh-CN', title: 't', body: '{tier}' }];
      await publish(other, { code: 'TIER_UPGRADED', texts });
      await tier(other, id, { up: true, cause: 'QUALIFIED' });
      await other.settled();
      expect(await inbox(other, id)).toEqual([]);
      const rows = await other.admin.dataSource.query(`select status, reason, body from message`);
      expect(rows).toEqual([{ status: 'SUPPRESSED', reason: 'MISSING_VARIABLE tier', body: '' }]);
      // A text in another language only is better than none.
      await publish(other, { code: 'COUPON_ISSUED', texts: [{ locale: 'zh-CN', title: 't', body: '{coupon}' }] });
      await coupon(other, id);
      await other.settled();
      expect((await inbox(other, id)).map(({ body }) => body)).toEqual(['满减券']);
    } finally {
      await other.end();
    }
  });

  it('are read by their member, once', async () => {
    const id = await joined(test, 'en');
    for (let i = 0; i < 3; i++) await points(test, id);
    await test.settled();
    const unread = async () =>
      (await test.as(member(id)).ask<{ me: { unreadMessages: number } }>(`{ me { unreadMessages } }`)).me
        .unreadMessages;
    const [first, second] = await inbox(test, id);
    const read = async (messageId: string, caller = member(id), idempotencyKey = nextKey()) =>
      test
        .as(caller)
        .send<{ markMessageRead: { __typename: string; message?: { status: string; readAt: string } } }>(
          `mutation ($input: MarkMessageReadInput!) { markMessageRead(input: $input) { __typename ... on MarkMessageReadSuccess { message { status readAt } } } }`,
          { input: { idempotencyKey, messageId } },
        );
    expect(await unread()).toBe(3);
    const key = nextKey();
    const answers = await Promise.all(Array.from({ length: 10 }, () => read(first?.id ?? '', member(id), key)));
    for (const { data } of answers)
      expect(['MarkMessageReadSuccess', 'InProgressError']).toContain(data?.markMessageRead.__typename);
    expect((await read(first?.id ?? '')).data?.markMessageRead.message).toEqual({
      status: 'OPENED',
      readAt: test.clock.now().toISOString(),
    });
    expect((await read(second?.id ?? '', member(id), key)).data?.markMessageRead.__typename).toBe(
      'IdempotencyConflictError',
    );
    expect(await unread()).toBe(2);
    expect(await inbox(test, id, '(unreadOnly: true)')).toHaveLength(2);
    const facts = await test.published(MessageReadSchema);
    expect(facts.filter(({ messageId }) => messageId === first?.id)).toHaveLength(1);

    // Somebody else's message is not there; staff do not read for a member.
    expect((await read(second?.id ?? '', member(english))).data?.markMessageRead.__typename).toBe('NotFoundError');
    expect((await read('x')).data?.markMessageRead.__typename).toBe('NotFoundError');
    expect((await read(second?.id ?? '', staff('group-admin'))).errors[0]?.extensions?.['code']).toBe('FORBIDDEN');
    const foreign = { ...member(id), groupId: OTHER_GROUP };
    expect((await read(second?.id ?? '', foreign)).data?.markMessageRead.__typename).toBe('NotFoundError');
  });

  it('pages come in order, ties included', async () => {
    const id = await joined(test, 'en');
    for (let i = 0; i < 7; i++) await points(test, id);
    await test.settled();
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page: {
        me: { inbox: { edges: { cursor: string; node: { id: string } }[]; pageInfo: { hasNextPage: boolean } } };
      } = await test
        .as(member(id))
        .ask(
          `query ($after: String) { me { inbox(first: 3, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage } } } }`,
          { after },
        );
      seen.push(...page.me.inbox.edges.map(({ node }) => node.id));
      after = page.me.inbox.edges.at(-1)?.cursor ?? null;
      more = page.me.inbox.pageInfo.hasNextPage;
    }
    expect(new Set(seen).size).toBe(7);
    expect(seen).toEqual((await inbox(test, id)).map((row) => row.id));
  });

  it('belong to the member; staff with message:read may look, nobody else', async () => {
    const id = await joined(test, 'en');
    const purchaseId = newId();
    await points(test, id, { purchaseId });
    await test.settled();
    const look = (caller: Parameters<Messaging['as']>[0]) =>
      test
        .as(caller)
        .send<{ _entities: ({ unreadMessages?: number; messages?: unknown[] | null } | null)[] }>(
          `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Member { unreadMessages } ... on Purchase { messages { body } } } }`,
          {
            r: [
              { __typename: 'Member', id },
              { __typename: 'Purchase', id: purchaseId },
            ],
          },
        );
    const seen = [{ unreadMessages: 1 }, { messages: [expect.anything()] }];
    for (const caller of [member(id), staff('group-admin'), staff('customer-service', MALL)]) {
      expect((await look(caller)).data?._entities).toEqual(seen);
    }
    for (const caller of [member(english), staff('clerk'), { kind: 'TILL' as const, id: 'till', storeId: newId() }]) {
      const { data, errors } = await look(caller);
      expect(errors[0]?.extensions?.['code']).toBe('FORBIDDEN');
      expect(data?._entities[0]).toBeNull();
      expect(data?._entities[1]).toEqual({ messages: null });
    }
    const foreign = await look({ ...staff('group-admin', OTHER_GROUP), groupId: OTHER_GROUP });
    expect(foreign.data?._entities).toEqual([null, { messages: null }]);
  });

  it('of a fact long ago go to the inbox alone', async () => {
    const quiet = await startMessaging();
    try {
      const id = await joined(quiet, 'en');
      const texts = [{ locale: 'en', title: 't', body: '{points}' }];
      await publish(quiet, { code: 'POINTS_EARNED', channels: ['INBOX', 'SMS'], texts });
      await points(quiet, id, {}, { occurredAt: '2017-03-01T00:00:00Z' });
      await quiet.settled();
      expect(await inbox(quiet, id)).toHaveLength(1);
      const rows = await quiet.admin.dataSource.query(`select status, reason from message where channel = 'SMS'`);
      expect(rows).toEqual([{ status: 'SUPPRESSED', reason: 'OLD_NEWS' }]);
    } finally {
      await quiet.end();
    }
  });
});

describe('templates', () => {
  const texts = [{ locale: 'en', title: 'T', body: 'B {points}' }];

  it('a new version takes over when it is in force, the old one stays', async () => {
    const id = await joined(test, 'en');
    const soon = new Date(test.clock.now().getTime() + 3_600_000);
    const next = await publish(test, { code: 'POINTS_EARNED', texts, effectiveFrom: soon.toISOString() });
    expect(next.template).toMatchObject({ version: 2, variables: ['points'] });
    await points(test, id);
    await test.settled();
    test.clock.advance({ hours: 1 });
    await points(test, id);
    await test.settled();
    expect((await inbox(test, id)).map(({ title }) => title).sort()).toEqual(['POINTS_EARNED', 'T']);
    const facts = await test.published(MessageTemplatePublishedSchema);
    expect(facts.filter(({ code }) => code === 'POINTS_EARNED').map(({ version }) => version)).toEqual([1n, 2n]);
    const { messageTemplates } = await test
      .as(staff('group-admin'))
      .ask<{ messageTemplates: { code: string; version: number }[] }>(`{ messageTemplates { code version } }`);
    expect(messageTemplates.filter(({ code }) => code === 'POINTS_EARNED').map(({ version }) => version)).toEqual([
      2, 1,
    ]);
  });

  it('are refused when wrong, and only the group’s own managers publish them', async () => {
    const bad = await publish(test, { code: 'POINTS_EARNED', texts: [{ locale: 'en', title: 'T', body: '{phone}' }] });
    expect(bad).toMatchObject({ __typename: 'InvalidInputError', path: ['texts', '0', 'body'] });
    for (const caller of [staff('mall-manager', MALL), staff('auditor'), member(english)]) {
      await expect(publish(test, { code: 'POINTS_EARNED', texts }, caller)).rejects.toThrow('FORBIDDEN');
    }
    const input = { idempotencyKey: nextKey(), code: 'TIER_CHANGED', texts: [{ locale: 'en', title: 'T', body: 'B' }] };
    const answers = await Promise.all(Array.from({ length: 5 }, () => publish(test, input)));
    expect(new Set(answers.flatMap(({ template }) => template?.id ?? [])).size).toBe(1);
    expect((await publish(test, { ...input, code: 'COUPON_ISSUED' })).__typename).toBe('IdempotencyConflictError');
    const foreign = { ...staff('group-admin', OTHER_GROUP), groupId: OTHER_GROUP };
    expect((await publish(test, { ...input, idempotencyKey: nextKey() }, foreign)).template?.version).toBe(1);
    expect(await test.as(foreign).ask(`{ messageTemplates { version } }`)).toEqual({
      messageTemplates: [{ version: 1 }],
    });
    expect(TEST_GROUP).not.toBe(OTHER_GROUP);
  });
});
