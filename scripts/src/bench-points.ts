// npm run bench:points: how fast points move, beside pgbench with the same statements in the same run. Medians of interleaved
// rounds, a table, one closing line of JSON. Options: --rounds N (5), --seconds S of each measurement (2), --members N (128000),
// --smoke (a moment of each, to see that it runs), --dir FOLDER (for the database; the system's temporary one).
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
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
      const { done, seconds: took } = await worker.run({ what, callers, seconds, members, of: members });
      note(`${what} ${callers}`, done / took);
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
          const whole = Math.max(1, Math.round(seconds));
          note(`${what} pgbench single`, await pgbench.run(`${what}-1`, 16, whole));
          note(`${what} pgbench batch`, BLOCK * (await pgbench.run(`${what}-${BLOCK}`, 4, whole)));
        }
        console.log(`round ${i} of ${rounds}`);
      }
    } finally {
      pgbench?.end();
      await worker.stop();
    }
    const of = (name: string) => round(median(rates.get(name) ?? []));
    const ratio = (name: string, limit: string) => (pgbench ? round(of(name) / of(limit), 2) : null);
    console.table(
      Object.fromEntries(
        KINDS.map((what) => [
          `${what}/s`,
          {
            ...Object.fromEntries(CALLERS.map((callers) => [`${callers} callers`, of(`${what} ${callers}`)])),
            'pgbench, 16 single': of(`${what} pgbench single`),
            'pgbench, 4 x batches of 64': of(`${what} pgbench batch`),
          },
        ]),
      ),
    );
    if (!pgbench)
      console.log('pgbench is not there: install the package postgresql-contrib (Debian) to see the limit.');
    console.log(
      JSON.stringify({
        bench: 'points',
        hold_vs_pgbench_single_16: ratio('pairs 16', 'pairs pgbench single'),
        hold_vs_pgbench_batch_64: ratio('pairs 64', 'pairs pgbench batch'),
        hold_vs_pgbench_batch_256: ratio('pairs 256', 'pairs pgbench batch'),
        pairs_per_s: of('pairs 256'),
        earn_per_s: of('earns 256'),
        machine_pairs_single_per_s: of('pairs pgbench single'),
        machine_pairs_batch_per_s: of('pairs pgbench batch'),
        machine_earns_batch_per_s: of('earns pgbench batch'),
        rounds,
        cores: cpus().length,
        node: process.version,
      }),
    );
  });
  process.exit(0);
});

/** A hold and its capture by the sale; a sale that earns. */
const KINDS = ['pairs', 'earns'] as const;
