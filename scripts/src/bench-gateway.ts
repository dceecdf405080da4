// npm run bench:gateway: what one answer costs a gateway in processor time: Atrium's beside stock Apollo, the limits in Node.js and, where
// they are there, Hive Gateway and Hive Router. Gateways on one core, subgraphs and callers on the other; interleaved rounds, medians, a
// table, one closing line of JSON. Options: --rounds N (5), --seconds S of each measurement (4), --connections N (16), --peers (brings
// Hive Gateway from npm into the system's temporary folder; Hive Router comes by PATH or $HIVE_ROUTER), --smoke (one short round).
import { isDeepStrictEqual } from 'node:util';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  freePort,
  GATEWAY_NODE_OPTIONS,
  groupClients,
  groupIdOf,
  LOCAL_AUDIENCE,
  LOCAL_ISSUER,
  mustMutate,
  ROOT,
  startLocalGraph,
  untilSettled,
} from '@atrium/testkit';
import { cpuSeconds } from './bench/cpu';
import { median, round } from './bench/figures';
import { ask, type Contender, Fleet, GATEWAY_CORE, memoryMb, OTHER_CORE, peers, pin } from './bench/gateway/fleet';
import { composeBenchGraph, OPERATIONS } from './bench/gateway/graph';
import { runCommand } from './command';
import { DEMO_GROUP, seedDemo } from './demo/seed';

/** What the first screen of a member asks: one hop, six subgraphs. */
const HOME = `{ viewer { kind } me { id displayName points { available held growth } tier { tier { code name } validUntil }
  coupons(first: 5) { edges { node { id status } } } purchases(first: 3) { edges { node { id occurredAt } } }
  inbox(first: 3) { edges { node { id title } } } } }`;
const CALLERS = 64;

interface Scenario {
  name: 'light' | 'heavy' | 'home';
  query: string;
  contenders: Contender[];
  tokens: string[];
}

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '4' },
      connections: { type: 'string', default: '16' },
      peers: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
    },
  });
  const rounds = values.smoke ? 1 : Number(values.rounds);
  const seconds = values.smoke ? 0.5 : Number(values.seconds);
  const connections = Number(values.connections);
  const dir = mkdtempSync(join(tmpdir(), 'atrium-bench-'));
  const fleet = new Fleet(dir);
  const graph = await startLocalGraph({ dir: join(dir, 'graph'), group: DEMO_GROUP });
  try {
    const { member } = await seedDemo(graph.url, graph.token);
    const tokens = await tokensOf(graph, member.id);
    await untilSettled({ natsUrl: graph.natsUrl, databases: graph.databases });
    for (const name of Object.keys(graph.databases)) pin(graph.process(name as 'points').pid, OTHER_CORE);
    pin(graph.process('gateway').pid, GATEWAY_CORE);

    const subgraphs = (await fleet.own('subgraphs')).said;
    const supergraph = join(dir, 'supergraph.graphql');
    writeFileSync(supergraph, composeBenchGraph(subgraphs));
    const { memory, made } = await startContenders(fleet, graph, supergraph, dir, values.peers);
    const home = [made.homeStock, { name: 'atrium', pid: graph.process('gateway').pid, url: graph.url }];
    const scenarios: Scenario[] = [
      { name: 'light', query: OPERATIONS.light, contenders: made.gateways, tokens },
      { name: 'heavy', query: OPERATIONS.heavy, contenders: made.gateways, tokens },
      { name: 'home', query: HOME, contenders: home, tokens },
    ];
    await compareAnswers(scenarios);
    const requests = await startLimits(fleet, scenarios, subgraphs);

    const seen = new Map<string, number[]>();
    const note = (key: string, value: number) => seen.set(key, [...(seen.get(key) ?? []), value]);
    for (let i = 0; i <= rounds; i++) {
      // The round before the first warms up.
      for (const { name, query, contenders, tokens: all } of scenarios) {
        for (const who of ['shared', 'distinct'] as const) {
          for (const contender of contenders) {
            const before = cpuSeconds(contender.pid) ?? 0;
            const url = contender.url.replace('OPERATION', name);
            const callers = who === 'shared' ? all.slice(0, 1) : all;
            const {
              done,
              failed,
              seconds: took,
              p99,
            } = await fleet.run({ url, query, tokens: callers, connections, seconds });
            if (failed > 0) throw new Error(`${contender.name}: ${failed} of ${done} answers to ${name} had errors`);
            if (i === 0) continue;
            const key = `${name} ${who} ${contender.name}`;
            note(`${key} cpu`, (((cpuSeconds(contender.pid) ?? 0) - before) * 1e6) / done);
            note(`${key} rate`, done / took);
            note(`${key} p99`, p99);
          }
        }
      }
      if (i > 0) console.log(`round ${i} of ${rounds}`);
    }
    const of = (key: string) => median(seen.get(key) ?? []);
    const rows = scenarios.flatMap(({ name, contenders }) =>
      (['shared', 'distinct'] as const).flatMap((who) =>
        contenders.map((contender) => {
          const key = `${name} ${who} ${contender.name}`;
          const times = round(of(`${name} ${who} stock cpu`) / of(`${key} cpu`), 1);
          return [
            `${name}, ${who === 'shared' ? 'one caller' : `${CALLERS} callers`}: ${contender.name}`,
            {
              'us of processor': round(of(`${key} cpu`)),
              'x less than stock': times,
              'a second': round(of(`${key} rate`)),
              'p99 ms': round(of(`${key} p99`), 1),
            },
          ] as const;
        }),
      ),
    );
    console.table(Object.fromEntries(rows));
    const peak = Object.fromEntries(
      made.gateways.map(({ name, pid }) => [
        name,
        {
          'idle MB': round(memory.get(name) ?? 0),
          'most MB': round(memoryMb(pid).peak),
          'subgraph requests, light': requests[name]?.['light'],
          'subgraph requests, heavy': requests[name]?.['heavy'],
        },
      ]),
    );
    console.table(peak);
    const times = (name: string, who: string, peer: string) => {
      const [theirs, ours] = [of(`${name} ${who} ${peer} cpu`), of(`${name} ${who} atrium cpu`)];
      return theirs && ours ? round(theirs / ours, 2) : null;
    };
    const against = (who: string, suffix: string) => ({
      [`light_cpu_x_stock${suffix}`]: times('light', who, 'stock'),
      [`home_cpu_x_stock${suffix}`]: times('home', who, 'stock'),
      [`heavy_cpu_x_stock${suffix}`]: times('heavy', who, 'stock'),
      [`light_cpu_x_hive_router${suffix}`]: times('light', who, 'hive-router'),
      [`heavy_cpu_x_hive_router${suffix}`]: times('heavy', who, 'hive-router'),
      [`light_cpu_x_hive_gateway${suffix}`]: times('light', who, 'hive-gateway'),
      [`heavy_cpu_x_hive_gateway${suffix}`]: times('heavy', who, 'hive-gateway'),
      [`light_cpu_x_limit${suffix}`]: times('light', who, 'limit: parse'),
      [`heavy_cpu_x_limit${suffix}`]: times('heavy', who, 'limit: parse'),
    });
    console.log(
      JSON.stringify({
        bench: 'gateway',
        ...against('shared', ''),
        ...against('distinct', '_distinct'),
        light_cpu_us: round(of('light shared atrium cpu')),
        heavy_cpu_us: round(of('heavy shared atrium cpu')),
        home_cpu_us: round(of('home shared atrium cpu')),
        rss_idle_mb: round(memory.get('atrium') ?? 0),
        rss_peak_mb: peak['atrium']?.['most MB'],
        rss_peak_hive_router_mb: peak['hive-router']?.['most MB'] ?? null,
        heavy_requests: requests['atrium']?.['heavy'],
        heavy_requests_hive_router: requests['hive-router']?.['heavy'] ?? null,
        rounds,
        cores: cpus().length,
        node: process.version,
      }),
    );
  } finally {
    await fleet.stop();
    await graph.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  process.exit(0);
});

