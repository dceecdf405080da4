// A mall with a recording of its own behind a line that is cut under load.
import { setTimeout } from 'node:timers/promises';
import { type GraphQLClient, groupClients, signCallerToken, untilSettled } from '@atrium/testkit';
import { type Attached, attached, forward } from '../attach';
import { checkLedger } from '../ledger';
import { until } from '../pods';
import { rows } from '../rows';
import { SITE, type Sites } from './install';
import { cut, silence } from './line';
import { GROUP, makeMall, REFUND, sell } from './till';

const SILENT_SECONDS = 15;
const CATCH_UP_SECONDS = 900;

export interface Cut extends Sites {
  minutes: number;
  /** Sales of a second. */
  rate: number;
}

type Fact = { id: string; external_id: string };

/** What the hub and the site have of this run. */
interface Books {
  atHub(what?: What): Promise<Fact[]>;
  atSite(what?: What): Promise<Fact[]>;
  /** How many of these sales were rated, counted as often as they were. */
  rated(ids: string[]): Promise<number>;
}
type What = 'purchase' | 'refund';

function openBooks(hub: Attached['state']['databases'], site: string, run: string): Books {
  const facts = (database: string, what: What) =>
    rows<Fact>(
      database,
      `select id, external_id from ${what} where source_system = $1 and starts_with(external_id, $2)`,
      [SITE, `${what === 'refund' ? REFUND : ''}${run}-`],
    );
  return {
    atHub: (what = 'purchase') => facts(hub['merchant-settlement'], what),
    atSite: (what = 'purchase') => facts(site, what),
    rated: async (ids) =>
      (await rows(hub.points, 'select 1 from purchase_earn where purchase_id = any($1)', [ids])).length,
  };
}

/** What was acknowledged against what is at the hub, and what that has rated. */
async function balance(books: Books, kept: ReadonlySet<string>) {
  const sales = await books.atHub();
  const numbers = new Set(sales.map(({ external_id }) => external_id));
  const rated = await books.rated(sales.map(({ id }) => id));
  return {
    after: sales.length,
    lost: [...kept].filter((number) => !numbers.has(number)).length + Math.max(0, numbers.size - rated),
    doubled: sales.length - numbers.size + Math.max(0, rated - numbers.size),
  };
}

/** The same of refunds: acknowledged, at the site, and at the hub. */
async function refunds(books: Books, returned: ReadonlySet<string>) {
  const [hub, site] = [await books.atHub('refund'), await books.atSite('refund')];
  const at = (facts: Fact[]) => new Set(facts.map(({ external_id }) => external_id));
  const [atHub, atSite] = [at(hub), at(site)];
  const due = new Set([...returned, ...atSite]);
  return {
    hub: hub.length,
    site: site.length,
    lost: [...due].filter((number) => !atHub.has(number) || !atSite.has(number)).length,
    doubled: hub.length - atHub.size + site.length - atSite.size + [...atHub].filter((one) => !due.has(one)).length,
  };
}

async function refusedAtOnce(till: GraphQLClient, checkoutId: string): Promise<string> {
  const asked = performance.now();
  const { errors } = await till.send(
    'mutation ($i: CancelCheckoutInput!) { cancelCheckout(input: $i) { __typename } }',
    { i: { idempotencyKey: 'x', checkoutId } },
  );
  const code = (errors?.[0]?.extensions as { code?: string } | undefined)?.code;
  if (code !== 'ONLY_AT_HUB') throw new Error(`answered ${code}`);
  return `${code} in ${(performance.now() - asked).toFixed(0)} ms`;
}

export const cutTheLine = (all: Cut): Promise<void> =>
  attached(all.hub, GROUP, async (graph) => {
    const { hub, site, report, image } = all;
    const gateway = await forward(site, `${site.name}-gateway`, 80);
    const postgres = await forward(site, `${site.name}-postgres`, 5432);
    const worker = await forward(hub, `${hub.name}-merchant-settlement-worker`, 8080);
    try {
      const operator = await site.secret(`${site.name}-operator`);
      const logins = JSON.parse(operator['CHECK_DATABASE_URLS'] ?? '{}') as Record<string, string>;
      const own = new URL(logins['merchant-settlement'] ?? '');
      own.host = `127.0.0.1:${postgres.port}`;
      await sellThroughACut(all, graph, `http://127.0.0.1:${gateway.port}/graphql`, own.href, worker.port);
    } finally {
      for (const one of [gateway, postgres, worker]) one.stop();
    }
    await report.check('the ledger check at the hub', () => checkLedger(hub, image));
  });

