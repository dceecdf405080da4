// npm run steady:gateway: the whole graph under steady load while it is worked on. Measures what it can take, then has callers ask at 70 %
// of that; each minute the supergraph file is replaced and, in turn, one subgraph is rolled: a second instance comes up, new connections
// go to it, the first is told to stop. No request may fail, and the gateway's memory may not grow. One line a minute, one closing line of
// JSON; ends with 1 when a request failed. Options: --minutes N (30), --share S (0.7), --connections N (16), --smoke (a short one),
// --roll points,coupon (all six), --unseen (instead of restarts and reloads: every document, token and value is one that the gateway has never seen).
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SERVICES, type ServiceName } from '@atrium/contracts';
import { type LocalGraph, ROOT, startLocalGraph, untilSettled } from '@atrium/testkit';
import { round } from './bench/figures';
import { memoryMb } from './bench/gateway/fleet';
import { Balancer } from './bench/steady/balancer';
import { CallersProcess } from './bench/steady/callers-process';
import { MemoryLog } from './bench/steady/memory-log';
import { makeWorld } from './bench/steady/world';
import { runCommand } from './command';
import { DEMO_GROUP } from './demo/seed';

const SUPERGRAPH = join(ROOT, 'gateway/supergraph.graphql');
const WARM_SECONDS = 8;
/** As in a deployment: an instance that stops answers this long before it closes anything. */
const SHUTDOWN_DELAY_MS = '6000';

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      share: { type: 'string', default: '0.7' },
      connections: { type: 'string', default: '16' },
      unseen: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      roll: { type: 'string', default: SERVICES.join(',') },
    },
  });
  const minutes = values.smoke ? 2 : Number(values.minutes);
  const everySeconds = values.smoke ? 20 : 60;
  const dir = mkdtempSync(join(tmpdir(), 'atrium-steady-'));
  const fronts = await startBalancers();
  const supergraph = join(dir, 'supergraph.graphql');
  writeFileSync(supergraph, readFileSync(SUPERGRAPH));
  const graph = await startLocalGraph({
    dir: join(dir, 'graph'),
    group: DEMO_GROUP,
    fronts: Object.fromEntries(SERVICES.map((name) => [name, fronts[name].url])),
    env: { SUPERGRAPH_PATH: supergraph, SUPERGRAPH_POLL_MS: '1000', SHUTDOWN_DELAY_MS, LOG_LEVEL: 'warn' },
  });
  const callers = new CallersProcess();
  let failed = 0;
  try {
    for (const name of SERVICES) fronts[name].balancer.turnTo(Number(new URL(graph.subgraphs[name]).port));
    const world = await makeWorld(graph);
    await untilSettled({ natsUrl: graph.natsUrl, databases: graph.databases });
    const job = { url: graph.url, world, connections: Number(values.connections), unseen: values.unseen };
    const capacity = await measureCapacity(callers, job, values.smoke ? 2 : WARM_SECONDS);
    const rate = capacity * Number(values.share);
    console.log(`capacity ${round(capacity)} a second; asking ${round(rate)} a second for ${minutes} minutes`);

    const memory = new MemoryLog(graph.process('gateway').pid);
    const work = values.unseen
      ? null
      : workOn(graph, fronts, supergraph, everySeconds, values.roll.split(',') as ServiceName[]);
    const total = { requests: 0, p99: 0, max: 0, by: {} as Record<string, number> };
    let minute = 0;
    await callers.run({ ...job, rate, seconds: minutes * everySeconds, everySeconds }, async (interval) => {
      const { requests, p50, p99, max, examples } = interval;
      const reloads = await reloadsOf(graph);
      const rss = memory.minute();
      total.requests += requests;
      total.p99 = Math.max(total.p99, p99);
      total.max = Math.max(total.max, max);
      for (const [code, count] of Object.entries(interval.failed)) {
        total.by[code] = (total.by[code] ?? 0) + count;
        failed += count;
      }
      const told = `rss ${round(rss.least)}-${round(rss.most)} MB, reloads ${reloads}, rolled ${work?.rolled() ?? 0}`;
      console.log(
        `minute ${++minute}: ${requests} requests, p50 ${round(p50, 1)} ms, p99 ${round(p99, 1)} ms, max ${round(max)} ms, ${told}, ` +
          `failed ${JSON.stringify(interval.failed)}`,
      );
      for (const example of examples) console.log(`  ${example}`);
    });
    const restarts = await work?.stop();
    const trend = memory.stop();
    console.log(
      JSON.stringify({
        bench: 'steady',
        minutes: (minutes * everySeconds) / 60,
        share: Number(values.share),
        unseen: values.unseen,
        capacity_per_s: round(capacity),
        requests: total.requests,
        failed,
        failed_by: total.by,
        p99_ms_worst_minute: round(total.p99, 1),
        max_ms: round(total.max),
        restarts: restarts ?? 0,
        reloads: await reloadsOf(graph),
        rss_mb_first: round(trend.first),
        rss_mb_last: round(trend.last),
        rss_mb_peak: round(memoryMb(graph.process('gateway').pid).peak),
        rss_mb_per_hour: round(trend.perHour, 1),
        node: process.version,
      }),
    );
  } finally {
    callers.stop();
    await graph.stop();
    for (const { balancer } of Object.values(fronts)) balancer.close();
    if (failed === 0) rmSync(dir, { recursive: true, force: true });
    else console.error(`logs: ${join(dir, 'graph', 'logs')}`);
  }
  process.exit(failed > 0 ? 1 : 0);
});