type Graph = Awaited<ReturnType<typeof startLocalGraph>>;

/** The demo's member, who has bought something, and others who are new, each with an own token. */
async function tokensOf(graph: Graph, first: string): Promise<string[]> {
  const { service, admin } = await groupClients(graph.url, DEMO_GROUP, graph.token);
  const { malls } = await admin.ask<{ malls: { id: string }[] }>('{ malls { id } }');
  const group = groupIdOf(DEMO_GROUP);
  const tokenOf = (member: string) => graph.token(member, { kind: 'MEMBER', group, member });
  const others = Array.from({ length: CALLERS - 1 }, async (_, i) => {
    const { member } = await mustMutate<{ member: { id: string } }>(
      service,
      'registerMember',
      {
        idempotencyKey: `bench:${i}`,
        homeMallId: malls[0]?.id,
        phone: `+86139001${String(38000 + i)}`,
        displayName: `Caller ${i}`,
        locale: 'en',
      },
      'member { id }',
    );
    return tokenOf(member.id);
  });
  return Promise.all([tokenOf(first), ...others]);
}

async function startContenders(fleet: Fleet, graph: Graph, supergraph: string, dir: string, bring: boolean) {
  const port = async () => String(await freePort());
  const listening = async () => {
    const PORT = await port();
    return { PORT, url: `http://127.0.0.1:${PORT}/graphql` };
  };
  const gateways: Contender[] = [];
  const stock = await listening();
  const { pid } = await fleet.own('stock', { PORT: stock.PORT, SUPERGRAPH_PATH: supergraph }, GATEWAY_CORE);
  gateways.push({ name: 'stock', pid, url: `http://127.0.0.1:${stock.PORT}/` });

  const atrium = await listening();
  const started = await fleet.start(
    'atrium',
    [process.execPath, ...GATEWAY_NODE_OPTIONS, join(ROOT, 'gateway/dist/main.js')],
    {
      NODE_ENV: 'production',
      PORT: atrium.PORT,
      SUPERGRAPH_PATH: supergraph,
      CALLER_ISSUER: LOCAL_ISSUER,
      CALLER_AUDIENCE: LOCAL_AUDIENCE,
      CALLER_JWKS: join(dir, 'graph', 'jwks.json'),
      SUBGRAPH_TOKEN_KEY: JSON.stringify(graph.keys.gateway),
      // The others price nothing, and every answer of the benchmark is wanted.
      MAX_COST: '1000000000',
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
    },
    GATEWAY_CORE,
    `http://127.0.0.1:${atrium.PORT}/readyz`,
  );
  gateways.push({ name: 'atrium', pid: started.pid, url: atrium.url });

  const { hiveGateway, hiveRouter } = peers(dir, bring);
  if (hiveGateway) {
    const { PORT, url } = await listening();
    const command = [...hiveGateway, 'supergraph', supergraph, '--port', PORT, '--host', '127.0.0.1', '--fork', '1'];
    const hive = await fleet.start('hive-gateway', command, { NODE_ENV: 'production' }, GATEWAY_CORE, url);
    gateways.push({ name: 'hive-gateway', pid: hive.pid, url });
  } else console.log('Hive Gateway is not measured: --peers brings it from npm.');
  if (hiveRouter) {
    const { PORT, url } = await listening();
    const config = join(dir, 'router.config.yaml');
    writeFileSync(
      config,
      `supergraph:\n  source: file\n  path: ${supergraph}\nhttp:\n  host: 127.0.0.1\n  port: ${PORT}\nlog:\n  level: error\n`,
    );
    const hive = await fleet.start('hive-router', [hiveRouter, config], {}, GATEWAY_CORE, url);
    gateways.push({ name: 'hive-router', pid: hive.pid, url });
  } else
    console.log('Hive Router is not measured: docs/performance.md says how to build it, then PATH or $HIVE_ROUTER.');

  const homeEnv = {
    PORT: await port(),
    SUPERGRAPH_PATH: join(ROOT, 'gateway/supergraph.graphql'),
    SUBGRAPH_URLS: JSON.stringify(graph.subgraphs),
    SUBGRAPH_TOKEN_KEY: JSON.stringify(graph.keys.gateway),
  };
  const homeStock = await fleet.own('stock', homeEnv, GATEWAY_CORE);
  const memory = new Map(gateways.map(({ name, pid: of }) => [name, memoryMb(of).now]));
  return {
    memory,
    made: { gateways, homeStock: { name: 'stock', pid: homeStock.pid, url: `http://127.0.0.1:${homeEnv.PORT}/` } },
  };
}

