// npm run bench:thread: how fast a sale goes through the whole house. Prints medians and one closing line of JSON.
// Options: --tickets FILE and --stores FILE (a till export; sales like a supermarket's are made up without one), --sales N made
// up (3201), --rounds N (3), --visible N (100 samples), --drain N (a backlog of N made-up sales, drained at once; 0 = left out).
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  groupClients,
  type GraphQLClient,
  type LocalGraph,
  mustMutate,
  ROOT,
  startLocalGraph,
  untilSettled,
} from '@atrium/testkit';
import { Pool } from 'pg';
import { runCommand } from './command';
import { DEMO_GROUP, seedDemo } from './demo/seed';
import { enrolCards } from './import/members';
import { ensureStores, readStores } from './import/organisation';
import { readTickets } from './import/tickets';

const BATCH = 100;
const CONCURRENT = 2;

const cny = (minor: number) => ({ amount: (minor / 100).toFixed(2), currency: 'CNY' });

/** Sales follow each other in time over all rounds, as at tills. */
let clock = Date.now() - 86_400_000;

/** Sales like those of a supermarket: one to eighteen lines, small amounts; the same at every run. */
function* syntheticSales(count: number, members: readonly string[], stores: readonly string[], prefix: string) {
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  for (let i = 0; i < count; i++) {
    const lines = Array.from({ length: 1 + random(18) }, (_, n) => ({
      lineNo: n + 1,
      sku: `SKU-${random(5000)}`,
      category: ['GROCERY', 'FASHION', 'COFFEE', 'MEAT'][random(4)],
      quantity: '1',
      gross: cny(50 + random(900)),
    }));
    yield {
      sourceSystem: 'bench',
      externalId: `${prefix}-${i}`,
      storeId: stores[random(stores.length)],
      occurredAt: new Date((clock += 1000)).toISOString(),
      member: { memberId: members[random(members.length)] },
      lines,
    };
  }
}

type Sale = ReturnType<typeof syntheticSales> extends Generator<infer S> ? S : never;

const DAY_MS = 86_400_000;
/** Longer than the export, so that each round's sales come after the last round's. */
const ROUND_DAYS = 20;

/** The sales of a till export, moved by some days for each round. */
async function ticketSales(
  file: string,
  round: number,
  ids: { members: Map<string, string>; stores: Map<string, string> },
): Promise<Sale[]> {
  const sales: Sale[] = [];
  for await (const read of readTickets(file, 'America/New_York', 'CNY')) {
    if (!('ticket' in read)) continue;
    const { ticketNo, occurredAt, storeCode, cardNo, lines } = read.ticket;
    sales.push({
      sourceSystem: `bench-${round}`,
      externalId: ticketNo,
      storeId: ids.stores.get(storeCode),
      occurredAt: new Date(new Date(occurredAt).getTime() + round * ROUND_DAYS * DAY_MS).toISOString(),
      member: { memberId: ids.members.get(cardNo ?? '') },
      lines: lines.map((line) => ({
        ...line,
        gross: { amount: line.gross, currency: 'CNY' },
        discount: { amount: line.discount, currency: 'CNY' },
      })),
    });
  }
  return sales;
}

/** Members and stores of a till export, made as an import makes them. */
async function ticketHouse(service: GraphQLClient, file: string, storesFile: string) {
  const cards = new Set<string>();
  for await (const read of readTickets(file, 'America/New_York', 'CNY'))
    if ('ticket' in read && read.ticket.cardNo) cards.add(read.ticket.cardNo);
  const options = { create: true, zone: 'America/New_York', currency: 'CNY', source: 'bench' };
  const stores = await ensureStores(service, await readStores(storesFile), options);
  const joining = { homeMallId: null, joinedAt: '2017-01-01T00:00:00Z' };
  const { ids } = await enrolCards(service, [...cards], joining, 'bench');
  return { members: ids, stores: new Map([...stores].map(([code, { id }]) => [code, id])) };
}

interface House {
  graph: LocalGraph;
  service: GraphQLClient;
  members: string[];
  stores: string[];
}

