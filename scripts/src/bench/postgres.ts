// PostgreSQL for a benchmark: durable as in production, in a folder of its own that goes afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { provisionDatabase, type Postgres, ROOT, startPostgres } from '@atrium/testkit';
import { BenchWorker } from './worker';

export interface PointsDatabase {
  appUrl: string;
  adminUrl: string;
  worker: BenchWorker;
}

export async function withPostgres<T>(
  dir: string | undefined,
  work: (postgres: Postgres) => Promise<T>,
  more: Record<string, string> = {},
): Promise<T> {
  const folder = mkdtempSync(join(dir ?? tmpdir(), 'atrium-bench-'));
  const settings = {
    shared_buffers: '1GB',
    max_wal_size: '8GB',
    // As for large installations: the first change of a page after a checkpoint writes the whole page.
    checkpoint_timeout: '30min',
    wal_level: 'minimal',
    max_wal_senders: '0',
    ...more,
  };
  let postgres: Postgres | undefined;
  try {
    postgres = await startPostgres({ dir: folder, settings });
    return await work(postgres);
  } finally {
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A migrated database of the points service with the bench's organisation and rules, and the service's verbs on it. */
export async function pointsDatabase(postgres: Postgres, name: string): Promise<PointsDatabase> {
  const made = await provisionDatabase(postgres.url, 'points', { database: name });
  await migrate(made.ownerUrl);
  const adminUrl = new URL(postgres.url);
  adminUrl.pathname = `/${name}`;
  const worker = new BenchWorker(made.appUrl, adminUrl.href);
  await worker.ask({ do: 'rules' });
  return { appUrl: made.appUrl, adminUrl: adminUrl.href, worker };
}

function migrate(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'services/points/dist/migrate.js')], {
      env: { ...process.env, MIGRATION_DATABASE_URL: url },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`migrations ended with ${code}`))));
  });
}