/** Nothing is measured before everybody says the same. */
async function compareAnswers(scenarios: Scenario[]): Promise<void> {
  for (const { name, query, contenders, tokens } of scenarios) {
    const [first, ...others] = contenders;
    const expected = await ask(first?.url ?? '', query, tokens[0]);
    for (const other of others) {
      const answer = await ask(other.url, query, tokens[0]);
      if (!isDeepStrictEqual(answer, expected)) throw new Error(`${other.name} answers ${name} otherwise than stock`);
    }
    console.log(
      `${name}: ${Buffer.byteLength(JSON.stringify(expected))} bytes, the same from ${contenders.map((one) => one.name).join(', ')}`,
    );
  }
}

/** The limits send what Atrium's gateway was heard to send. */
async function startLimits(
  fleet: Fleet,
  scenarios: Scenario[],
  subgraphs: Record<string, string>,
): Promise<Record<string, Record<string, number>>> {
  const [anyUrl = ''] = Object.values(subgraphs);
  const control = (path: string) => new URL(path, anyUrl).href;
  const sent: Record<string, { url: string; body: string }[]> = {};
  const requests: Record<string, Record<string, number>> = {};
  for (const { name, query, contenders, tokens } of scenarios.filter((one) => one.name !== 'home')) {
    for (const contender of contenders) {
      await fetch(control('/record'));
      await ask(contender.url, query, tokens[0]);
      const bodies = (await (await fetch(control('/recorded'))).json()) as { subgraph: string; body: string }[];
      requests[contender.name] = { ...requests[contender.name], [name]: bodies.length };
      if (contender.name === 'atrium')
        sent[name] = bodies.map(({ subgraph, body }) => ({ url: subgraphs[subgraph] ?? '', body }));
    }
  }
  const port = await freePort();
  const { pid } = await fleet.own('limit', { PORT: String(port), SENT: JSON.stringify(sent) }, GATEWAY_CORE);
  for (const scenario of scenarios.filter((one) => one.name !== 'home')) {
    for (const how of ['parse', 'join'])
      scenario.contenders = [
        ...scenario.contenders,
        { name: `limit: ${how}`, pid, url: `http://127.0.0.1:${port}/${how}/OPERATION` },
      ];
  }
  return requests;
}
