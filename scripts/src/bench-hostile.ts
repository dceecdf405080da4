// npm run bench:hostile: one good caller asks a small query without a pause, alone and beside each kind of hostile traffic: what becomes
// of its p50 and p99, what a hostile request costs the gateway in processor time, how much memory it ever took. Gateway on one core,
// everybody else on the other, all on 127.0.0.1. A table and a closing line of JSON. Options: --seconds S of each (4), --smoke (half a
// second each), --only TEXT (kinds whose name contains it).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, LOCAL_AUDIENCE, LOCAL_ISSUER, ROOT } from '@atrium/testkit';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { cpuSeconds } from './bench/cpu';
import { median, round } from './bench/figures';
import { type Answers, ask, Fleet, GATEWAY_CORE, memoryMb } from './bench/gateway/fleet';
import { composeBenchGraph, OPERATIONS } from './bench/gateway/graph';
import { ATTACKS } from './bench/hostile/attacks';
import { MOODY } from './bench/hostile/moods';
import { runCommand } from './command';

const SLOWLORIS = '500 connections that dribble';

interface Row {
  alone: Answers;
  beside: Answers;
  statuses: Record<string, number>;
  hostileCpuUs: number;
  rssMb: number;
}

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '4' },
      smoke: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  const seconds = values.smoke ? 0.5 : Number(values.seconds);
  const dir = mkdtempSync(join(tmpdir(), 'atrium-hostile-'));
  const fleet = new Fleet(dir);
  try {
    const { url, pid, token } = await startGateway(fleet, dir);
    const attacker = fleet.lines('hostile/attacker');
    await ask(url, OPERATIONS.light, token);
    const good = () => fleet.run({ url, query: OPERATIONS.light, tokens: [token], connections: 1, seconds });
    await good(); // warm

    const rows = new Map<string, Row>();
    for (const name of [...ATTACKS.map((attack) => attack.name), SLOWLORIS].filter((one) =>
      one.includes(values.only),
    )) {
      const cpu = () => (cpuSeconds(pid) ?? 0) * 1e6;
      const before = cpu();
      const alone = await good();
      const each = (cpu() - before) / alone.done;
      await attacker.tell({ ...(name === SLOWLORIS ? {} : { name }), url, seconds: seconds + 0.2 });
      const began = cpu();
      const beside = await good();
      const spent = cpu() - began - each * beside.done;
      const statuses = (await attacker.next()) as Record<string, number>;
      const sent = Object.values(statuses).reduce((sum, count) => sum + count, 0);
      rows.set(name, { alone, beside, statuses, hostileCpuUs: Math.max(0, spent / sent), rssMb: memoryMb(pid).now });
      console.log(`${name}: ${round(alone.p99, 1)} -> ${round(beside.p99, 1)} ms`);
    }
    report(rows, memoryMb(pid).peak, seconds);
  } finally {
    await fleet.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  process.exit(0);
});

function report(rows: ReadonlyMap<string, Row>, peakMb: number, seconds: number): void {
  const table = [...rows].map(([name, { alone, beside, statuses, hostileCpuUs, rssMb }]) => [
    name,
    {
      'p50 alone': round(alone.p50, 1),
      'p50 beside': round(beside.p50, 1),
      'p99 alone': round(alone.p99, 1),
      'p99 beside': round(beside.p99, 1),
      failed: beside.failed,
      'us each': round(hostileCpuUs),
      answered: Object.entries(statuses)
        .map(([status, count]) => `${status}: ${count}`)
        .join(', '),
      'RSS MB': round(rssMb),
    },
  ]);
  console.table(Object.fromEntries(table));
  const all = [...rows.values()];
  const worst = (of: (row: Row) => number) => Math.max(...all.map(of));
  const [slowest] = [...rows].sort(([, a], [, b]) => b.beside.p99 - a.beside.p99);
  console.log(
    JSON.stringify({
      bench: 'hostile',
      p50_alone_ms: round(median(all.map(({ alone }) => alone.p50)), 2),
      p99_alone_ms: round(median(all.map(({ alone }) => alone.p99)), 2),
      p50_beside_ms: round(median(all.map(({ beside }) => beside.p50)), 2),
      p99_beside_ms: round(median(all.map(({ beside }) => beside.p99)), 2),
      p50_beside_worst_ms: round(
        worst(({ beside }) => beside.p50),
        2,
      ),
      p99_beside_worst_ms: round(
        worst(({ beside }) => beside.p99),
        2,
      ),
      worst_kind: slowest?.[0],
      good_failed: all.reduce((sum, { beside }) => sum + beside.failed, 0),
      rss_peak_mb: round(peakMb),
      kinds: rows.size,
      seconds,
      cores: cpus().length,
      node: process.version,
    }),
  );
}

/** The limits are those that nobody has configured, except how often somebody may ask: the hostile have as many names as they like. */
async function startGateway(fleet: Fleet, dir: string): Promise<{ url: string; pid: number; token: string }> {
  const { said: subgraphs } = await fleet.own('subgraphs');
  const { said: moody } = await fleet.own('hostile/moody');
  const supergraph = join(dir, 'supergraph.graphql');
  writeFileSync(supergraph, composeBenchGraph({ ...subgraphs, ...moody }, { moody: MOODY }));
  const caller = await generateKeyPair('EdDSA', { extractable: true });
  const own = await generateKeyPair('EdDSA', { extractable: true });
  const jwks = join(dir, 'jwks.json');
  writeFileSync(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(caller.publicKey)), alg: 'EdDSA' }] }));
  const PORT = String(await freePort());
  const env = {
    NODE_ENV: 'production',
    PORT,
    SUPERGRAPH_PATH: supergraph,
    CALLER_ISSUER: LOCAL_ISSUER,
    CALLER_AUDIENCE: LOCAL_AUDIENCE,
    CALLER_JWKS: jwks,
    SUBGRAPH_TOKEN_KEY: JSON.stringify(await exportJWK(own.privateKey)),
    RATE_LIMITS: '{"badTokens":"120/m"}',
    TRUSTED_PROXIES: '1',
    SUBGRAPH_TIMEOUT_MS: '2000',
    LOG_LEVEL: 'error',
  };
  const command = [process.execPath, join(ROOT, 'gateway/dist/main.js')];
  const { pid } = await fleet.start('atrium', command, env, GATEWAY_CORE, `http://127.0.0.1:${PORT}/readyz`);
  const token = await new SignJWT({ atrium: { kind: 'SERVICE', permissions: [] } })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(LOCAL_ISSUER)
    .setAudience(LOCAL_AUDIENCE)
    .setSubject('good')
    .setExpirationTime('1h')
    .sign(caller.privateKey);
  return { url: `http://127.0.0.1:${PORT}/graphql`, pid, token };
}