type Fronts = Record<ServiceName, { balancer: Balancer; url: string }>;

async function startBalancers(): Promise<Fronts> {
  const made = SERVICES.map(async (name) => {
    const balancer = new Balancer();
    return [name, { balancer, url: await balancer.listen() }] as const;
  });
  return Object.fromEntries(await Promise.all(made)) as Fronts;
}

/** Answers a second when each caller asks again at once; half of the time before it is not counted. */
async function measureCapacity(
  callers: CallersProcess,
  job: Omit<Parameters<CallersProcess['run']>[0], 'rate' | 'seconds' | 'everySeconds'>,
  seconds: number,
): Promise<number> {
  let requests = 0;
  for (const warm of [true, false]) {
    await callers.run({ ...job, rate: 0, seconds, everySeconds: seconds * 2 }, (interval) => {
      if (Object.keys(interval.failed).length > 0) {
        throw new Error(`requests fail before anything is touched: ${interval.examples.join('\n')}`);
      }
      if (!warm) requests += interval.requests;
    });
  }
  return requests / seconds;
}

/** A reload a third into each minute, one subgraph rolled from then on. */
function workOn(graph: LocalGraph, fronts: Fronts, supergraph: string, everySeconds: number, names: ServiceName[]) {
  const text = readFileSync(supergraph, 'utf8');
  let turn = 0;
  let rolled = 0;
  let busy: Promise<void> = Promise.resolve();
  const failures: unknown[] = [];
  const turnOver = async () => {
    const name = names[turn++ % names.length] as ServiceName;
    writeFileSync(`${supergraph}.next`, `${text}\n# ${turn}\n`);
    renameSync(`${supergraph}.next`, supergraph);
    const began = new Date();
    let turned = began;
    await graph.roll(name, (port) => {
      fronts[name].balancer.turnTo(port);
      turned = new Date();
    });
    rolled++;
    console.log(
      `${name}: next begun ${timeOf(began)}, ready ${timeOf(turned)}, the one before gone ${timeOf(new Date())}`,
    );
  };
  const inTurn = () => {
    busy = busy.then(turnOver).catch((error: unknown) => void failures.push(error));
  };
  const first = setTimeout(inTurn, (everySeconds * 1000) / 3);
  const timer = setInterval(inTurn, everySeconds * 1000);
  return {
    rolled: () => rolled,
    async stop(): Promise<number> {
      clearTimeout(first);
      clearInterval(timer);
      await busy;
      if (failures.length > 0) throw new AggregateError(failures, 'a subgraph could not be rolled');
      return rolled;
    },
  };
}

const timeOf = (at: Date) => at.toISOString().slice(11, 19);

async function reloadsOf(graph: LocalGraph): Promise<number> {
  const text = await (await fetch(new URL('/metrics', graph.url))).text();
  const of = (outcome: string) =>
    Number(new RegExp(`supergraph_reloads_total{outcome="${outcome}"} (\\d+)`).exec(text)?.[1] ?? 0);
  if (of('refused') > 0) throw new Error('the gateway refused a supergraph');
  return of('loaded');
}
