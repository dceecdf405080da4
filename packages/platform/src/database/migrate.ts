import { type EntityClass, type MigrationClass, openDatabase } from './database';

/** Applies a service's migrations with the owner's login. Safe to run twice and by two at once. */
export async function migrate(options: {
  url: string;
  entities: EntityClass[];
  migrations: MigrationClass[];
}): Promise<string[]> {
  const db = await openDatabase({ ...options, poolSize: 2, name: 'atrium-migrate' });
  try {
    const lock = db.dataSource.createQueryRunner();
    await lock.query('select pg_advisory_lock(7262001)');
    try {
      const done = await db.dataSource.runMigrations({ transaction: 'each' });
      return done.map(({ name }) => name);
    } finally {
      await lock.query('select pg_advisory_unlock(7262001)');
      await lock.release();
    }
  } finally {
    await db.close();
  }
}
