// Fault 55. Two malls do the same business for twin members: south through the hub, north with a recording of its own whose
// line is down meanwhile. In the end nobody can tell which was which, and nothing has come twice.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
  eventually,
  freePort,
  type GraphQLClient,
  type GroupClients,
  type MadeStore,
  mustMutate,
  mutate,
  type Nats,
  ROOT,
  startNats,
  publishStoryProgramme,
} from '@atrium/testkit';
import { headers as natsHeaders, connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { PurchaseRecordedSchema } from '@atrium/contracts';
import { naturalId, uuidv7 } from '@atrium/kernel';
import { Client } from 'pg';
import { startStoryGraph, type StoryGraph } from './graph';
import { openRows, type Rows } from './rows';
import { hubConfig, type Line, openLine, type Site, startSite } from './site';
import { cny, enrol, line } from './world';

jest.setTimeout(180_000);
const GROUP = 'STORY';
const BEGAN = Date.now() - 600_000;
const at = (minute: number) => new Date(BEGAN + minute * 60_000).toISOString();

interface Mall extends MadeStore {
  name: 'north' | 'south';
  till: GraphQLClient;
  regular: string;
  gold: string;
  basket: string;
}

describe('a mall with a recording of its own', () => {
  let hubNats: Nats;
  let graph: StoryGraph;
  let cable: Line;
  let site: Site;
  let rows: Rows;
  let siteRows: Client;
  let clients: GroupClients;
  let siteClients: GroupClients;
  let north: Mall;
  let south: Mall;

  const open = async (name: Mall['name'], store: MadeStore, till: GraphQLClient): Promise<Mall> => {
    const [regular = '', gold = ''] = await enrol(clients.service, [`${name}-REGULAR`, `${name}-GOLD`]);
    return { ...store, name, till, regular, gold, basket: '' };
  };

  beforeAll(async () => {
    const leafPort = await freePort();
    cable = await openLine(leafPort);
    hubNats = await startNats({ config: hubConfig(leafPort, cable, 'north') });
    graph = await startStoryGraph({ natsUrl: hubNats.url, env: { SITES: 'north' } });
    clients = await graph.clients(GROUP);
    const northStore = await publishStoryProgramme(clients, GROUP);
    const southStore = await makeSouth(clients);
    site = await startSite(graph, cable, 'north');
    siteClients = await site.clients(GROUP);
    rows = await openRows(graph.databases);
    siteRows = new Client({ connectionString: site.database });
    await siteRows.connect();
    north = await open('north', northStore, await siteClients.till(northStore.storeId));
    south = await open('south', southStore, await clients.till(southStore.storeId));
  }, 240_000);
  afterAll(async () => {
    await siteRows?.end();
    await rows?.close();
    await site?.stop();
    await graph?.end();
    await cable?.close();
    await hubNats?.stop();
  }, 60_000);

  const sell = (mall: Mall, number: string, minute: number, gross: string, more: object = {}) =>
    mustMutate(
      mall.till,
      'recordPurchase',
      {
        ...{ sourceSystem: mall.name, externalId: number, storeId: mall.storeId, occurredAt: at(minute) },
        ...{ lines: [line(1, gross)], ...more },
      },
      'purchase { id }',
    );
  const giveBack = (
    mall: Mall,
    number: string,
    sale: string,
    minute: number,
    lines: object[] | null,
    success: string,
  ) =>
    mustMutate(
      mall.till,
      'refundPurchase',
      { sourceSystem: mall.name, externalId: number, purchaseExternalId: sale, occurredAt: at(minute), lines },
      '__typename',
      { success },
    );
  const siteFacts = async () =>
    (
      await siteRows.query(
        `select (select count(*) from purchase)::int as sales, (select count(*) from refund)::int as refunds`,
      )
    ).rows[0] as object;
  const hubFacts = () =>
    rows.one<object>(
      'merchant-settlement',
      `select (select count(*) from purchase where source_system = 'north')::int as sales,
              (select count(*) from refund where source_system = 'north')::int as refunds`,
    );
  const silence = async () => {
    const text = await (await fetch(graph.subgraphs['merchant-settlement'].replace('/graphql', '/metrics'))).text();
    const [, seconds = ''] = /^atrium_site_link_silent_seconds\{.*from="north".*\} (\S+)$/m.exec(text) ?? [];
    if (seconds === '') throw new Error(text.match(/^.*link.*$/gm)?.join('|') ?? 'none');
    return seconds === '+Inf' ? Infinity : Number.parseFloat(seconds);
  };
  const setAside = async (): Promise<string[]> => {
    const broker = await connect({ servers: hubNats.url });
    try {
      const { streams } = await jetstreamManager(broker);
      const { state } = await streams.info('DEAD');
      const letters = [];
      for (let seq = Math.max(state.first_seq, 1); seq <= state.last_seq; seq++)
        letters.push(await streams.getMessage('DEAD', { seq }));
      return letters.flatMap((letter) => (letter ? [letter.header.get('Atrium-Reason')] : []));
    } finally {
      await broker.close();
    }
  };
  const together = async () => {
    await eventually(async () => expect(await hubFacts()).toEqual(await siteFacts()), {
      what: 'the hub has what the site has',
      timeoutMs: 90_000,
      everyMs: 200,
    });
    await graph.settled();
  };

  /** Where a mall stands: its members, what it and its merchant owe each other, under which version of the terms. */
  const standing = async ({ regular, gold, merchantId, mallId }: Mall) => {
    const member = (id: string) =>
      clients.admin.ask<{ member: object }>(
        `query ($id: ID!) { member(id: $id) { points { available held pending debt growth } tier { tier { code } } } }`,
        { id },
      );
    const ledger = await rows.one<{ all: unknown }>(
      'merchant-settlement',
      `select json_agg(l order by l::text) as all from (
         select c.version, l.account, sum(l.debit_minor - l.credit_minor)::text as minor
         from posting p join posting_line l on l.merchant_id = p.merchant_id and l.posting_id = p.id
         join contract c on c.id = p.contract_id where p.merchant_id in ($1, $2) group by 1, 2) l`,
      [merchantId, mallId],
    );
    const sales = await rows.one<{ all: unknown }>(
      'merchant-settlement',
      `select json_agg(s order by s.external_id) as all from (
         select external_id, status, gross_minor, paid_minor, points_used, cash_refunded_minor, points_value_refunded_minor,
           points_returned, refund_no, member_id is not null as known, business_date from purchase where merchant_id = $1) s`,
      [merchantId],
    );
    return { regular: await member(regular), gold: await member(gold), ledger: ledger.all, sales: sales.all };
  };

  it('hears of the hub what it needs, and records', async () => {
    for (const mall of [north, south]) {
      await sell(mall, 'FIRST', 0, '1200.00', { member: { memberId: mall.gold } });
      await sell(mall, 'SECOND', 1, '300.00', { member: { memberId: mall.regular } });
    }
    await together();
    expect(await standing(north)).toEqual(await standing(south));
    for (const mall of [north, south]) {
      const basket = {
        storeId: mall.storeId,
        memberId: mall.gold,
        lines: [line(1, '100.00')],
        couponIds: [],
        points: '100',
      };
      const till = await clients.till(mall.storeId);
      const { checkout } = await mustMutate<{ checkout: { id: string } }>(
        till,
        'reserveCheckout',
        { idempotencyKey: mall.name, basket, expectedToPay: cny('89.00') },
        'checkout { id }',
      );
      mall.basket = checkout.id;
    }
    await eventually(async () => (await siteRows.query('select 1 from checkout')).rowCount === 1, {
      what: 'the basket of this mall, and of no other, is at the site',
    });
  });

  it('refuses at the site what is the hub’s, and at the hub what is the site’s, and says where to go', async () => {
    const basket = { storeId: north.storeId, memberId: north.gold, lines: [line(1, '100.00')], couponIds: [] };
    const input = { idempotencyKey: 'at-site', basket, expectedToPay: cny('90.00') };
    const mutation = (name: string, type: string) =>
      `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`;
    const coupon = await north.till.send(mutation('reserveCheckout', 'ReserveCheckoutInput'), { input });
    expect(coupon.errors?.[0]).toMatchObject({
      extensions: { code: 'ONLY_AT_HUB', retryable: false, serviceName: 'coupon' },
    });
    expect(coupon.errors?.[0]?.message).toContain('record it here');
    const spend = {
      idempotencyKey: 's',
      memberId: north.gold,
      order: { kind: 'POS', nodeId: north.storeId, number: '1' },
      points: '10',
    };
    const points = await north.till.send(mutation('redeemPoints', 'RedeemPointsInput'), { input: spend });
    expect(points.errors?.[0]?.extensions).toMatchObject({ code: 'ONLY_AT_HUB', serviceName: 'points' });
    const mall = { idempotencyKey: 'm', code: 'west', name: 'West', timeZone: 'Asia/Shanghai', currency: 'CNY' };
    const made = await siteClients.admin.send(mutation('createMall', 'CreateMallInput'), { input: mall });
    expect(made.errors?.[0]?.extensions).toMatchObject({ code: 'ONLY_AT_HUB' });

    const till = await clients.till(north.storeId);
    const sale = {
      sourceSystem: 'north',
      externalId: 'ELSEWHERE',
      storeId: north.storeId,
      occurredAt: at(2),
      lines: [line(1, '1.00')],
    };
    expect(await mutate(till, 'recordPurchase', sale, '__typename')).toMatchObject({
      __typename: 'InvalidInputError',
      refusal: expect.stringContaining('at its site'),
    });
    const refund = {
      sourceSystem: 'north',
      externalId: 'R',
      purchaseExternalId: 'FIRST',
      occurredAt: at(2),
      lines: null,
    };
    expect(await mutate(till, 'refundPurchase', refund, '__typename')).toMatchObject({
      __typename: 'InvalidInputError',
    });
    const far = await siteClients.till(south.storeId);
    expect(await mutate(far, 'recordPurchase', { ...sale, storeId: south.storeId }, '__typename')).toMatchObject({
      __typename: 'InvalidInputError',
    });
  });

  it('goes on while the line is down, and the hub ends as if it had never been', async () => {
    cable.cut();
    const before = await hubFacts();
    for (const mall of [north, south]) {
      await sell(mall, 'BASKET', 3, '100.00', { checkoutId: mall.basket, paid: cny('89.00') });
      await sell(mall, 'CARD', 4, '120.00', {
        member: { identifier: { type: 'CARD', value: `${mall.name}-REGULAR` } },
      });
      await giveBack(mall, 'R-EARLY', 'LATER', 5, null, 'RefundParked');
      await sell(mall, 'LATER', 5, '40.00', { member: { memberId: mall.regular } });
      await giveBack(mall, 'R-FIRST', 'FIRST', 6, [{ lineNo: 1, amount: cny('100.00') }], 'RefundPurchaseSuccess');
      await giveBack(mall, 'R-AGAIN', 'FIRST', 7, [{ lineNo: 1, amount: cny('50.00') }], 'RefundPurchaseSuccess');
      await giveBack(mall, 'R-BASKET', 'BASKET', 7, [{ lineNo: 1, amount: cny('44.00') }], 'RefundPurchaseSuccess');
      await sell(mall, 'NOBODY', 8, '10.00');
      await sell(mall, 'LAST', 9, '130.00', { member: { memberId: mall.regular } });
    }
    // Both sides change: terms from the beginning of time, for sales from now on.
    for (const { merchantId, name } of [north, south]) {
      const terms = { pointUnitValue: '0.01', pointPriceAtEarn: '0.02', burnShareBps: 5000, couponShareBps: 0 };
      const input = { idempotencyKey: `v2:${name}`, merchantId, effectiveFrom: '2020-01-01T00:00:00Z', ...terms };
      await mustMutate(clients.admin, 'publishContract', input, 'contract { id }');
    }
    await eventually(async () => (await silence()) > 3, {
      what: 'the hub hears nothing of the site',
      timeoutMs: 60_000,
    });
    expect(await hubFacts()).toEqual(before);
    await site.nats.kill();
    await site.nats.restart();
    await hubNats.kill();
    await hubNats.restart();
    await sell(north, 'AFTER', 9, '20.00');
    await sell(south, 'AFTER', 9, '20.00');
    cable.mend();
    await together();
    expect(await siteFacts()).toEqual({ sales: 8, refunds: 4 });
    expect(await silence()).toBeLessThan(60);
    const [here, there] = [await standing(north), await standing(south)];
    expect(here.gold).toMatchObject({ member: { tier: { tier: { code: 'GOLD' } } } });
    expect(here.regular).toMatchObject({ member: { tier: { tier: { code: 'SILVER' } } } });
    expect(here).toEqual(there);
  });

  it('takes everything once, also when it comes again', async () => {
    await rows.quiet();
    const before = await rows.fingerprints();
    const { rows: stated } = await siteRows.query<{
      subject: string;
      payload: Buffer;
      headers: Record<string, string>;
    }>(
      `select subject, payload, headers from outbox where subject like 'atrium.settlement.v1.Purchase%' order by id desc`,
    );
    const broker = await connect({ servers: site.nats.url });
    for (const { subject, payload, headers } of stated) {
      const h = natsHeaders();
      for (const [name, value] of Object.entries(headers)) h.set(name, String(value));
      // Without a message id: it must reach the inbox, not end in the broker's duplicate window.
      await jetstream(broker).publish(subject, payload, { headers: h });
    }
    await broker.close();
    expect(stated).toHaveLength(12);
    await sell(north, 'PROBE', 9, '1.00');
    await together();
    const after = await rows.fingerprints();
    const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
    // Of the probe alone.
    expect(changed.filter((table) => /posting|entry|refund|obligation|account/.test(table))).toEqual([]);
    expect(await hubFacts()).toEqual({ sales: 9, refunds: 4 });
  });

  it('is believed nothing of another mall, in any service, and is heard on', async () => {
    await rows.quiet();
    const before = await rows.fingerprints();
    const { rows: stated } = await siteRows.query<{
      subject: string;
      payload: Buffer;
      headers: Record<string, string>;
    }>(
      `select subject, payload, headers from outbox where subject like 'atrium.settlement.v1.PurchaseRecorded%' order by id limit 1`,
    );
    const [honest] = stated;
    if (!honest) throw new Error('the site has stated nothing');
    const externalId = 'FORGED';
    const message = fromBinary(PurchaseRecordedSchema, honest.payload);
    const forged = create(PurchaseRecordedSchema, {
      ...message,
      ...{ externalId, purchaseId: naturalId('purchase', naturalId('group', GROUP), 'north', externalId) },
      ...{ storeId: south.storeId, merchantId: south.merchantId, mallId: south.mallId, memberId: south.gold },
    });
    const broker = await connect({ servers: site.nats.url });
    const h = natsHeaders();
    for (const [name, value] of Object.entries(honest.headers)) h.set(name, String(value));
    h.set('Atrium-Event', uuidv7(new Date()));
    await jetstream(broker).publish(honest.subject, toBinary(PurchaseRecordedSchema, forged), { headers: h });
    await broker.close();
    await eventually(async () => (await setAside()).some((reason) => reason.startsWith('not theirs to state')), {
      what: 'the forged sale is among the dead letters',
      timeoutMs: 60_000,
    });
    await graph.settled();
    await rows.quiet();
    const after = await rows.fingerprints();
    const kept = Object.keys(after).filter((table) => !/idempotency|snapshot|outbox|inbox/.test(table));
    expect(kept.filter((table) => after[table] !== before[table])).toEqual([]);
    await sell(north, 'HONEST', 9, '1.00');
    await together();
    expect(await hubFacts()).toEqual({ sales: 10, refunds: 4 });
  });

  it('leaves books that add up', () => {
    const check = spawnSync(process.execPath, [join(ROOT, 'scripts', 'run.mjs'), 'check-ledger'], {
      env: { ...process.env, ATRIUM_DIR: graph.dir },
      encoding: 'utf8',
    });
    expect([check.status, `${check.stdout}${check.stderr}`]).toEqual([0, expect.stringContaining('rules hold')]);
  });
});

async function makeSouth({ admin }: GroupClients): Promise<MadeStore> {
  const place = { code: 'south', name: 'South', timeZone: 'Asia/Shanghai', currency: 'CNY' };
  type Made<K extends string> = Record<K, { id: string }>;
  const { mall } = await mustMutate<Made<'mall'>>(
    admin,
    'createMall',
    { idempotencyKey: 's', ...place },
    'mall { id }',
  );
  const shop = { idempotencyKey: 's1', mallId: mall.id, code: 'm02', name: 'Fashion' };
  const { merchant } = await mustMutate<Made<'merchant'>>(admin, 'createMerchant', shop, 'merchant { id }');
  const door = { idempotencyKey: 's2', merchantId: merchant.id, code: 'S-1', name: 'Fashion, South' };
  const { store } = await mustMutate<Made<'store'>>(admin, 'createStore', door, 'store { id }');
  const terms = { pointUnitValue: '0.01', pointPriceAtEarn: '0.008', burnShareBps: 1000, couponShareBps: 4000 };
  const contract = { idempotencyKey: 's3', merchantId: merchant.id, effectiveFrom: '2020-01-01T00:00:00Z', ...terms };
  await mustMutate(admin, 'publishContract', contract, 'contract { id }');
  return { mallId: mall.id, merchantId: merchant.id, storeId: store.id };
}
