// npm run import:sales: a till export into the graph. Columns, options and what happens twice: docs/how-to/import-sales.md.
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isCurrencyCode, isTimeZone } from '@atrium/kernel';
import {
  graphqlClient,
  type GraphQLClient,
  readState,
  serviceClaim,
  untilSettled,
  UsageError,
} from '@atrium/platform/operator';
import { runCommand } from './command';
import { enrolCards } from './import/members';
import { ensureStores, readStores } from './import/organisation';
import { startProgress } from './import/progress';
import { sendBatch } from './import/send';
import { summarise } from './import/summary';
import { type BadTicket, readTickets, type Ticket } from './import/tickets';
import { localClient } from './local-client';

const HELP = `npm run import:sales -- FILE.csv --stores STORES.csv --source NAME --zone ZONE [options]
  --create-missing    create malls, merchants and stores of STORES.csv, and members for cards that nobody has
  --wait              wait until every consumer has caught up before the summary
  --rejects FILE      where bad rows go (FILE.rejects.csv)
  --currency CODE     of the amounts (CNY)
  --batch N           sales in one request, 1 to 500 (100)
  --group CODE        mall group (the running graph's)
  --url URL --token TOKEN   another graph than the one running here`;

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        stores: { type: 'string' },
        source: { type: 'string' },
        zone: { type: 'string' },
        'create-missing': { type: 'boolean', default: false },
        wait: { type: 'boolean', default: false },
        rejects: { type: 'string' },
        currency: { type: 'string', default: 'CNY' },
        batch: { type: 'string', default: '100' },
        group: { type: 'string' },
        url: { type: 'string' },
        token: { type: 'string' },
      },
    });
    const [file] = positionals;
    const { stores, source, zone } = values;
    if (!file || positionals.length !== 1 || !stores || !source || !zone) throw new UsageError(HELP);
    const batch = Number(values.batch);
    if (!Number.isInteger(batch) || batch < 1 || batch > 500) throw new UsageError('--batch must be 1 to 500');
    for (const path of [file, stores]) if (!existsSync(path)) throw new UsageError(`There is no file ${path}`);
    if (!isTimeZone(zone)) throw new UsageError(`--zone ${zone} is no IANA time zone, like America/New_York`);
    if (!isCurrencyCode(values.currency)) throw new UsageError(`--currency ${values.currency} is no ISO 4217 code`);
    return { ...values, file, stores, source, zone, batch };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
}

const CONCURRENT = 2;

runCommand(async () => {
  const options = readOptions();
  const client = async (): Promise<GraphQLClient> => {
    if (options.url) return graphqlClient(options.url, options.token);
    return localClient(`import:${options.source}`, serviceClaim(options.group ?? readState().group, options.source));
  };

  // First pass: what is in the file, so that the second can say how long it takes.
  const cards = new Set<string>();
  const storeCodes = new Set<string>();
  const ids: string[] = [];
  let earliest = '';
  for await (const read of readTickets(options.file, options.zone, options.currency)) {
    if (!('ticket' in read)) continue;
    ids.push(read.ticket.ticketNo);
    if (earliest === '' || read.ticket.occurredAt < earliest) earliest = read.ticket.occurredAt;
    storeCodes.add(read.ticket.storeCode);
    if (read.ticket.cardNo !== null) cards.add(read.ticket.cardNo);
  }
  const rows = (await readStores(options.stores)).filter((row) => storeCodes.has(row.store_code));
  const stores = await ensureStores(await client(), rows, {
    create: options['create-missing'],
    zone: options.zone,
    currency: options.currency,
    source: options.source,
  });
  const homeMallId = stores.values().next().value?.mallId ?? null;
  const members = options['create-missing']
    ? await enrolCards(await client(), [...cards], { homeMallId, joinedAt: earliest }, options.source)
    : { ids: new Map<string, string>(), created: 0 };

  let stopped = false;
  process.once('SIGINT', () => {
    stopped = true;
    process.stderr.write('\nStopping after the batches under way; run the same command again to go on.\n');
  });
  const rejects: BadTicket[] = [];
  const total = { recorded: 0, duplicates: 0 };
  const progress = startProgress('sales', ids.length);
  const context = { source: options.source, currency: options.currency, stores, members: members.ids };
  const running = new Set<Promise<void>>();
  const started = Date.now();
  let done = 0;
  const send = async (batch: Ticket[]): Promise<void> => {
    const result = await sendBatch(client, batch, context);
    total.recorded += result.recorded;
    total.duplicates += result.duplicates;
    for (const { ticket, reason } of result.refused)
      rejects.push({ fileLine: ticket.fileLine, ticketNo: ticket.ticketNo, reason });
    done += batch.length;
    progress.update(done);
  };
  let batch: Ticket[] = [];
  const flush = async () => {
    const next = batch;
    batch = [];
    if (next.length === 0) return;
    const sending: Promise<void> = send(next).finally(() => running.delete(sending));
    running.add(sending);
    if (running.size >= CONCURRENT) await Promise.race(running);
  };
  for await (const read of readTickets(options.file, options.zone, options.currency)) {
    if (stopped) break;
    if ('bad' in read) {
      rejects.push(read.bad);
    } else if (!stores.has(read.ticket.storeCode)) {
      rejects.push({
        fileLine: read.ticket.fileLine,
        ticketNo: read.ticket.ticketNo,
        reason: `store ${read.ticket.storeCode} is not known`,
      });
    } else {
      batch.push(read.ticket);
      if (batch.length === options.batch) await flush();
    }
  }
  if (!stopped) await flush();
  await Promise.all(running);
  progress.finish();
  const sentSeconds = (Date.now() - started) / 1000;

  const rejectsFile = options.rejects ?? `${options.file.replace(/\.csv$/, '')}.rejects.csv`;
  if (rejects.length > 0) {
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const lines = rejects.map(({ fileLine, ticketNo, reason }) => [fileLine, quote(ticketNo), quote(reason)].join(','));
    writeFileSync(rejectsFile, `line,ticket_no,reason\n${lines.join('\n')}\n`);
  }
  if (options.wait) {
    if (options.url)
      throw new UsageError('--wait needs the graph that runs here: it looks at its databases and streams.');
    await untilSettled(readState(), { timeoutMs: 600_000 });
  }
  const appliedSeconds = (Date.now() - started) / 1000;
  const summary = await summarise(await client(), options.source, ids, options.currency);
  console.table({
    'sales in the file': ids.length,
    'recorded now': total.recorded,
    'recorded before (duplicates)': total.duplicates,
    rejected: rejects.length,
    'members created': members.created,
    'sales in the graph': summary.sales,
    [`paid, ${options.currency}`]: summary.paid,
    points: summary.points.toString(),
    growth: summary.growth.toString(),
    'sales whose points are on their way': summary.waiting,
    'tier changes': summary.tierChanges,
    'coupons granted': summary.coupons,
    messages: summary.messages,
    postings: summary.postings,
    'seconds to record': sentSeconds.toFixed(1),
    ...(options.wait ? { 'seconds until applied everywhere': appliedSeconds.toFixed(1) } : {}),
  });
  if (rejects.length > 0) console.log(`Rejected rows: ${rejectsFile}`);
  if (stopped) process.exit(130);
});
