import {
  MessageSentSchema,
  PointsAdjustedSchema,
  PointsTransferReceivedSchema,
  PurchasePointsPostedSchema,
  PurchaseRecordedSchema,
} from '@atrium/contracts';
import { eventually } from '@atrium/testkit';
import { GROUP, MEMBER } from './harness';
import {
  FAR_STORE,
  MALL,
  MERCHANT,
  type Open,
  OTHER,
  overSocket,
  overSse,
  type Shop,
  startShop,
  STORE,
} from './subscribing';

const POINTS = 'subscription Points($id: ID) { pointsChanged(memberId: $id) { id points } }';
const SALES = 'subscription Sales($of: ID, $at: ID) { purchaseApplied(memberId: $of, nodeId: $at) { id } }';
const TILL = { kind: 'TILL', group: GROUP, store: STORE } as const;
const clerk = (role: 'clerk' | 'group-admin', node: string) => ({
  kind: 'STAFF' as const,
  group: GROUP,
  grants: [{ role, node }],
});
const PLACES = { storeId: STORE, merchantId: MERCHANT, mallId: MALL };
const id = (n: number) => `0197a000-0000-7000-9000-${String(n).padStart(12, '0')}`;

describe.each([
  ['SSE', overSse],
  ['a WebSocket', overSocket],
] as [string, Open][])('subscriptions over %s', (_, open) => {
  let shop: Shop;
  const streams: { close: () => void }[] = [];
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop?.stop());
  afterEach(async () => {
    streams.splice(0).forEach((stream) => stream.close());
    await eventually(async () => (await totalOpen()) === 0, { what: 'all are closed' });
  });
  const totalOpen = async () => {
    const text = await (await fetch(`${shop.gateway.url}metrics`)).text();
    const values = [...text.matchAll(/^atrium_gateway_subscriptions\{.*\} (\d+)$/gm)];
    return values.reduce((sum, [, value]) => sum + Number(value), 0);
  };
  const subscribe = async (query: string, variables: object = {}, claim?: Parameters<Shop['bearer']>[0]) => {
    const stream = await open(shop, await shop.bearer(claim), { query, variables });
    streams.push(stream);
    return stream;
  };
  const refusal = async (query: string, variables: object = {}, claim?: Parameters<Shop['bearer']>[0]) => {
    const stream = await subscribe(query, variables, claim);
    await eventually(() => stream.end() !== undefined, { what: 'a refusal' });
    stream.close();
    return stream.seen[0]?.errors?.[0]?.extensions['code'] ?? stream.end();
  };

  it('reads a state that began to be read after it was listened for, never one that was under way', async () => {
    const authorization = await shop.bearer();
    const warm = await open(shop, authorization, { query: POINTS });
    await eventually(() => warm.seen.length === 1, { what: 'the operation is known' });
    const before = shop.shop.received.length;
    shop.shop.hold();
    const both = [1, 2].map(() => open(shop, authorization, { query: POINTS }));
    await eventually(() => shop.shop.received.length === before + 2, { what: 'two reads at a time' });
    shop.shop.release();
    for (const stream of await Promise.all(both)) {
      streams.push(stream);
      await eventually(() => stream.seen.length === 1, { what: 'its state' });
    }
    warm.close();
  });

  it('tells a state at once and again after each change of hers, and of nobody else', async () => {
    const points = await subscribe(POINTS);
    const inbox = await subscribe('subscription { new: inboxChanged { ...F } } fragment F on Member { id }');
    await eventually(() => points.seen.length === 1 && inbox.seen.length === 1, { what: 'the states' });
    await shop.state(PointsAdjustedSchema, { memberId: OTHER });
    await shop.state(PointsAdjustedSchema, { memberId: MEMBER }, OTHER);
    await shop.state(MessageSentSchema, { memberId: MEMBER, channel: 'SMS' });
    await shop.state(PointsTransferReceivedSchema, { fromMemberId: OTHER, toMemberId: MEMBER });
    await eventually(() => points.seen.length === 2, { what: 'the change' });
    await shop.state(MessageSentSchema, { memberId: MEMBER, channel: 'INBOX' });
    await eventually(() => inbox.seen.length === 2, { what: 'the message' });
    expect(points.seen).toHaveLength(2);
    expect(points.seen[1]?.data?.['pointsChanged']).toMatchObject({ id: MEMBER });
    expect(inbox.seen[1]).toEqual({ data: { new: { id: MEMBER } } });
  });

  it('makes one read of many changes that come while the one before is read', async () => {
    const points = await subscribe(POINTS);
    const inbox = await subscribe('subscription { inboxChanged { id } }');
    await eventually(() => points.seen.length === 1 && inbox.seen.length === 1, { what: 'the states' });
    const before = shop.shop.received.length;
    shop.shop.hold();
    await shop.state(PointsAdjustedSchema, { memberId: MEMBER });
    await eventually(() => shop.shop.received.length === before + 1, { what: 'the first read' });
    for (let i = 0; i < 300; i++) await shop.state(PointsAdjustedSchema, { memberId: MEMBER });
    // The gateway has heard them all when it has heard this one, which came after them.
    await shop.state(MessageSentSchema, { memberId: MEMBER, channel: 'INBOX' });
    await eventually(() => shop.shop.received.length === before + 2, { what: 'the read of the last' });
    shop.shop.release();
    await eventually(() => points.seen.length === 3, { what: 'two reads' });
    await shop.state(PointsAdjustedSchema, { memberId: MEMBER });
    await eventually(() => points.seen.length === 4, { what: 'the next' });
    expect(shop.shop.received.length).toBe(before + 4);
  });

  it('tells each sale once to those of its place who may see it, and ends when more wait than it holds', async () => {
    const till = await subscribe(SALES, {}, TILL);
    const mall = await subscribe(SALES, { at: MALL }, clerk('group-admin', GROUP));
    const member = await subscribe(SALES);
    await eventually(async () => (await totalOpen()) === 3, { what: 'three' });
    const sale = (purchaseId: string, memberId = OTHER, places: object = PLACES) =>
      shop.state(PurchasePointsPostedSchema, { purchaseId, memberId, ...places });
    await sale(id(1));
    await sale(FAR_STORE); // which nobody may see
    await sale(id(2), MEMBER, { ...PLACES, storeId: FAR_STORE });
    await shop.state(PurchaseRecordedSchema, { purchaseId: id(3), memberId: MEMBER, ...PLACES });
    await shop.state(PurchaseRecordedSchema, { purchaseId: id(4), ...PLACES });
    const told = (stream: typeof till) => stream.seen.map(({ data }) => data?.['purchaseApplied']?.['id']);
    await eventually(() => mall.seen.length === 3 && till.seen.length === 2, { what: 'the sales' });
    expect([told(till), told(mall), told(member)]).toEqual([[id(1), id(4)], [id(1), id(2), id(4)], [id(2)]]);

    shop.shop.hold();
    for (let n = 100; n < 250; n++) await sale(id(n), OTHER, { ...PLACES, mallId: '' });
    await eventually(() => till.end() !== undefined, { what: 'the end of the overflow' });
    shop.shop.release();
    expect(till.end()).not.toBe('complete');
    expect(mall.end()).toBeUndefined();
  });

  it('refuses at once, with a code', async () => {
    expect(await refusal(POINTS, { id: OTHER })).toBe('FORBIDDEN');
    expect(await refusal(POINTS, {}, TILL)).toBe('BAD_USER_INPUT');
    expect(await refusal(POINTS, { id: 'me' })).toBe('BAD_USER_INPUT');
    expect(await refusal('subscription { pointsChanged { secret } }')).toBe('FORBIDDEN');
    expect(await refusal('subscription { pointsChanged { nothing } }')).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await refusal('subscription { pointsChanged @include(if: true) { id } }')).toBe('BAD_REQUEST');
    expect(await refusal('{ member(id: 1) { id } }')).toBe('BAD_REQUEST');
    expect(await refusal(SALES, { of: MEMBER, at: STORE }, TILL)).toBe('BAD_USER_INPUT');
    expect(await refusal(SALES, { at: FAR_STORE }, clerk('clerk', STORE))).toBe('FORBIDDEN');
    expect(await refusal(SALES, { at: id(9) }, clerk('group-admin', GROUP))).toBe('FORBIDDEN');
    expect(await refusal(SALES, { at: MALL })).toBe('FORBIDDEN');
    const deep = `subscription { pointsChanged { ${'... on Member { '.repeat(3)} a: id b: id c: id d: id e: id f: id ${'} '.repeat(3)} } }`;
    expect(await refusal(deep)).toBe('TOO_MANY_ALIASES');
  });

  it('gives a caller as many as it may have, and the place back when one is closed', async () => {
    const five = await Promise.all([1, 2, 3, 4, 5].map(() => subscribe(POINTS)));
    await eventually(() => five.every(({ seen }) => seen.length === 1), { what: 'five' });
    expect(['LIMIT_EXCEEDED', '1013 LIMIT_EXCEEDED']).toContain(await refusal(POINTS));
    five[0]?.close();
    await eventually(async () => (await totalOpen()) === 4, { what: 'four' });
    const another = await subscribe(POINTS);
    await eventually(() => another.seen.length === 1, { what: 'a place' });
  });
});
