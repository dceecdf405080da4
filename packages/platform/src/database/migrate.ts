import { createMonthPartitions } from './schema';
import { type EntityClass, type MigrationClass, openDatabase } from './database';

const MONTHS_AHEAD = 24;

/** Applies a service's migrations with the owner's login. Safe to run twice and by two at once. */
export async function migrate(options: {
  url: string;
  entities: EntityClass[];
  migrations: MigrationClass[];
  /** Tables split by month: each gets partitions for the months to come, also when there is nothing to migrate. */
  monthly?: readonly string[];
}): Promise<string[]> {
  const db = await openDatabase({ ...options, poolSize: 2, name: 'atrium-migrate' });
  try {
    const lock = db.dataSource.createQueryRunner();
    await lock.query('select pg_advisory_lock(7262001)');
    try {
      const done = await db.dataSource.runMigrations({ transaction: 'each' });
      // Making a partition waits for nobody for long: the next deploy does it as well.
      await lock.query(`set lock_timeout = '5s'`);
      for (const table of options.monthly ?? []) {
        await createMonthPartitions(lock, table, db.clock.now(), MONTHS_AHEAD);
      }
      return done.map(({ name }) => name);
    } finally {
      await lock.query('select pg_advisory_unlock(7262001)');
      await lock.release();
    }
  } finally {
    await db.close();
  }
}
