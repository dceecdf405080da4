// npm run bench:points: how fast points move, beside pgbench with the same statements in the same run. Medians of interleaved
// rounds, a table, one closing line of JSON. Options: --rounds N (5), --seconds S of each measurement (2), --members N (128000),
// --smoke (a moment of each, to see that it runs), --dir FOLDER (for the database; the system's temporary one).
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { cpuSeconds } from './bench/cpu';
import { median, round } from './bench/figures';
import { findPgbench, Pgbench } from './bench/pgbench';
import { pointsDatabase, withPostgres } from './bench/postgres';
import type { Recorded } from './bench/worker';
import { runCommand } from './command';

const CALLERS = [1, 16, 64, 256];
const BLOCK = 64;

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      members: { type: 'string', default: '128000' },
      smoke: { type: 'boolean', default: false },
      dir: { type: 'string' },
    },
  });
  const rounds = values.smoke ? 1 : Number(values.rounds);
  const seconds = values.smoke ? 0.3 : Number(values.seconds);
  const members = values.smoke ? 6_400 : Number(values.members);
  const binary = findPgbench();
  await withPostgres(values.dir, async (postgres) => {
    const database = await pointsDatabase(postgres, 'bench_points');
    const { worker } = database;
    await worker.ask({ do: 'members', members, lots: 3, entries: 5, lapsed: false });
    const pgbench = binary ? new Pgbench(binary, database, Math.floor(members / BLOCK)) : null;
    const rates = new Map<string, number[]>();
    const note = (name: string, rate: number) => rates.set(name, [...(rates.get(name) ?? []), rate]);
    const load = async (what: string, callers: number) => {
      const before = cpuSeconds(postgres.pid);
      const { done, seconds: took, cpuUs } = await worker.run({ what, callers, seconds, members, of: members });
      note(`${what} ${callers}`, done / took);
      note(`${what} ${callers} node`, cpuUs);
      noteDatabase(`${what} ${callers} db`, before, done);
    };
    const noteDatabase = (name: string, before: number | null, done: number) => {
      const after = cpuSeconds(postgres.pid);
      if (before !== null && after !== null && done > 0) note(name, ((after - before) * 1e6) / done);
    };
    const limit = async (what: string, batch: number, clients: number) => {
      const before = cpuSeconds(postgres.pid);
      const started = performance.now();
      const rate = batch * ((await pgbench?.run(`${what}-${batch}`, clients, Math.max(1, Math.round(seconds)))) ?? 0);
      note(`${what} pgbench ${batch}`, rate);
      noteDatabase(`${what} pgbench ${batch} db`, before, (rate * (performance.now() - started)) / 1000);
    };
    try {
      for (const what of KINDS) {
        for (const batch of pgbench ? [1, BLOCK] : [])
          await pgbench?.prepare(`${what}-${batch}`, await worker.ask<Recorded[][]>({ do: 'record', what, batch }));
        await load(what, 64);
      }
      rates.clear();
      for (let i = 1; i <= rounds; i++) {
        for (const what of KINDS) {
          for (const callers of CALLERS) await load(what, callers);
          if (!pgbench) continue;
          await limit(what, 1, 16);
          await limit(what, BLOCK, 4);
        }
        console.log(`round ${i} of ${rounds}`);
      }
    } finally {
      pgbench?.end();
      await worker.stop();
    }
    const of = (name: string) => round(median(rates.get(name) ?? []));
    const ratio = (name: string, limit: string) => (pgbench ? round(of(name) / of(limit), 2) : null);
    const columns = { 'pgbench, 16 x 1': 'pgbench 1', 'pgbench, 4 x 64': `pgbench ${BLOCK}` };
    const names = {
      ...Object.fromEntries(CALLERS.map((n) => [`${n} callers`, String(n)])),
      ...(pgbench ? columns : {}),
    };
    const row = (what: string, unit: string) =>
      Object.fromEntries(Object.entries(names).map(([title, name]) => [title, of(`${what} ${name}${unit}`)]));
    console.table(
      Object.fromEntries(
        KINDS.flatMap((what) => [
          [`${what} a second`, row(what, '')],
          [`${what}: us of Node.js`, row(what, ' node')],
          [`${what}: us of PostgreSQL`, row(what, ' db')],
        ]),
      ),
    );
    if (!pgbench)
      console.log('pgbench is not there: install the package postgresql-contrib (Debian) to see the limit.');
    console.log(
      JSON.stringify({
        bench: 'points',
        hold_vs_pgbench_single_16: ratio('pairs 16', 'pairs pgbench 1'),
        hold_vs_pgbench_batch_64: ratio('pairs 64', 'pairs pgbench 64'),
        hold_vs_pgbench_batch_256: ratio('pairs 256', 'pairs pgbench 64'),
        redeem_vs_pgbench_single_16: ratio('redemptions 16', 'redemptions pgbench 1'),
        redeem_vs_pgbench_batch_64: ratio('redemptions 64', 'redemptions pgbench 64'),
        pairs_per_s: of('pairs 256'),
        redemptions_per_s: of('redemptions 256'),
        earn_per_s: of('earns 256'),
        machine_pairs_single_per_s: of('pairs pgbench 1'),
        machine_pairs_batch_per_s: of('pairs pgbench 64'),
        machine_earns_batch_per_s: of('earns pgbench 64'),
        rounds,
        cores: cpus().length,
        node: process.version,
      }),
    );
  });
  process.exit(0);
});

/** A hold of an order and its capture; points spent at once; a sale that earns. */
const KINDS = ['pairs', 'redemptions', 'earns'] as const;