async function sellThroughACut(
  { report, hub, site, minutes, rate }: Cut,
  graph: Attached,
  gateway: string,
  ownDatabase: string,
  metrics: number,
): Promise<void> {
  // Of this run alone: one before may have left its sales.
  const run = Date.now().toString(36);
  const books = openBooks(graph.state.databases, ownDatabase, run);
  const atHub = async () => (await books.atHub()).length;
  const mall = await makeMall(graph);
  const clients = await groupClients(gateway, GROUP, (subject, claim) => signCallerToken(graph.keys, subject, claim));
  const till = await clients.till(mall.storeId);
  const load = sell(till, run, mall, rate);
  let mend: (() => Promise<void>) | undefined;
  try {
    await report.check('the site records and the hub hears', () =>
      until('sales at the hub', 180, async () => (await atHub()) > 5),
    );
    mend = await cut(hub, site);
    await report.check('the line is cut', async () => {
      await until('the hub hears nothing', 120, async () => (await silence(metrics)) > SILENT_SECONDS);
      return `silent for ${(await silence(metrics)).toFixed(0)} s by atrium_site_link_silent_seconds`;
    });
    const before = { hub: await atHub(), kept: load.kept.size };
    let shortest = Infinity;
    for (const end = Date.now() + minutes * 60_000; Date.now() < end; await setTimeout(5_000))
      shortest = Math.min(shortest, await silence(metrics));
    const during = { hub: await atHub(), kept: load.kept.size };
    await report.check('coupons are refused at the site at once', () => refusedAtOnce(till, mall.storeId));
    await mend();
    mend = undefined;
    const mended = Date.now();
    await load.stop();
    const [sold, returned] = [(await books.atSite()).length, (await books.atSite('refund')).length];
    const caughtUp = async () => (await atHub()) >= sold && (await books.atHub('refund')).length >= returned;
    await report.check('the hub has caught up', () =>
      until('as many sales and refunds at the hub as at the site', CATCH_UP_SECONDS, caughtUp, 500),
    );
    const seconds = (Date.now() - mended) / 1000;
    await untilSettled(graph.state, { timeoutMs: CATCH_UP_SECONDS * 1000 });
    const { after, lost, doubled } = await balance(books, load.kept);
    const back = await refunds(books, load.returned);
    report.table([
      { what: 'minutes without a line', count: minutes },
      {
        what: 'least silence that the hub measured meanwhile, s',
        count: shortest === Infinity ? 'for ever' : shortest.toFixed(0),
      },
      { what: 'sales recorded at the site during the cut', count: during.kept - before.kept },
      { what: 'sales at the hub when it was cut', count: before.hub },
      { what: 'sales at the hub when it was mended', count: during.hub },
      { what: 'sales at the hub in the end', count: after },
      { what: 'seconds to catch up', count: seconds.toFixed(1) },
      { what: 'sales that tills were refused', count: load.failed.length },
      { what: 'sales doubled', count: doubled },
      { what: 'sales lost', count: lost },
      { what: 'refunds acknowledged', count: load.returned.size },
      { what: 'refunds at the site', count: back.site },
      { what: 'refunds at the hub', count: back.hub },
      { what: 'refunds doubled', count: back.doubled },
      { what: 'refunds lost', count: back.lost },
    ]);
    await report.check('the hub heard nothing meanwhile', async () => {
      if (during.hub !== before.hub || !(shortest >= SILENT_SECONDS))
        throw new Error('the line was not down all the time');
    });
    await report.check('nothing lost, nothing doubled, nothing refused', async () => {
      const sum = lost + doubled + back.lost + back.doubled;
      const nobody = load.returned.size === 0 ? ['nothing was given back: this proves nothing of refunds'] : [];
      const wrong = [...load.failed.slice(0, 5), ...nobody, ...(sum === 0 ? [] : ['see the table'])];
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
    });
  } finally {
    await mend?.().finally(() => load.stop());
    await load.stop();
  }
}
