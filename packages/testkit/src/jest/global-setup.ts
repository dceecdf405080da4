// One PostgreSQL for a jest run, started only when an integration or end-to-end spec is going to run.
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres, type Postgres } from '../infra/postgres';

/** The parts of Jest's global configuration that are used here. */
interface GlobalConfig {
  rootDir: string;
  findRelatedTests?: boolean;
  testPathPatterns?: { patterns?: string[] };
}

// Jest may load this file once for the setup and once more for the teardown.
const shared = globalThis as typeof globalThis & { atriumTestPostgres?: Postgres };

/** Leaves the server's URL in ATRIUM_TEST_PG; a server given there is used as it is. */
export async function startForTests(config: GlobalConfig): Promise<void> {
  if (!needsServers(config)) return;
  process.env['ATRIUM_TEST_RUN'] = `r${randomBytes(4).toString('hex')}`;
  if (process.env['ATRIUM_TEST_PG']) return;
  shared.atriumTestPostgres = await startPostgres();
  process.env['ATRIUM_TEST_PG'] = shared.atriumTestPostgres.url;
}

export async function stopAfterTests(): Promise<void> {
  const own = shared.atriumTestPostgres;
  const url = process.env['ATRIUM_TEST_PG'];
  const run = process.env['ATRIUM_TEST_RUN'];
  if (own !== undefined) {
    delete process.env['ATRIUM_TEST_PG'];
    await own.stop();
    delete shared.atriumTestPostgres;
  } else if (url !== undefined && run !== undefined) {
    await dropDatabasesOf(run, url);
  }
}

function needsServers(config: GlobalConfig): boolean {
  const specs = integrationSpecs(config.rootDir);
  const patterns = config.testPathPatterns?.patterns ?? [];
  if (patterns.length === 0 || config.findRelatedTests === true) return specs.length > 0;
  return specs.some((spec) => patterns.some((pattern) => new RegExp(pattern, 'i').test(spec)));
}

function integrationSpecs(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) {
      const skipped = entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.');
      return skipped ? [] : integrationSpecs(join(folder, entry.name));
    }
    return /\.(int|e2e)\.spec\.ts$/.test(entry.name) ? [join(folder, entry.name)] : [];
  });
}

/** A server that outlives this run gets back as it was. */
async function dropDatabasesOf(run: string, url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [`${run}_`],
    );
    for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS "${datname}" WITH (FORCE)`);
  } finally {
    await client.end();
  }
}
