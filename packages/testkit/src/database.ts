// One migrated template database per service and jest run, one clone of it per test file.
import { randomBytes } from 'node:crypto';
import {
  asAdmin,
  databaseExists,
  identifier,
  provisionDatabase,
  serviceDatabase,
  withLock,
  type ServiceDatabase,
} from './infra/provision';

export interface TestDatabase extends ServiceDatabase {
  /** Superuser URL of this database: sees everything, row-level security does not apply. */
  readonly adminUrl: string;
  drop(): Promise<void>;
}

/** An empty copy of the service's migrated database; `migrate` runs as the owner role, once per jest run. */
export async function cloneDatabase(
  service: string,
  migrate: (ownerUrl: string) => Promise<void>,
): Promise<TestDatabase> {
  const { adminUrl, run } = testServer();
  const base = `${run}_${identifier(service)}`;
  const template = `${base}_template`;
  await buildTemplateOnce(adminUrl, service, template, migrate);
  const database = `${base}_${randomBytes(4).toString('hex')}`;
  const made = await provisionDatabase(adminUrl, service, { database, template });
  const ofDatabase = new URL(adminUrl);
  ofDatabase.pathname = `/${database}`;
  return {
    ...made,
    adminUrl: ofDatabase.href,
    drop: () =>
      asAdmin(adminUrl, async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      }),
  };
}

function testServer(): { adminUrl: string; run: string } {
  const adminUrl = process.env['ATRIUM_TEST_PG'];
  const run = process.env['ATRIUM_TEST_RUN'];
  if (adminUrl === undefined || run === undefined) {
    throw new Error('no PostgreSQL for this spec: only *.int.spec.ts and *.e2e.spec.ts get one');
  }
  return { adminUrl, run };
}

/** Jest workers come here at the same time; a half-migrated template must never be visible under its final name. */
async function buildTemplateOnce(
  adminUrl: string,
  service: string,
  template: string,
  migrate: (ownerUrl: string) => Promise<void>,
): Promise<void> {
  await asAdmin(adminUrl, async (admin) => {
    if (await databaseExists(admin, template)) return;
    await withLock(admin, `template ${template}`, async () => {
      if (await databaseExists(admin, template)) return;
      const building = `${template}_building`;
      await admin.query(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`);
      await provisionDatabase(adminUrl, service, { database: building });
      await migrate(serviceDatabase(adminUrl, service, building).ownerUrl);
      // Nobody may connect any more: a session in the template would make every clone wait.
      await admin.query(`ALTER DATABASE ${building} WITH ALLOW_CONNECTIONS false`);
      await admin.query(`ALTER DATABASE ${building} RENAME TO ${template}`);
    });
  });
}
