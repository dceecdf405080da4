import { GiftRecordedSchema, GiftStockChangedSchema } from '@atrium/contracts';
import { cup, desk, earn, manager, order, publish, run } from './gift-support';
import {
  changeTier,
  GROUP,
  ladder,
  MALL,
  member,
  MERCHANT,
  organisation,
  programme,
  register,
  type Service,
  start,
  STORE,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, 'ann', 'ben');
  await service.settled();
  await programme(service);
  await earn(service, 'ann', 1_000n);
});
afterAll(() => service.end());

const search = (variables: string, caller = member('ann'), language = 'en') =>
  service.as(caller, { 'accept-language': language }).ask<{
    gifts: {
      edges: { cursor: string; node: { id: string; code: string; name: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
      facets: { total: number; categories: object[]; tags: object[]; priceBands: object[] };
    };
  }>(`{ gifts${variables && `(${variables})`} { edges { cursor node { id code name } } pageInfo { hasNextPage endCursor }
     facets { total categories { value count } tags { value count } priceBands { from until count } } } }`);
const codes = async (variables: string, caller = member('ann')) =>
  (await search(variables, caller)).gifts.edges.map(({ node }) => node.code);

describe('describing gifts', () => {
  it('makes a draft once for a key, then versions; says so, and keeps who did it', async () => {
    const first = await run(service, manager, 'saveGift', { ...cup('A'), stock: '5', idempotencyKey: 'same' });
    expect(first).toMatchObject({
      gift: {
        status: 'DRAFT',
        stockLeft: '5',
        version: 1,
        prices: [
          { id: '500', points: '500', cash: null },
          { id: '300+20.00CNY', points: '300', cash: { amount: '20.00', currency: 'CNY' } },
        ],
      },
    });
    expect(await run(service, manager, 'saveGift', { ...cup('A'), stock: '5', idempotencyKey: 'same' })).toEqual(first);
    const { id } = (first as unknown as { gift: { id: string } }).gift;
    expect(await run(service, manager, 'saveGift', cup('A', { category: 'KITCHEN' }))).toMatchObject({
      gift: { id, version: 2, stockLeft: '5' },
    });
    expect(await run(service, manager, 'changeGiftStock', { giftId: id, delta: '-2', reason: 'broken' })).toMatchObject(
      {
        gift: { stockLeft: '3' },
      },
    );
    expect((await service.published(GiftRecordedSchema)).map(({ version, status }) => [version, status])).toEqual([
      [1n, 'DRAFT'],
      [2n, 'DRAFT'],
    ]);
    expect(await service.published(GiftStockChangedSchema)).toMatchObject([{ giftId: id, delta: -2n, stockLeft: 3n }]);
    const { gift } = await service
      .as(manager)
      .ask<{ gift: object }>(`query($id: ID!) { gift(id: $id) { changes { kind delta actor reason } } }`, { id });
    expect(gift).toEqual({
      changes: [
        { kind: 'STOCK', delta: '-2', actor: 'mgr', reason: 'broken' },
        { kind: 'CHANGED', delta: null, actor: 'mgr', reason: null },
        { kind: 'CREATED', delta: null, actor: 'mgr', reason: null },
      ],
    });
  });

  it('is seen by members from its publication until it is withdrawn', async () => {
    const { gift } = (await run(service, manager, 'saveGift', cup('A', { category: 'KITCHEN' }))) as unknown as {
      gift: { id: string };
    };
    const seen = async (caller = member('ann')) =>
      (
        await service
          .as(caller)
          .ask<{ gift: object | null }>(`query($id: ID!) { gift(id: $id) { code } }`, { id: gift.id })
      ).gift;
    const move = (status: string) => run(service, manager, 'changeGiftStatus', { giftId: gift.id, status });
    expect([await seen(), await seen(manager), await codes('')]).toEqual([null, { code: 'A' }, []]);
    expect(await move('WITHDRAWN')).toMatchObject({ code: 'GIFT_STATE', status: 'DRAFT' });
    expect(await move('PUBLISHED')).toMatchObject({ gift: { status: 'PUBLISHED' } });
    expect(await codes('')).toEqual(['A']);
    expect(await move('WITHDRAWN')).toMatchObject({ gift: { status: 'WITHDRAWN' } });
    expect([await seen(), await codes('')]).toEqual([{ code: 'A' }, []]);
    expect(await codes('statuses: [WITHDRAWN]', manager)).toEqual(['A']);
    expect(await move('PUBLISHED')).toMatchObject({ gift: { status: 'PUBLISHED' } });
    expect(await move('DRAFT')).toMatchObject({ code: 'GIFT_STATE' });
  });

  it.each<[string, object, string[]]>([
    ['a code with spaces', { code: 'a b' }, ['code']],
    ['no text', { texts: [] }, ['texts']],
    ['a language twice', { texts: [cup('X').texts[0], cup('X').texts[0]] }, ['texts']],
    ['an unknown language', { texts: [{ locale: 'fr', name: 'Tasse' }] }, ['texts', '0']],
    ['an image without https', { images: [{ url: 'http://cdn.example/a.jpg', alt: 'x' }] }, ['images', '0']],
    ['an image without alt text', { images: [{ url: 'https://cdn.example/a.jpg', alt: ' ' }] }, ['images', '0']],
    ['an empty category', { category: ' ' }, ['category']],
    ['an empty tag', { tags: [''] }, ['tags']],
    ['21 tags', { tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }, ['tags']],
    ['no price', { prices: [] }, ['prices']],
    ['a price twice', { prices: [{ points: '5' }, { points: '5' }] }, ['prices']],
    [
      'a price without points',
      { prices: [{ points: '0', cash: { amount: '1.00', currency: 'CNY' } }] },
      ['prices', '0'],
    ],
    [
      'cash in another currency',
      { prices: [{ points: '5', cash: { amount: '1.00', currency: 'USD' } }] },
      ['prices', '0', 'cash', 'currency'],
    ],
    [
      'a third decimal',
      { prices: [{ points: '5', cash: { amount: '1.001', currency: 'CNY' } }] },
      ['prices', '0', 'cash', 'amount'],
    ],
    ['no delivery', { deliveries: [] }, ['deliveries']],
    ['a limit of none', { limitPerMember: 0 }, ['limitPerMember']],
    ['a day of none', { stockPerDay: 0 }, ['stockPerDay']],
    ['an end before its begin', { saleUntil: '2025-01-01T00:00:00Z' }, ['saleUntil']],
    ['400 days of return', { returnDays: 400 }, ['returnDays']],
    ['a negative stock', { stock: '-1' }, ['stock']],
    ['stock of a gift that is there', { code: 'A', stock: '9' }, ['stock']],
    ['another provider', { code: 'A', nodeId: MALL }, ['nodeId']],
  ])('refuses %s', async (_, more, path) => {
    expect(await run(service, manager, 'saveGift', cup('NEW', more))).toMatchObject({ code: 'INVALID_INPUT', path });
  });

  it('refuses what is not there, stock below nothing, and who may not', async () => {
    const giftId = '0197a000-0000-7000-8000-00000000dead';
    expect(await run(service, manager, 'saveGift', cup('N', { nodeId: giftId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await run(service, manager, 'changeGiftStatus', { giftId, status: 'PUBLISHED' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await run(service, manager, 'changeGiftStock', { giftId, delta: '1', reason: 'found' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    const a = (await search('')).gifts.edges[0]?.node.id;
    for (const [delta, reason, path] of [
      ['-4', 'lost', 'delta'],
      ['0', 'nothing', 'delta'],
      ['1', ' x ', 'reason'],
    ]) {
      expect(await run(service, manager, 'changeGiftStock', { giftId: a, delta, reason })).toMatchObject({
        path: [path],
      });
    }
    const other = { kind: 'STAFF' as const, id: 'm2', grants: [{ role: 'mall-manager' as const, nodeId: STORE }] };
    for (const caller of [desk, other, member('ann')]) {
      expect(await run(service, caller, 'saveGift', cup('N'))).toMatchObject({ code: 'FORBIDDEN' });
      expect(await run(service, caller, 'changeGiftStock', { giftId: a, delta: '1', reason: 'mine' })).toMatchObject({
        code: 'FORBIDDEN',
      });
    }
    const drafts = await service.as(member('ann')).send(`{ gifts(statuses: [DRAFT]) { edges { node { id } } } }`);
    expect(drafts.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const stranger = { kind: 'ANONYMOUS' as const, groupId: null };
    expect((await service.as(stranger).send(`{ gifts { edges { node { id } } } }`)).errors).toBeDefined();
  });
});

describe('searching', () => {
  beforeAll(async () => {
    await publish(service, 'BAG', {
      category: 'TRAVEL',
      tags: ['bag', 'new'],
      prices: [{ points: '1500' }],
      texts: [
        { locale: 'en', name: 'Leather Bag', description: '100%_soft' },
        { locale: 'zh-CN', name: '真皮手提包' },
      ],
    });
    await publish(service, 'TRIP', {
      nodeId: MALL,
      kind: 'SERVICE',
      category: 'TRAVEL',
      tags: ['new'],
      prices: [{ points: '60000' }],
      tiers: ['GOLD'],
      texts: [{ locale: 'zh-CN', name: '海外旅行' }],
    });
    await publish(service, 'LATER', { saleFrom: '2026-06-01T00:00:00Z' });
    await publish(service, 'OVER', { saleUntil: '2026-03-01T00:00:00Z' });
  });

  it('finds words in both languages, whatever their width and case', async () => {
    expect(await codes('search: "leather  BAG"')).toEqual(['BAG']);
    expect(await codes('search: "手提"')).toEqual(['BAG']);
    expect(await codes('search: "ＢＡＧ"')).toEqual(['BAG']);
    expect(await codes('search: "旅行"')).toEqual(['TRIP']);
    expect(await codes('search: "100%_"')).toEqual(['BAG']);
    expect(await codes('search: "0%0"')).toEqual([]);
    expect(await codes('search: "nothing like it"')).toEqual([]);
  });

  it('narrows, sorts and pages', async () => {
    expect(await codes('sort: POINTS_ASC')).toEqual(['A', 'BAG', 'TRIP']);
    expect(await codes('sort: POINTS_DESC')).toEqual(['TRIP', 'BAG', 'A']);
    expect(await codes('sort: POINTS_ASC, category: "TRAVEL"')).toEqual(['BAG', 'TRIP']);
    expect(await codes('tags: ["new", "bag"]')).toEqual(['BAG']);
    expect(await codes('priceMax: "500"')).toEqual(['A']);
    expect(await codes(`sort: POINTS_ASC, mallId: "${MALL}"`)).toEqual(['A', 'BAG', 'TRIP']);
    expect(await codes(`mallId: "${MERCHANT.replace(/.$/, '0')}"`)).toEqual([]);
    expect(await codes('affordableOnly: true')).toEqual(['A']);
    expect(await codes('affordableOnly: true', member('ben'))).toEqual([]);
    const first = (await search('sort: POINTS_ASC, first: 2')).gifts;
    expect([first.edges.length, first.pageInfo.hasNextPage]).toEqual([2, true]);
    expect(await codes(`sort: POINTS_ASC, first: 2, after: "${first.pageInfo.endCursor}"`)).toEqual(['TRIP']);
    const newest = (await search('first: 1')).gifts;
    expect(await codes(`after: "${newest.pageInfo.endCursor}"`)).toHaveLength(2);
    for (const bad of ['after: "x"', 'first: 0', 'first: 101', `search: "${'x'.repeat(201)}"`]) {
      expect((await service.as(member('ann')).send(`{ gifts(${bad}) { edges { cursor } } }`)).errors).toMatchObject([
        { extensions: { code: 'BAD_REQUEST' } },
      ]);
    }
  });

  it('counts what it could be narrowed to; a facet ignores its own condition', async () => {
    expect((await search('category: "TRAVEL"')).gifts.facets).toEqual({
      total: 2,
      categories: [
        { value: 'TRAVEL', count: 2 },
        { value: 'KITCHEN', count: 1 },
      ],
      tags: [
        { value: 'new', count: 2 },
        { value: 'bag', count: 1 },
      ],
      priceBands: [
        { from: '1000', until: '2000', count: 1 },
        { from: '50000', until: '100000', count: 1 },
      ],
    });
  });

  it('says in the language of the caller whether a gift can be had, and why not', async () => {
    const ask = async (caller: ReturnType<typeof member>, language = 'en') =>
      Object.fromEntries(
        (
          await service.as(caller, { 'accept-language': language }).ask<{
            gifts: {
              edges: { node: { code: string; name: string; redeemability: { reason: string; message: string } } }[];
            };
          }>(`{ gifts { edges { node { code name redeemability { redeemable reason message } } } } }`)
        ).gifts.edges.map(({ node }) => [node.code, node]),
      );
    expect(await ask(member('ann'))).toMatchObject({
      A: { name: 'Cup A', redeemability: { redeemable: true, reason: null } },
      BAG: { redeemability: { redeemable: false, reason: 'INSUFFICIENT_POINTS' } },
      TRIP: { name: '海外旅行', redeemability: { reason: 'TIER', message: 'it is for other tiers' } },
    });
    await changeTier(service, { id: 't1', of: 'ann', to: 'GOLD', at: '2026-03-01T00:00:00Z' });
    await service.settled();
    expect(await ask(member('ann'), 'zh-CN')).toMatchObject({
      BAG: { name: '真皮手提包' },
      TRIP: { redeemability: { reason: 'INSUFFICIENT_POINTS', message: '积分不足' } },
    });
    expect(await ask(manager as never)).toMatchObject({ A: { redeemability: { reason: 'NOT_A_MEMBER' } } });
    const stranger = { ...member('ann'), groupId: '11111111-1111-5111-8111-111111111111' };
    expect(await ask(stranger)).toEqual({});
    expect(GROUP).not.toBe(stranger.groupId);
    const { gifts } = await search('search: "cup A"');
    expect(await order(service, 'ann', gifts.edges[0]?.node.id ?? '')).toMatchObject({
      __typename: 'OrderGiftSuccess',
    });
  });
});
