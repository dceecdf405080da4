import { create, toBinary } from '@bufbuild/protobuf';
import {
  PurchaseRecordedSchema,
  PurchaseRefundedSchema,
  RefundUnmatchedSchema,
  siteStream,
  streamsOf,
  UnmatchedRefundClosedSchema,
} from '@atrium/contracts';
import { naturalId, uuidv7 } from '@atrium/kernel';
import { HEADERS } from '@atrium/platform';
import { eventually, TEST_GROUP } from '@atrium/testkit';
import type { MessageInitShape, DescMessage } from '@bufbuild/protobuf';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { claimSites } from '../src/use-cases/claim-sites';
import {
  farStoreId,
  line,
  mallId,
  merchantId,
  otherMerchantId,
  purchaseId,
  record,
  reserve,
  sale as stated,
  service,
  type Settlement,
  SOURCE,
  startSettlement,
  storeId,
} from './harness';

const OTHER_GROUP = naturalId('group', 'OTHER');
const farMallId = naturalId('mall', TEST_GROUP, 'south');
const AT = '2026-03-10T03:00:00.000Z';

let s: Settlement;
beforeAll(async () => {
  s = await startSettlement({ SITES: ['north'] });
});
afterAll(() => s?.end());

/** A fact as the broker of the site hands it over. */
async function hear<S extends DescMessage>(
  schema: S,
  init: MessageInitShape<S>,
  more: { eventId?: string; groupId?: string } = {},
): Promise<string> {
  const eventId = more.eventId ?? uuidv7(new Date());
  const h = natsHeaders();
  const headers = {
    [HEADERS.eventId]: eventId,
    [HEADERS.groupId]: more.groupId ?? TEST_GROUP,
    [HEADERS.aggregateId]: eventId,
    [HEADERS.aggregateVersion]: '1',
    [HEADERS.occurredAt]: AT,
  };
  for (const [name, value] of Object.entries(headers)) h.set(name, value);
  const payload = toBinary(schema, create(schema, init) as never);
  const ack = await s.bus.js.publish(`${schema.typeName.replace('atrium', 'of-site')}.north.0`, payload, {
    headers: h,
  });
  expect(ack.stream).toBe(siteStream('north'));
  return eventId;
}

const sale = (externalId: string, more: object = {}) => ({
  ...{ purchaseId: purchaseId(externalId), sourceSystem: SOURCE, externalId, storeId, merchantId, mallId },
  ...{ occurredAt: AT, receivedAt: AT, businessDate: '2026-03-10', timeZone: 'Asia/Shanghai', currency: 'CNY' },
  paidMinor: 100n,
  lines: [{ lineNo: 1, sku: 'a', category: 'FOOD', quantity: '1', grossMinor: 100n, paidMinor: 100n }],
  ...more,
});
const refund = (externalId: string, sold: string, more: object = {}) => ({
  ...{ refundId: naturalId('refund', TEST_GROUP, SOURCE, externalId), purchaseId: purchaseId(sold), externalId },
  ...{ storeId, merchantId, mallId, occurredAt: AT, purchaseOccurredAt: AT, businessDate: '2026-03-10' },
  ...{ timeZone: 'Asia/Shanghai', currency: 'CNY', cashMinor: 100n, fullyRefunded: true, refundNo: 1n },
  lines: [{ lineNo: 1, cashMinor: 100n, cashCumulativeMinor: 100n }],
  ...more,
});
const unmatched = (externalId: string, more: object = {}) => ({
  ...{ refundId: naturalId('refund', TEST_GROUP, SOURCE, externalId), purchaseId: purchaseId('nowhere') },
  ...{ sourceSystem: SOURCE, externalId, mallId, occurredAt: AT, reason: 'LAPSED', version: 1n },
  ...more,
});

/** What is published for all to hear: events of a kind, by their ids. */
const told = async (schema: DescMessage): Promise<string[]> =>
  (
    (await s.admin.dataSource.query(`select event_id as id from outbox where subject like $1 order by id`, [
      `${schema.typeName}.north.%`,
    ])) as { id: string }[]
  ).map(({ id }) => id);
const tells = (schema: DescMessage, eventId: string) =>
  eventually(async () => (await told(schema)).includes(eventId), {
    what: `${schema.name} is stated`,
  });

async function deadLetters(): Promise<{ event: string; subject: string; reason: string }[]> {
  const { state } = await s.bus.jsm.streams.info('DEAD');
  const found = [];
  for (let seq = Math.max(state.first_seq, 1); seq <= state.last_seq; seq++) {
    const letter = await s.bus.jsm.streams.getMessage('DEAD', { seq });
    if (letter)
      found.push({
        event: letter.header.get(HEADERS.eventId),
        subject: letter.subject,
        reason: letter.header.get('Atrium-Reason'),
      });
  }
  return found;
}
const isSetAside = (eventId: string) =>
  eventually(async () => (await deadLetters()).some(({ event }) => event === eventId), {
    what: `${eventId} is set aside`,
  });

