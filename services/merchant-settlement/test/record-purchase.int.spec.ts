import { MemberIdentifierAddedSchema, MemberRegisteredSchema, PurchaseRecordedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { blindIndex } from '@atrium/platform';
import { TEST_GROUP } from '@atrium/testkit';
import {
  BLIND_INDEX_KEY,
  cny,
  farStoreId,
  line,
  mallId,
  member,
  memberId,
  merchantId,
  otherStoreId,
  purchaseId,
  record,
  RECORD,
  RECORD_MANY,
  type RecordReply,
  sale,
  service,
  type Settlement,
  startSettlement,
  storeId,
  till,
} from './harness';

describe('recordPurchase', () => {
  let s: Settlement;
  beforeAll(async () => {
    s = await startSettlement();
  });
  afterAll(() => s?.end());

  const countOf = async (table: string): Promise<number> =>
    Number((await s.admin.dataSource.query(`select count(*) as n from ${table}`))[0].n);

  it('states a sale once: the same again is a duplicate, other content a conflict', async () => {
    const first = await record(s, sale('a1', { paid: cny('100') }));
    expect(first).toMatchObject({
      __typename: 'RecordPurchaseSuccess',
      duplicate: false,
      // 11:00 in Shanghai, after the day cut at 04:00
      purchase: { id: purchaseId('a1'), status: 'RECORDED', businessDate: '2026-03-10', paid: cny('100.00') },
    });
    expect(await record(s, sale('a1'))).toMatchObject({ duplicate: true, purchase: { id: purchaseId('a1') } });
    const other = sale('a1', { lines: [line(1, '99.00')] });
    expect(await record(s, other)).toMatchObject({
      __typename: 'PurchaseConflictError',
      code: 'PURCHASE_CONFLICT',
      purchase: { id: purchaseId('a1') },
    });
    const facts = await s.published(PurchaseRecordedSchema);
    expect(facts.filter(({ externalId }) => externalId === 'a1')).toMatchObject([
      {
        storeId,
        merchantId,
        mallId,
        memberId: '',
        paidMinor: 10_000n,
        businessDate: '2026-03-10',
        lines: [{ paidMinor: 10_000n }],
      },
    ]);
  });

  it('says how it was made and paid, and that is part of what it is', async () => {
    const pay = (...parts: [string, string][]) => parts.map(([method, amount]) => ({ method, amount: cny(amount) }));
    const paid = { channel: 'MINI_PROGRAM', payments: pay(['WECHAT', '30'], ['CARD', '60'], ['WECHAT', '10.00']) };
    expect(await record(s, sale('paid', paid))).toMatchObject({ duplicate: false });
    const again = { channel: 'MINI_PROGRAM', payments: pay(['CARD', '60'], ['WECHAT', '40']) };
    expect(await record(s, sale('paid', again))).toMatchObject({ duplicate: true });
    for (const other of [{ ...again, channel: 'POS' }, { channel: 'MINI_PROGRAM' }, {}]) {
      expect(await record(s, sale('paid', other))).toMatchObject({ code: 'PURCHASE_CONFLICT' });
    }
    const [fact] = (await s.published(PurchaseRecordedSchema)).filter(({ externalId }) => externalId === 'paid');
    expect(fact).toMatchObject({
      channel: 'MINI_PROGRAM',
      payments: [
        { method: 'CARD', amountMinor: 6_000n },
        { method: 'WECHAT', amountMinor: 4_000n },
      ],
      receivedAt: '2026-03-10T04:00:00.000Z',
    });
  });

  it('counts a sale before the day cut to the day before', async () => {
    // 03:59 in Shanghai
    expect(await record(s, sale('cut', { occurredAt: '2026-03-09T19:59:00Z' }))).toMatchObject({
      purchase: { businessDate: '2026-03-09' },
    });
  });

  it('takes sales and lines of nothing', async () => {
    expect(
      await record(s, sale('zero', { lines: [line(1, '0.00'), line(2, '5', { discount: cny('5.00') })] })),
    ).toMatchObject({ __typename: 'RecordPurchaseSuccess', purchase: { paid: cny('0.00') } });
  });

  const big = '92233720368547758.07'; // 2^63 - 1 fen
  const tooMany = Array.from({ length: 2_001 }, (_, i) => line(i, '1'));
  it.each<[string, object, string, string[]]>([
    ['empty number', { externalId: ' ' }, 'InvalidInputError', ['externalId']],
    ['a text that cannot be stored', { sourceSystem: 'P\u0000' }, 'InvalidInputError', ['sourceSystem']],
    ['no lines', { lines: [] }, 'InvalidInputError', ['lines']],
    ['too many lines', { lines: tooMany }, 'InvalidInputError', ['lines']],
    [
      'texts that fit no message',
      { lines: Array.from({ length: 1_500 }, (_, i) => line(i, '1', { sku: '汉'.repeat(200) })) },
      'InvalidInputError',
      ['lines'],
    ],
    ['a line twice', { lines: [line(1, '1'), line(1, '2')] }, 'InvalidInputError', ['lines', '1', 'lineNo']],
    ['negative gross', { lines: [line(1, '-1')] }, 'InvalidInputError', ['lines', '0', 'gross', 'amount']],
    [
      'negative discount',
      { lines: [line(1, '1', { discount: cny('-1') })] },
      'InvalidInputError',
      ['lines', '0', 'discount', 'amount'],
    ],
    [
      'discount above gross',
      { lines: [line(1, '1', { discount: cny('1.01') })] },
      'InvalidInputError',
      ['lines', '0', 'discount', 'amount'],
    ],
    [
      'negative quantity',
      { lines: [line(1, '1', { quantity: '-1' })] },
      'InvalidInputError',
      ['lines', '0', 'quantity'],
    ],
    ['too many digits', { lines: [line(1, '1.001')] }, 'InvalidInputError', ['lines', '0', 'gross', 'amount']],
    [
      'a sum above 64 bits',
      { lines: [line(1, big), line(2, '0.01')] },
      'InvalidInputError',
      ['lines', '1', 'gross', 'amount'],
    ],
    [
      'another currency',
      { lines: [line(1, '1', { gross: { amount: '1', currency: 'EUR' } })] },
      'InvalidInputError',
      ['lines', '0', 'gross', 'currency'],
    ],
    [
      'two currencies',
      { lines: [line(1, '1'), line(2, '1', { gross: { amount: '1', currency: 'EUR' } })] },
      'InvalidInputError',
      ['lines', '1', 'gross', 'currency'],
    ],
    ['a sum that does not add up', { paid: cny('99.99') }, 'InvalidInputError', ['paid']],
    ['an empty channel', { channel: ' ' }, 'InvalidInputError', ['channel']],
    ['a long channel', { channel: 'C'.repeat(65) }, 'InvalidInputError', ['channel']],
    [
      'payments that do not add up',
      { payments: [{ method: 'CARD', amount: cny('99.99') }] },
      'InvalidInputError',
      ['payments'],
    ],
    [
      'a payment in another currency',
      { payments: [{ method: 'CARD', amount: { amount: '100', currency: 'EUR' } }] },
      'InvalidInputError',
      ['payments', '0', 'amount', 'currency'],
    ],
    [
      'a payment without a method',
      { payments: [{ method: '', amount: cny('100') }] },
      'InvalidInputError',
      ['payments', '0', 'method'],
    ],
    [
      'too many payments',
      { payments: Array.from({ length: 51 }, (_, i) => ({ method: `M${i}`, amount: cny('1') })) },
      'InvalidInputError',
      ['payments'],
    ],
    ['a clock in the future', { occurredAt: '2026-03-10T04:05:01Z' }, 'InvalidInputError', ['occurredAt']],
    [
      'both member and identifier',
      { member: { memberId, identifier: { type: 'CARD', value: '1' } } },
      'InvalidInputError',
      ['member'],
    ],
    ['neither of them', { member: {} }, 'InvalidInputError', ['member']],
  ])('refuses %s', async (_, more, type, path) => {
    const before = await countOf('purchase');
    expect(await record(s, sale('bad', more))).toMatchObject({ __typename: type, path });
    expect(await countOf('purchase')).toBe(before);
  });

  it('knows no store but those it may record for', async () => {
    for (const id of [naturalId('store', TEST_GROUP, 'none'), 'x', otherStoreId, farStoreId]) {
      expect(await record(s, sale('bad', { storeId: id }))).toMatchObject({ __typename: 'NotFoundError' });
    }
    const { errors } = await s.as(member).send(RECORD, { input: sale('bad') });
    expect(errors[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });

  it('waits a moment for a member it has not heard of, then says so', async () => {
    const late = naturalId('member', 'late');
    const pending = record(s, sale('late', { member: { memberId: late } }));
    await s.deliver(MemberRegisteredSchema, { memberId: late }, { aggregateId: late, occurredAt: s.clock.now() });
    expect(await pending).toMatchObject({ __typename: 'RecordPurchaseSuccess' });
    const nobody = naturalId('member', 'nobody');
    const answer = await record(s, sale('nobody', { member: { memberId: nobody } }));
    expect(answer).toMatchObject({ __typename: 'NotFoundError', code: 'MEMBER_NOT_FOUND' });
  });

  it('finds the member behind a card or a code, a code once; a stranger leaves the sale unmatched', async () => {
    const aggregate = { aggregateId: memberId, occurredAt: s.clock.now() };
    const index = (type: 'CARD' | 'DYNAMIC_CODE', value: string) =>
      blindIndex(BLIND_INDEX_KEY, TEST_GROUP, type, value) ?? '';
    await s.deliver(MemberRegisteredSchema, { memberId }, aggregate);
    await s.deliver(MemberIdentifierAddedSchema, { memberId, type: 1, blindIndex: index('CARD', 'C-1') }, aggregate);
    const code = { memberId, type: 3, blindIndex: index('DYNAMIC_CODE', '4711'), validUntil: '2026-03-10T04:01:00Z' };
    await s.deliver(MemberIdentifierAddedSchema, code, aggregate);
    await s.settled();
    const by = (type: string, value: string) => ({
      member: { identifier: { type, value } },
      occurredAt: '2026-03-10T04:00:30Z',
    });
    await record(s, sale('card', by('CARD', ' c-1 ')));
    await record(s, sale('code', by('DYNAMIC_CODE', '4711')));
    await record(s, sale('code-again', by('DYNAMIC_CODE', '4711')));
    await record(s, sale('stranger', by('CARD', 'unknown')));
    const facts = await s.published(PurchaseRecordedSchema);
    const memberOf = (id: string) => facts.find(({ externalId }) => externalId === id)?.memberId;
    expect([memberOf('card'), memberOf('code'), memberOf('code-again'), memberOf('stranger')]).toEqual([
      memberId,
      memberId,
      '',
      '',
    ]);
    // she sees her sales, newest first, page by page
    const page = (after: string | null) =>
      s.as(member).ask<{
        me: {
          purchases: {
            edges: { node: { externalId: string } }[];
            pageInfo: { endCursor: string; hasNextPage: boolean };
          };
        };
      }>(`query ($after: String) { me { purchases(first: 1, after: $after) { edges { node { externalId } } pageInfo { endCursor hasNextPage } } } }`, { after });
    const one = (await page(null)).me.purchases;
    const two = (await page(one.pageInfo.endCursor)).me.purchases;
    expect([one, two].map(({ edges }) => edges[0]?.node.externalId).sort()).toEqual(['card', 'code']);
    expect([one, two].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, false]);
  });

  it('takes 500 at once; a bad one fails alone, the same twice is one sale', async () => {
    const purchases = Array.from({ length: 500 }, (_, i) =>
      sale(`b${i}`, { lines: [line(1, '1.00'), line(2, '2.00')] }),
    );
    purchases[7] = sale('b7', { lines: [] });
    purchases[8] = sale('b8', { storeId: farStoreId });
    purchases[100] = purchases[99] ?? sale('b99');
    purchases[101] = sale('b99', { lines: [line(1, '7.00')] });
    const send = () => s.as(till).ask<{ recordPurchases: RecordReply[] }>(RECORD_MANY, { input: { purchases } });
    const { recordPurchases: answers } = await send();
    expect(answers).toHaveLength(500);
    expect(answers[7]).toMatchObject({ __typename: 'InvalidInputError', path: ['purchases', '7', 'lines'] });
    expect(answers[8]).toMatchObject({ __typename: 'NotFoundError' });
    expect(answers[99]).toMatchObject({ duplicate: false, purchase: { id: purchaseId('b99') } });
    expect(answers[100]).toMatchObject({ duplicate: true, purchase: { id: purchaseId('b99') } });
    expect(answers[101]).toMatchObject({ __typename: 'PurchaseConflictError' });
    expect(answers.filter(({ duplicate }) => duplicate === false)).toHaveLength(496);
    const again = await send();
    expect(again.recordPurchases.filter(({ duplicate }) => duplicate)).toHaveLength(497);
    const tooMany = await s.as(till).ask<{ recordPurchases: RecordReply[] }>(RECORD_MANY, {
      input: { purchases: Array.from({ length: 501 }, (_, i) => sale(`t${i}`)) },
    });
    expect(tooMany.recordPurchases.every(({ __typename }) => __typename === 'InvalidInputError')).toBe(true);
  });

  it('has one effect of 50 identical submissions at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => record(s, sale('race'))));
    expect(answers.filter(({ duplicate }) => duplicate === false)).toHaveLength(1);
    expect(answers.filter(({ duplicate }) => duplicate === true)).toHaveLength(49);
    const facts = await s.published(PurchaseRecordedSchema);
    expect(facts.filter(({ externalId }) => externalId === 'race')).toHaveLength(1);
  });

  it('takes overlapping batches in any order at once', async () => {
    const batch = Array.from({ length: 120 }, (_, i) => sale(`o${i}`));
    const send = (purchases: object[]) =>
      s.as(till).ask<{ recordPurchases: RecordReply[] }>(RECORD_MANY, { input: { purchases } });
    const replies = await Promise.all(
      [batch, [...batch].reverse(), [...batch.slice(60), ...batch.slice(0, 60)]].map(send),
    );
    const answers = replies.flatMap(({ recordPurchases }) => recordPurchases);
    expect(answers.filter(({ duplicate }) => duplicate === false)).toHaveLength(120);
    expect(answers.filter(({ duplicate }) => duplicate === true)).toHaveLength(240);
  });

  it('shows nothing to another group, nor to others without the right', async () => {
    const QUERY = `query ($id: ID!, $mall: ID!, $merchant: ID!, $store: ID!) {
      purchase(id: $id) { id } purchaseByExternalId(sourceSystem: "POS", externalId: "a1") { id }
      mall(id: $mall) { id } merchant(id: $merchant) { id } store(id: $store) { id } malls { id }
      _entities(representations: [{ __typename: "Purchase", id: $id }, { __typename: "Store", id: $store }]) { __typename } }`;
    const ids = { id: purchaseId('a1'), mall: mallId, merchant: merchantId, store: storeId };
    const group = naturalId('group', 'OTHER');
    expect(await s.as({ ...service, groupId: group }).ask(QUERY, ids)).toEqual({
      purchase: null,
      purchaseByExternalId: null,
      mall: null,
      merchant: null,
      store: null,
      malls: [],
      _entities: [null, null],
    });
    expect(await record(s, sale('a1'), { ...till, groupId: group })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await s.as(member).ask(QUERY, ids)).toMatchObject({
      purchase: null,
      store: { id: storeId },
      malls: [{}, {}],
    });
    expect(await s.as(till).ask(QUERY, ids)).toMatchObject({ purchase: { id: purchaseId('a1') } });
    // the second wall: without any check in our code the database itself shows nothing
    const seen = await s.db.inTransaction(group, (tx) =>
      tx.query(`select 1 from purchase union all select 1 from org_node`),
    );
    expect(seen).toEqual([]);
    await expect(
      s.db.inTransaction(TEST_GROUP, (tx) => tx.query(`update posting set kind = 'EARN'`)),
    ).rejects.toMatchObject({ code: '42501' });
  });
});
