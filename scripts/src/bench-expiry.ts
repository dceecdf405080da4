// npm run bench:expiry: the night after the last day of many lots. Runs the job that writes their expiry down while tills hold
// points of the same members, every fourth time of one whose turn it is; one closing line of JSON. Options: --lots N (1000000),
// --callers N (16), --minutes N (10: the job is stopped after that), --dir FOLDER, --smoke.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { median, round } from './bench/figures';
import { LockWaits, LOG_LOCK_WAITS } from './bench/lock-waits';
import { pointsDatabase, withPostgres } from './bench/postgres';
import { BenchWorker, type LoadResult, type Night } from './bench/worker';
import { runCommand } from './command';

const SLICE_S = 2;
const SLICES_BEFORE = 5;
/** So long the job has the machine for itself. */
const ALONE_S = 10;

async function repeated<T>(work: () => Promise<T>, more: (times: number) => boolean): Promise<T[]> {
  const results: T[] = [];
  do results.push(await work());
  while (more(results.length));
  return results;
}

/** Of holds: how long they took, and how long their transactions waited for rows that the job had locked. */
function summary(slices: readonly LoadResult[], log: LockWaits) {
  const waits = log.take();
  return {
    lock_wait_max_ms: round(Math.max(0, ...waits), 1),
    lock_wait_p50_ms: round(median(waits), 1),
    lock_waits: waits.length,
    hold_p50_ms: round(median(slices.map(({ p50 }) => p50)), 1),
    hold_p99_ms: round(median(slices.map(({ p99 }) => p99)), 1),
    hold_max_ms: round(Math.max(...slices.map(({ max }) => max)), 1),
    holds_per_s: round(median(slices.map((slice) => slice.done / slice.seconds))),
  };
}

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
  await withPostgres(
    values.dir,
    async (postgres) => {
      const { worker: tills, appUrl, adminUrl } = await pointsDatabase(postgres, 'bench_expiry');
      const job = new BenchWorker(appUrl, adminUrl, 'night');
      try {
        await tills.ask({ do: 'members', members, lots: 2, entries: 2, lapsed: true });
        const hold = () => tills.run({ what: 'holds', callers, seconds, members, of: members, due: true });
        await hold();
        const waits = new LockWaits(postgres.logFile, 'bench');
        const before = summary(await repeated(hold, (slices) => slices < (values.smoke ? 1 : SLICES_BEFORE)), waits);
        const alone = values.smoke ? null : await job.ask<Night>({ do: 'expire', seconds: ALONE_S });
        let over = false;
        const night = job
          .ask<Night>({ do: 'expire', seconds: Number(values.minutes) * 60 })
          .finally(() => (over = true));
        const during = summary(await repeated(hold, () => !over), waits);
        const { lots, seconds: took, transactions, p50, p99, max } = await night;
        console.table({ before, during });
        const figures = {
          lots_per_s: round(lots / took),
          lots_per_s_alone: alone && round(alone.lots / alone.seconds),
          lots: lots + (alone?.lots ?? 0),
          lots_per_transaction: round(lots / transactions),
          locked_p50_ms: round(p50, 1),
          locked_p99_ms: round(p99, 1),
          locked_max_ms: round(max, 1),
          ...during,
          ...Object.fromEntries(Object.entries(before).map(([key, value]) => [`${key}_before`, value])),
        };
        console.log(
          JSON.stringify({ bench: 'expiry', ...figures, callers, cores: cpus().length, node: process.version }),
        );
      } finally {
        await tills.stop();
        await job.stop();
      }
    },
    LOG_LOCK_WAITS,
  );
  process.exit(0);
});
