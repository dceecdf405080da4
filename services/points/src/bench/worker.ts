// The points service under load, for `npm run bench:points` and `bench:growth`: takes jobs as lines of JSON, answers each with one.
// node services/points/dist/bench/worker.js <URL of the application> <URL of the administrator> [<name of its connections>]
import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { createLog, type Database, openDatabase } from '@atrium/platform';
import { bindVerbs, type PointsApp } from '../app';
import { expireLotsJob } from '../ledger/jobs/expire-lots';
import { type Load, run, spread, type Spread, type What } from './load';
import { record } from './record';
import { type Population, seedMembers, seedRules } from './seed';

type BenchJob =
  | { do: 'rules' }
  | ({ do: 'members' } & Population)
  | { do: 'record'; what: What; batch: number }
  | ({ do: 'run' } & Load)
  | { do: 'expire'; seconds: number };

/** Its times are those of one transaction: nobody waits longer for its locks. */
export interface Night extends Spread {
  lots: number;
  seconds: number;
  transactions: number;
}

/** The night's job, left alone when its time is over. Its lines of log go to stderr. */
async function expire(db: Database, app: PointsApp, seconds: number): Promise<Night> {
  const started = performance.now();
  const times: number[] = [];
  let lots = 0;
  const timed = {
    ...app,
    letTimePass: async (...args: Parameters<PointsApp['letTimePass']>) => {
      const from = performance.now();
      const done = await app.letTimePass(...args);
      times.push(performance.now() - from);
      lots += done;
      return done;
    },
  };
  const log = createLog('bench', 'info', process.stderr);
  await expireLotsJob(timed).run(db, log, AbortSignal.timeout(seconds * 1000));
  return { lots, seconds: (performance.now() - started) / 1000, transactions: times.length, ...spread(times) };
}

const [appUrl = '', adminUrl = '', name = 'bench'] = process.argv.slice(2);

async function main(): Promise<void> {
  const db = await openDatabase({ url: appUrl, name });
  const admin = await openDatabase({ url: adminUrl, name: 'bench-admin', poolSize: 2, statementTimeoutMs: 0 });
  const app = bindVerbs(db, {
    birthdays: () => Promise.reject(new Error('no campaign of the bench asks for birthdays')),
  });
  const answer = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
  const work = async (job: BenchJob): Promise<unknown> => {
    switch (job.do) {
      case 'rules':
        return seedRules(db);
      case 'members':
        return seedMembers(admin, job, (step) => process.stderr.write(`  ${step}\n`));
      case 'record':
        return record(db, app, job.what, job.batch);
      case 'run':
        return run(db, app, job);
      case 'expire':
        return expire(db, app, job.seconds);
    }
  };
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      answer({ result: (await work(JSON.parse(line) as BenchJob)) ?? null });
    } catch (error) {
      answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  await db.close();
  await admin.close();
}

void main();
