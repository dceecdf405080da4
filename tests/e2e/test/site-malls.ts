// Twin malls on one graph: south through the hub, north with a recording of its own behind a line that can be cut.
import {
  eventually,
  freePort,
  type GraphQLClient,
  type GroupClients,
  type MadeStore,
  mustMutate,
  publishStoryProgramme,
  startNats,
} from '@atrium/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers as natsHeaders } from '@nats-io/transport-node';
import { Client } from 'pg';
import { startStoryGraph } from './graph';
import { openRows } from './rows';
import { hubConfig, openLine, startSite } from './site';
import { enrol, line } from './world';

export const GROUP = 'STORY';
const BEGAN = Date.now() - 600_000;
export const at = (minute: number) => new Date(BEGAN + minute * 60_000).toISOString();

export interface Mall extends MadeStore {
  name: 'north' | 'south';
  till: GraphQLClient;
  regular: string;
  gold: string;
  basket: string;
}

/** As it stands in the outbox of the site. */
export interface Stated {
  subject: string;
  payload: Uint8Array;
  headers: Record<string, string>;
}

export type Malls = Awaited<ReturnType<typeof openMalls>>;

export async function openMalls() {
  const ends: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return { ...(await openBoth(ends)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openBoth(ends: (() => Promise<unknown>)[]) {
  const leafPort = await freePort();
  const cable = await openLine(leafPort);
  ends.push(() => cable.close());
  const hubNats = await startNats({ config: hubConfig(leafPort, cable, 'north') });
  ends.unshift(() => hubNats.stop());
  const graph = await startStoryGraph({ natsUrl: hubNats.url, env: { SITES: 'north' } });
  ends.push(() => graph.end());
  const clients = await graph.clients(GROUP);
  const northStore = await publishStoryProgramme(clients, GROUP);
  const southStore = await makeSouth(clients);
  const site = await startSite(graph, cable, 'north');
  ends.push(() => site.stop());
  const siteClients = await site.clients(GROUP);
  const rows = await openRows(graph.databases);
  ends.push(() => rows.close());
  const siteRows = new Client({ connectionString: site.database });
  await siteRows.connect();
  ends.push(() => siteRows.end());

  const open = async (name: Mall['name'], store: MadeStore, till: GraphQLClient): Promise<Mall> => {
    const [regular = '', gold = ''] = await enrol(clients.service, [`${name}-REGULAR`, `${name}-GOLD`]);
    return { ...store, name, till, regular, gold, basket: '' };
  };
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

  return {
    ...{ hubNats, graph, cable, site, rows, siteRows, clients, siteClients, siteFacts, hubFacts },
    north: await open('north', northStore, await siteClients.till(northStore.storeId)),
    south: await open('south', southStore, await clients.till(southStore.storeId)),
    async silence(): Promise<number> {
      const text = await (await fetch(graph.subgraphs['merchant-settlement'].replace('/graphql', '/metrics'))).text();
      const [, seconds = ''] = /^atrium_site_link_silent_seconds\{.*from="north".*\} (\S+)$/m.exec(text) ?? [];
      if (seconds === '') throw new Error(text.match(/^.*link.*$/gm)?.join('|') ?? 'none');
      return seconds === '+Inf' ? Infinity : Number.parseFloat(seconds);
    },
    async together() {
      await eventually(async () => expect(await hubFacts()).toEqual(await siteFacts()), {
        what: 'the hub has what the site has',
        timeoutMs: 90_000,
        everyMs: 200,
      });
      await graph.settled();
    },
    /** What the site has stated of sales and refunds, or of one such fact, newest first. */
    async stated(fact = ''): Promise<Stated[]> {
      const sql = `select subject, payload, headers from outbox where subject like $1 order by id desc`;
      return (await siteRows.query<Stated>(sql, [`atrium.settlement.v1.Purchase${fact}%`])).rows;
    },
    /** States as the site. Without a message id: it must reach the inbox, not end in the broker's duplicate window. */
    async state(facts: readonly Stated[]) {
      const broker = await connect({ servers: site.nats.url });
      try {
        for (const { subject, payload, headers } of facts) {
          const h = natsHeaders();
          for (const [name, value] of Object.entries(headers)) h.set(name, String(value));
          await jetstream(broker).publish(subject, payload, { headers: h });
        }
      } finally {
        await broker.close();
      }
    },
    /** The tables of all services that something has changed, once nothing is on its way. */
    async changedBy(work: () => Promise<unknown>): Promise<string[]> {
      await rows.quiet();
      const before = await rows.fingerprints();
      await work();
      const after = await rows.fingerprints();
      return Object.keys(after).filter((table) => after[table] !== before[table]);
    },
    /** Why letters were set aside at the hub. */
    async setAside(): Promise<string[]> {
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
    },
    /** Where a mall stands: its members, what it and its merchant owe each other, under which version of the terms. */
    async standing({ regular, gold, merchantId, mallId }: Mall) {
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
    },
  };
}

export const sell = (mall: Mall, number: string, minute: number, gross: string, more: object = {}) =>
  mustMutate(
    mall.till,
    'recordPurchase',
    {
      ...{ sourceSystem: mall.name, externalId: number, storeId: mall.storeId, occurredAt: at(minute) },
      ...{ lines: [line(1, gross)], ...more },
    },
    'purchase { id }',
  );

export const giveBack = (
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