it('states a site’s facts for all to hear, each once, with the id that they have there', async () => {
  const sold = await hear(PurchaseRecordedSchema, sale('own'));
  await tells(PurchaseRecordedSchema, sold);
  // In one group, elsewhere: what the site says of them is not told on.
  const back = await hear(
    PurchaseRefundedSchema,
    refund('own-r', 'own', { merchantId: otherMerchantId, memberId: storeId }),
  );
  await tells(PurchaseRefundedSchema, back);
  expect((await s.published(PurchaseRefundedSchema)).at(-1)).toMatchObject({
    merchantId,
    memberId: '',
    cashMinor: 100n,
  });
  const missing = await hear(RefundUnmatchedSchema, unmatched('missing'));
  const { refundId, purchaseId: sought } = unmatched('missing');
  const closed = await hear(UnmatchedRefundClosedSchema, { refundId, purchaseId: sought, version: 2n, closedAt: AT });
  await tells(RefundUnmatchedSchema, missing);
  await tells(UnmatchedRefundClosedSchema, closed);

  await hear(PurchaseRecordedSchema, sale('own'), { eventId: sold });
  await hear(PurchaseRecordedSchema, sale('own'));
  await hear(PurchaseRefundedSchema, refund('own-r', 'own'));
  await tells(PurchaseRecordedSchema, await hear(PurchaseRecordedSchema, sale('after')));
  expect(await told(PurchaseRecordedSchema)).toHaveLength(2);
  expect(await told(PurchaseRefundedSchema)).toEqual([back]);
});

it('believes a site nothing of another mall, group, basket or sale, sets it aside at once and goes on', async () => {
  await record(
    s,
    {
      ...stated('far'),
      storeId: farStoreId,
      lines: [{ ...line(1, '9.00'), gross: { amount: '9.00', currency: 'EUR' } }],
    },
    { ...service },
  );
  const before = [await told(PurchaseRecordedSchema), await told(PurchaseRefundedSchema)];
  const rows = () => s.admin.dataSource.query(`select id, status from purchase order by id`);
  const sales: unknown = await rows();
  expect(sales).toHaveLength(3);
  const forged = [
    await hear(PurchaseRecordedSchema, sale('f1', { storeId: farStoreId })),
    await hear(PurchaseRecordedSchema, sale('f2', { mallId: farMallId })),
    await hear(PurchaseRecordedSchema, sale('f3', { merchantId: otherMerchantId })),
    await hear(PurchaseRecordedSchema, sale('f4', { purchaseId: purchaseId('of another') })),
    await hear(PurchaseRecordedSchema, sale('f5'), { groupId: OTHER_GROUP }),
    await hear(PurchaseRefundedSchema, refund('f6', 'far', { storeId, merchantId, mallId })),
    await hear(RefundUnmatchedSchema, unmatched('f7', { mallId: farMallId })),
    await hear(PurchaseRecordedSchema, sale('f8', { checkoutId: await reserve(s, 'far', farMallId) })),
  ];
  const last = await hear(PurchaseRecordedSchema, sale('honest'));
  for (const eventId of forged) await isSetAside(eventId);
  await tells(PurchaseRecordedSchema, last);
  expect(await told(PurchaseRecordedSchema)).toEqual([...(before[0] ?? []), last].sort());
  expect(await told(PurchaseRefundedSchema)).toEqual(before[1]);
  expect(await rows()).toEqual(expect.arrayContaining(sales as object[]));
  expect(await rows()).toHaveLength(4);
  const letters = await deadLetters();
  expect(letters).toHaveLength(forged.length);
  for (const { subject, reason } of letters) {
    expect(reason).toMatch(/^not theirs to state: /);
    // Given to settlement again, and to nobody else.
    expect(subject).toMatch(/^dead\.merchant-settlement\.of-site\.settlement\.v1\.\w+\.north\.0$/);
  }
});

it('leaves refunds alone that were asked for at the hub', async () => {
  const request = {
    sourceSystem: SOURCE,
    externalId: 'at-hub',
    purchaseExternalId: 'not here',
    occurredAt: AT,
    lines: null,
  };
  await s.as(service).ask(`mutation ($input: RefundPurchaseInput!) { refundPurchase(input: $input) { __typename } }`, {
    input: request,
  });
  const { refundId, purchaseId: sought } = unmatched('at-hub');
  await isSetAside(
    await hear(UnmatchedRefundClosedSchema, { refundId, purchaseId: sought, version: 2n, closedAt: AT }),
  );
});

it('takes a site’s name for one mall of all groups', async () => {
  const elsewhere = s.as({ ...service, groupId: OTHER_GROUP });
  const place = 'name: "X", timeZone: "Asia/Shanghai", currency: "CNY"';
  const made = await elsewhere.ask<Record<string, object>>(`mutation {
    group: createMallGroup(input: { idempotencyKey: "g", code: "OTHER", ${place} }) { __typename }
    north: createMall(input: { idempotencyKey: "n", code: "North", ${place} }) { __typename ... on InvalidInputError { path } ... on UserError { message } }
    south: createMall(input: { idempotencyKey: "s", code: "south", ${place} }) { __typename }
  }`);
  expect(made).toMatchObject({
    group: { __typename: 'CreateMallGroupSuccess' },
    north: {
      __typename: 'InvalidInputError',
      path: ['code'],
      message: expect.stringContaining('recording of its own'),
    },
    south: { __typename: 'CreateMallSuccess' },
  });
  await claimSites(s.db, { site: null, sites: ['north'] });
  // Both groups have one: it can be no site's.
  await expect(claimSites(s.db, { site: null, sites: ['north', 'south'] })).rejects.toThrow(
    /^SITES: south is the name of more than one mall on this hub/,
  );
});

it('closes the way that sites had into the hub’s own stream, also when a process of the release before opens it again', async () => {
  const [site] = streamsOf('merchant-settlement', { site: null, sites: ['north'] }).slice(-1);
  await s.bus.jsm.streams.update('SETTLEMENT', { sources: site?.sources as never });
  expect((await s.bus.jsm.streams.info('SETTLEMENT')).config.sources).toHaveLength(1);
  await eventually(async () => ((await s.bus.jsm.streams.info('SETTLEMENT')).config.sources ?? []).length === 0, {
    what: 'it is closed',
    timeoutMs: 90_000,
  });
});
