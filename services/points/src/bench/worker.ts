// The points service under load, for `npm run bench:points` and `bench:growth`: takes jobs as lines of JSON, answers each with one.
// node services/points/dist/bench/worker.js <URL of the application> <URL of the administrator>
import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { createLog, type Database, openDatabase } from '@atrium/platform';
import { bindVerbs, type PointsApp } from '../app';
import { expireLotsJob } from '../ledger/jobs/expire-lots';
import { type Load, run, type What } from './load';
import { record } from './record';
import { type Population, seedMembers, seedRules } from './seed';

type BenchJob =
  | { do: 'rules' }
  | ({ do: 'members' } & Population)
  | { do: 'record'; what: What; batch: number }
  | ({ do: 'run' } & Load)
  | { do: 'expire'; seconds: number };

/** The night's job, left alone when its time is over. */
async function expire(db: Database, app: PointsApp, seconds: number): Promise<{ lots: number; seconds: number }> {
  const started = performance.now();
  let lots = 0;
  const took = () => (performance.now() - started) / 1000;
  const counting = {
    ...app,
    letTimePass: async (groupId: string, memberIds: readonly string[]) => {
      const done = await app.letTimePass(groupId, memberIds);
      lots += done;
      return done;
    },
    membersDue: (...args: Parameters<PointsApp['membersDue']>) =>
      took() > seconds ? Promise.resolve([]) : app.membersDue(...args),
  };
  await expireLotsJob(counting).run(db, createLog('bench', 'silent'));
  return { lots, seconds: took() };
}

const [appUrl = '', adminUrl = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const db = await openDatabase({ url: appUrl, name: 'bench' });
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
