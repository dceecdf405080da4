// npm run bench:growth: what a hold, an earn and a look at the account cost with 10 thousand, 1 million and 10 million members.
// Rows are made in the database. Interleaved rounds, medians, a table, one closing line of JSON. Options: --sizes 10000,1000000,10000000,
// --rounds N (5), --seconds S of each measurement (2), --callers N (16), --dir FOLDER (for the databases: about 3.5 kB a member),
// --smoke (two small sizes, a moment of each). The members that are active meanwhile are 10 thousand, evenly spread over all.
import { statfsSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { UsageError } from '@atrium/testkit';
import { cpuSeconds } from './bench/cpu';
import { median, round } from './bench/figures';
import { type PointsDatabase, pointsDatabase, withPostgres } from './bench/postgres';
import { runCommand } from './command';

const KINDS = ['holds', 'earns', 'accounts'] as const;
const ACTIVE = 10_000;
const BYTES_PER_MEMBER = 3_500;
const GB = 1024 ** 3;

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '10000,1000000,10000000' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      callers: { type: 'string', default: '16' },
      dir: { type: 'string' },
      smoke: { type: 'boolean', default: false },
    },
  });
  const sizes = (values.smoke ? '640,1280' : values.sizes).split(',').map(Number);
  const rounds = values.smoke ? 1 : Number(values.rounds);
  const seconds = values.smoke ? 0.3 : Number(values.seconds);
  const callers = Number(values.callers);
  const { bavail, bsize } = statfsSync(values.dir ?? tmpdir());
  const needed = sizes.reduce((sum, size) => sum + size * BYTES_PER_MEMBER, 6 * GB);
  if (!values.smoke && bavail * bsize < needed)
    throw new UsageError(`needs ${round(needed / GB)} GB of disk: see --dir and --sizes`);
  await withPostgres(values.dir, async (postgres) => {
    const databases = new Map<number, PointsDatabase>();
    const seen = new Map<string, number[]>();
    const note = (name: string, value: number) => seen.set(name, [...(seen.get(name) ?? []), value]);
    const of = (name: string) => median(seen.get(name) ?? []);
    try {
      for (const size of sizes) {
        const began = performance.now();
        const database = await pointsDatabase(postgres, `bench_${size}`);
        databases.set(size, database);
        await database.worker.ask({ do: 'members', members: size, lots: 2, entries: 2, lapsed: false });
        console.log(`${size} members: made in ${round((performance.now() - began) / 1000)} s`);
      }
      const measure = async (size: number, what: string, keep: boolean) => {
        const worker = databases.get(size)?.worker;
        const load = { what, callers, seconds, members: Math.min(ACTIVE, size), of: size };
        const before = cpuSeconds(postgres.pid) ?? 0;
        const result = await worker?.run(load);
        if (!result || !keep) return;
        note(`${what} ${size}`, (result.seconds * 1e6) / result.done);
        note(`${what} ${size} cpu`, result.cpuUs + (((cpuSeconds(postgres.pid) ?? 0) - before) * 1e6) / result.done);
      };
      // What active members have is in memory, as it is after an hour of business; the rest of the rows stays on the disk.
      for (const size of sizes) {
        const all = { callers, seconds: 0, members: Math.min(ACTIVE, size), of: size, sweep: true };
        for (const what of KINDS) await databases.get(size)?.worker.run({ what, ...all });
        console.log(`${size} members: the active ones have been seen`);
      }
      for (let i = 0; i <= rounds; i++) {
        // The round before the first warms up.
        for (const what of KINDS) for (const size of sizes) await measure(size, what, i > 0);
        if (i > 0) console.log(`round ${i} of ${rounds}`);
      }
    } finally {
      for (const { worker } of databases.values()) await worker.stop();
    }
    const [small, large] = [Math.min(...sizes), Math.max(...sizes)];
    const times = (what: string, unit = '') => round(of(`${what} ${large}${unit}`) / of(`${what} ${small}${unit}`), 2);
    console.table(
      Object.fromEntries(
        KINDS.flatMap((what) =>
          [['us apart, one after the other', ''] as const, ['us of processors', ' cpu'] as const].map(
            ([title, unit]) => [
              `${what}: ${title}`,
              {
                ...Object.fromEntries(sizes.map((size) => [`${size} members`, round(of(`${what} ${size}${unit}`))])),
                'largest / smallest': times(what, unit),
              },
            ],
          ),
        ),
      ),
    );
    console.log(
      JSON.stringify({
        bench: 'growth',
        hold_cost_x: times('holds'),
        earn_cost_x: times('earns'),
        account_cost_x: times('accounts'),
        hold_cpu_x: times('holds', ' cpu'),
        earn_cpu_x: times('earns', ' cpu'),
        account_cpu_x: times('accounts', ' cpu'),
        smallest: small,
        largest: large,
        rounds,
        cores: cpus().length,
        node: process.version,
      }),
    );
  });
  process.exit(0);
});
