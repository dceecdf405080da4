// A service's database and its two roles, as production has them: the owner migrates, the application role is not the
// owner, so row-level security and grants apply to it.
import { APPLICATION_ROLE } from '@atrium/platform';
import { Client } from 'pg';

export interface ServiceRoles {
  /** Owns the database and its objects; runs migrations. */
  readonly owner: string;
  /** What the service connects as; its rights come from the migrations. */
  readonly app: string;
}

export interface ServiceDatabase {
  readonly name: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
}

/** 'merchant-settlement' has merchant_settlement_owner and merchant_settlement_app. */
export function rolesOf(service: string): ServiceRoles {
  const base = identifier(service);
  return { owner: `${base}_owner`, app: `${base}_app` };
}

export function identifier(service: string): string {
  const name = service.replaceAll('-', '_');
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) throw new Error(`not a service or database name: ${service}`);
  return name;
}

/** Makes what is missing of the roles and the database; safe to call again and from several processes. */
export async function provisionDatabase(
  adminUrl: string,
  service: string,
  options: { database?: string; template?: string } = {},
): Promise<ServiceDatabase> {
  const name = identifier(options.database ?? service);
  await asAdmin(adminUrl, async (admin) => {
    await createRoles(admin, service, decodeURIComponent(new URL(adminUrl).password));
    await withLock(admin, `database ${name}`, () => createDatabase(admin, service, name, options.template));
  });
  return serviceDatabase(adminUrl, service, name);
}

export function serviceDatabase(adminUrl: string, service: string, name: string): ServiceDatabase {
  const { owner, app } = rolesOf(service);
  return { name, ownerUrl: withUser(adminUrl, owner, name), appUrl: withUser(adminUrl, app, name) };
}

export async function asAdmin<T>(adminUrl: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** One at a time among all processes; all admin sessions must use the same database for that. */
export async function withLock<T>(admin: Client, what: string, work: () => Promise<T>): Promise<T> {
  await admin.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [what]);
  try {
    return await work();
  } finally {
    await admin.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [what]);
  }
}

export async function databaseExists(admin: Client, name: string): Promise<boolean> {
  const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  return rowCount === 1;
}

async function createRoles(admin: Client, service: string, password: string): Promise<void> {
  const { owner, app } = rolesOf(service);
  await withLock(admin, 'roles', async () => {
    const { rowCount: known } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [APPLICATION_ROLE]);
    if (known === 0) await admin.query(`CREATE ROLE ${APPLICATION_ROLE} NOLOGIN`);
    for (const role of [owner, app]) {
      const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      const rights = 'LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE';
      const secret = password === '' ? '' : ` PASSWORD ${admin.escapeLiteral(password)}`;
      if (rowCount === 0) await admin.query(`CREATE ROLE ${role} ${rights}${secret}`);
    }
    await admin.query(`GRANT ${APPLICATION_ROLE} TO ${app}`);
  });
}

async function createDatabase(admin: Client, service: string, name: string, template: string | undefined) {
  if (await databaseExists(admin, name)) return;
  const { owner, app } = rolesOf(service);
  await admin.query(`CREATE DATABASE ${name} OWNER ${owner}${template === undefined ? '' : ` TEMPLATE ${template}`}`);
  await admin.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  await admin.query(`GRANT CONNECT ON DATABASE ${name} TO ${app}`);
}

function withUser(adminUrl: string, user: string, database: string): string {
  const url = new URL(adminUrl);
  url.username = user;
  url.pathname = `/${database}`;
  return url.href;
}
