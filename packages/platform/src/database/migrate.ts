import { setTimeout } from 'node:timers/promises';
import { ConfigError } from '../runtime/config';
import { type Database, type EntityClass, MIGRATION_TABLE, type MigrationClass, openDatabase } from './database';
import { APPLICATION_ROLE, createMonthPartitions } from './schema';

const MONTHS_AHEAD = 24;

/** Applies a service's migrations with the owner's login. Safe to run twice and by two at once. */
export async function migrate(options: {
  url: string;
  entities: EntityClass[];
  migrations: MigrationClass[];
  /** Tables split by month: each gets partitions for the months to come, also when there is nothing to migrate. */
  monthly?: readonly string[];
}): Promise<string[]> {
  // As long as it takes: an index on a large table, or another release's migration that is waited for.
  const db = await openDatabase({ ...options, poolSize: 2, name: 'atrium-migrate', statementTimeoutMs: 0 });
  try {
    const lock = db.dataSource.createQueryRunner();
    await lock.query('select pg_advisory_lock(7262001)');
    try {
      const done = await db.dataSource.runMigrations({ transaction: 'each' });
      // So that a service can see whether its own are there.
      await lock.query(`grant select on ${MIGRATION_TABLE} to ${APPLICATION_ROLE}`);
      // Making a partition waits for nobody for long: the next deploy does it as well.
      await lock.query(`set lock_timeout = '5s'`);
      for (const table of options.monthly ?? []) {
        await createMonthPartitions(lock, table, db.clock.now(), MONTHS_AHEAD);
      }
      return done.map(({ name }) => name);
    } finally {
      // The lock ends with its connection in any case; what went wrong before is what counts.
      await lock.query('select pg_advisory_unlock(7262001)').catch(() => undefined);
      await lock.release();
    }
  } finally {
    await db.close();
  }
}

const LOOK_MS = 500;

/**
 * A service does not start before the migration of its release has ended: it would answer with errors until then. What a later
 * release has added is no hindrance.
 */
export async function requireMigrated(
  db: Database,
  { name, migrations }: { name: string; migrations: MigrationClass[] },
  waitMs: number,
): Promise<void> {
  const wanted = migrations.map((migration) => new migration().name ?? migration.name);
  for (const end = performance.now() + waitMs; ; await setTimeout(LOOK_MS)) {
    const applied = await appliedMigrations(db);
    const missing = wanted.filter((migration) => !applied.has(migration));
    if (missing.length === 0) return;
    if (performance.now() >= end) {
      throw new ConfigError(`${name}: its database lacks ${missing.join(', ')}. Run its migration: ${name} migrate`);
    }
  }
}

async function appliedMigrations(db: Database): Promise<Set<string>> {
  // The table is not there, or not ours to read, before the first migration of all.
  const [readable] = await rows<{ yes: boolean | null }>(
    db,
    `select has_table_privilege(to_regclass('${MIGRATION_TABLE}'), 'select') as yes`,
  );
  if (!readable?.yes) return new Set();
  return new Set((await rows<{ name: string }>(db, `select name from ${MIGRATION_TABLE}`)).map(({ name }) => name));
}

const rows = async <R>(db: Database, sql: string): Promise<R[]> => (await db.dataSource.query(sql)) as R[];