async function recordAll(house: House, sales: readonly Sale[]): Promise<void> {
  const batches: Sale[][] = [];
  for (let i = 0; i < sales.length; i += BATCH) batches.push(sales.slice(i, i + BATCH));
  const worker = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const { results } = await house.service.ask<{ results: { __typename: string }[] }>(
        'mutation ($input: RecordPurchasesInput!) { results: recordPurchases(input: $input) { __typename } }',
        { input: { purchases: batch } },
      );
      const bad = results.find(({ __typename }) => __typename !== 'RecordPurchaseSuccess');
      if (bad) throw new Error(`a sale was refused: ${bad.__typename}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
}

async function throughput(house: House, sales: readonly Sale[]) {
  const started = performance.now();
  await recordAll(house, sales);
  const recorded = performance.now();
  await untilSettled({ natsUrl: house.graph.natsUrl, databases: house.graph.databases }, { timeoutMs: 600_000 });
  const applied = performance.now();
  return {
    recorded_per_s: (sales.length * 1000) / (recorded - started),
    applied_per_s: (sales.length * 1000) / (applied - started),
  };
}

/** From sending a sale to seeing its points through the gateway, one at a time on an idle graph. */
async function visible(house: House, samples: number): Promise<number[]> {
  const times: number[] = [];
  const sales = [...syntheticSales(samples, house.members, house.stores, 'visible')];
  for (const sale of sales) {
    const started = performance.now();
    const { purchase } = await mustMutate<{ purchase: { id: string } }>(
      house.service,
      'recordPurchase',
      { ...sale, occurredAt: new Date().toISOString() },
      'purchase { id }',
    );
    for (;;) {
      const seen = await house.service.ask<{ purchase: { points: { earned: string } | null } }>(
        'query ($id: ID!) { purchase(id: $id) { points { earned } } }',
        { id: purchase.id },
      );
      if (seen.purchase.points) break;
    }
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b);
}

/** A backlog: points, tier, coupon and messaging are away while sales are recorded, then start again. */
async function drain(house: House, count: number): Promise<number> {
  const away = ['points', 'tier', 'coupon', 'messaging'] as const;
  for (const name of away) await house.graph.process(name).stop();
  await recordAll(house, [...syntheticSales(count, house.members, house.stores, 'drain')]);
  const started = performance.now();
  await Promise.all(away.map((name) => house.graph.start(name)));
  await untilSettled({ natsUrl: house.graph.natsUrl, databases: house.graph.databases }, { timeoutMs: 3_600_000 });
  return (performance.now() - started) / 1000;
}

/** What this machine's PostgreSQL does at best: one-row inserts in transactions of their own, prepared, eight at a time. */
async function insertRate(url: string): Promise<number> {
  const pool = new Pool({ connectionString: url, max: 8 });
  await pool.query(
    'create table if not exists bench_insert (id bigint generated always as identity primary key, a uuid, b bigint, c text)',
  );
  const until = performance.now() + 3_000;
  let inserted = 0;
  const worker = async () => {
    while (performance.now() < until) {
      await pool.query({
        name: 'bench',
        text: 'insert into bench_insert (a, b, c) values ($1, $2, $3)',
        values: ['00000000-0000-0000-0000-000000000000', inserted, 'x'.repeat(100)],
      });
      inserted++;
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  await pool.query('drop table bench_insert');
  await pool.end();
  return inserted / 3;
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const round = (value: number) => Math.round(value * 10) / 10;

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      tickets: { type: 'string', default: join(ROOT, '../shared/data/tickets/tickets.csv') },
      stores: { type: 'string', default: join(ROOT, '../shared/data/tickets/stores.csv') },
      sales: { type: 'string', default: '3201' },
      visible: { type: 'string', default: '100' },
      drain: { type: 'string', default: '0' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const [count, samples, backlog, rounds] = [values.sales, values.visible, values.drain, values.rounds].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const dir = mkdtempSync(join(tmpdir(), 'atrium-bench-'));
  const graph = await startLocalGraph({ dir, group: DEMO_GROUP, report: (step) => console.log(step) });
  try {
    const { stores } = await seedDemo(graph.url, graph.token);
    const { service } = await groupClients(graph.url, DEMO_GROUP, graph.token);
    const cards = Array.from({ length: 1000 }, (_, i) => `BENCH${i}`);
    const members: string[] = [];
    for (let i = 0; i < cards.length; i += 500) {
      const made = await mustMutate<{ members: { member: { id: string } }[] }>(
        service,
        'enrolCards',
        { idempotencyKey: `bench-${i}`, cards: cards.slice(i, i + 500) },
        'members { member { id } }',
      );
      members.push(...made.members.map(({ member }) => member.id));
    }
    const house: House = { graph, service, members, stores: [...stores.values()].map(({ storeId }) => storeId) };
    await untilSettled({ natsUrl: graph.natsUrl, databases: graph.databases });
    const real =
      existsSync(values.tickets) && existsSync(values.stores)
        ? await ticketHouse(service, values.tickets, values.stores)
        : null;
    await throughput(house, [...syntheticSales(500, house.members, house.stores, 'warm-up')]);

    const rows: Record<string, number>[] = [];
    let sold = 0;
    for (let round = 1; round <= rounds; round++) {
      // The limit beside each round: the machine's speed drifts.
      const inserts = await insertRate(graph.databases.points);
      const sales = real
        ? await ticketSales(values.tickets, round, real)
        : [...syntheticSales(count, house.members, house.stores, `round-${round}`)];
      sold = sales.length;
      rows.push({ ...(await throughput(house, sales)), inserts_per_s: inserts });
    }
    const median = (key: string) =>
      at(
        rows.map((row) => row[key] ?? 0).sort((a, b) => a - b),
        0.5,
      );
    const latency = await visible(house, samples);
    const drained = backlog > 0 ? await drain(house, backlog) : null;
    console.table(
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, round(value)]))),
    );
    console.log(
      JSON.stringify({
        bench: 'thread',
        source: real ? 'tickets' : 'made up',
        sales: sold,
        sales_recorded_per_s: round(median('recorded_per_s')),
        sales_applied_per_s: round(median('applied_per_s')),
        machine_inserts_per_s: round(median('inserts_per_s')),
        visible_p50_ms: round(at(latency, 0.5)),
        visible_p99_ms: round(at(latency, 0.99)),
        ...(drained === null
          ? {}
          : { drain_sales: backlog, drain_s: round(drained), drain_100k_s: round((drained * 100_000) / backlog) }),
        cores: cpus().length,
        node: process.version,
      }),
    );
  } finally {
    await graph.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  process.exit(0);
});
