// npm run bench:expiry: the night after the last day of many lots. Runs the job that writes their expiry down while tills hold
// points of the same members; one closing line of JSON. Options: --lots N (1000000), --callers N (16), --minutes N (10: the job is
// left alone after that), --dir FOLDER, --smoke.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { median, round } from './bench/figures';
import { pointsDatabase, withPostgres } from './bench/postgres';
import { BenchWorker, type LoadResult } from './bench/worker';
import { runCommand } from './command';

const SLICE_S = 2;

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      lots: { type: 'string', default: '1000000' },
      callers: { type: 'string', default: '16' },
      minutes: { type: 'string', default: '10' },
      dir: { type: 'string' },
      smoke: { type: 'boolean', default: false },
    },
  });
  const members = values.smoke ? 1_280 : Number(values.lots);
  const callers = Number(values.callers);
  const seconds = values.smoke ? 0.3 : SLICE_S;
  await withPostgres(values.dir, async (postgres) => {
    const { worker: tills, appUrl, adminUrl } = await pointsDatabase(postgres, 'bench_expiry');
    const job = new BenchWorker(appUrl, adminUrl);
    try {
      await tills.ask({ do: 'members', members, lots: 2, entries: 2, lapsed: true });
      const hold = () => tills.run({ what: 'holds', callers, seconds, members, of: members });
      await hold();
      const before = await hold();
      let done = false;
      const night = job
        .ask<{ lots: number; seconds: number }>({ do: 'expire', seconds: Number(values.minutes) * 60 })
        .finally(() => (done = true));
      const slices: LoadResult[] = [];
      do slices.push(await hold());
      while (!done);
      const { lots, seconds: took } = await night;
      const figures = {
        lots_per_s: round(lots / took),
        lots,
        hold_p99_ms: round(median(slices.map(({ p99 }) => p99)), 1),
        hold_p99_ms_before: round(before.p99, 1),
        hold_max_ms: round(Math.max(...slices.map(({ max }) => max)), 1),
        hold_max_ms_before: round(before.max, 1),
        holds_per_s: round(median(slices.map((slice) => slice.done / slice.seconds))),
        holds_per_s_before: round(before.done / before.seconds),
      };
      console.table(figures);
      console.log(
        JSON.stringify({ bench: 'expiry', ...figures, callers, cores: cpus().length, node: process.version }),
      );
    } finally {
      await tills.stop();
      await job.stop();
    }
  });
  process.exit(0);
});
