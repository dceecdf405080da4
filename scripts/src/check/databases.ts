import { SERVICES, type ServiceName } from '@atrium/contracts';
import { readState, UsageError } from '@atrium/platform/operator';
import { Pool, types } from 'pg';

types.setTypeParser(types.builtins.INT8, (text) => BigInt(text));

/** Of a site, or of a release without some service, there are fewer than six. */
export type Logins = Partial<Record<ServiceName, string>>;

/** A service's database that was asked for and is not among the logins. */
export class NoLogin extends UsageError {
  constructor(readonly service: ServiceName) {
    super(`CHECK_DATABASE_URLS has no login for ${service}`);
  }
}

/** The databases of the running local graph, or of another: CHECK_DATABASE_URLS, a JSON object of logins by service. */
export function databaseUrls(): Logins {
  const given = process.env['CHECK_DATABASE_URLS'];
  if (!given) return readState().databases;
  const wrong = (what: string) => new UsageError(`CHECK_DATABASE_URLS ${what}`);
  let urls: unknown;
  try {
    urls = JSON.parse(given);
  } catch {
    throw wrong('is no JSON object of logins by service');
  }
  if (
    typeof urls !== 'object' ||
    urls === null ||
    Array.isArray(urls) ||
    !Object.values(urls).every((url) => typeof url === 'string')
  )
    throw wrong('is no JSON object of logins by service');
  const unknown = Object.keys(urls).filter((name) => !SERVICES.some((service) => service === name));
  if (unknown.length > 0) throw wrong(`names ${unknown.join(', ')}: services are ${SERVICES.join(', ')}`);
  if (Object.keys(urls).length === 0) throw wrong('has no login at all');
  return urls as Logins;
}

export function loginOf(service: ServiceName, urls = databaseUrls()): string {
  const url = urls[service];
  if (url === undefined) throw new NoLogin(service);
  return url;
}

/** Databases of services, read only. */
export interface Databases {
  /** Those that have a login. */
  readonly services: readonly ServiceName[];
  /** Throws `NoLogin` for a service that has none. */
  rows<R>(service: ServiceName, sql: string, values?: unknown[]): Promise<R[]>;
  close(): Promise<void>;
}

/** Sees every tenant, as a system transaction does, also where row-level security binds the login. Changes nothing. */
export const openToRead = (connectionString: string): Pool =>
  new Pool({ connectionString, max: 2, options: '-c default_transaction_read_only=on -c atrium.system=on' });

export function openDatabases(urls: Logins): Databases {
  const services = SERVICES.filter((name) => urls[name] !== undefined);
  const pools = new Map(services.map((name) => [name, openToRead(loginOf(name, urls))]));
  return {
    services,
    async rows<R>(service: ServiceName, sql: string, values: unknown[] = []) {
      const pool = pools.get(service);
      if (!pool) throw new NoLogin(service);
      const { rows } = await pool.query(sql, values).catch((error: unknown) => {
        throw refused(service, error) ?? error;
      });
      return rows as R[];
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}

/** A server that is away, a login that it does not know or that may not read: of the login, not of the rows. */
function refused(service: ServiceName, error: unknown): UsageError | undefined {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code !== 'string' || !/^(28...|3D000|42501|E[A-Z]+)$/.test(code)) return undefined;
  return new UsageError(`The login of ${service} does not let its database be read: ${message || code}`);
}

const ANYTHING = `select exists (select from org_node) or exists (select from outbox) or exists (select from inbox) as seen`;

/** No rule is broken where there is nothing: that would be told as if everything had been looked at. */
export async function requireRows(db: Pick<Databases, 'services' | 'rows'>): Promise<void> {
  if (!(await anythingSeen(db))) throw new UsageError(nothingSeen(db.services));
}

export async function anythingSeen(db: Pick<Databases, 'services' | 'rows'>): Promise<boolean> {
  for (const service of db.services) {
    const [found] = await db.rows<{ seen: boolean }>(service, ANYTHING);
    if (found?.seen) return true;
  }
  return false;
}

export const nothingSeen = (services: readonly ServiceName[]): string =>
  `Nothing was looked at: no organisation and no fact is to be seen in the databases of ${services.join(', ')}. ` +
  'Nothing has been done here yet, or these logins are of other databases.';

export interface Finding {
  /** How many rows, events or members were looked at. */
  checked: number;
  /** One line for each violation, with ids to look at. */
  violations: string[];
}

export interface Check {
  invariant: string;
  what: string;
  run(db: Databases): Promise<Finding>;
}

/** A check that is one query: it gives the number of rows looked at and the rows that break the rule. */
export function queryCheck(
  invariant: string,
  what: string,
  service: ServiceName,
  count: string,
  broken: string,
): Check {
  return {
    invariant,
    what,
    async run(db) {
      const [total] = await db.rows<{ n: bigint }>(service, `select count(*) as n from ${count}`);
      const rows = await db.rows<Record<string, unknown>>(service, broken);
      return { checked: Number(total?.n ?? 0n), violations: rows.map((row) => `${service}: ${describe(row)}`) };
    },
  };
}

const describe = (row: Record<string, unknown>): string =>
  Object.entries(row)
    .map(([name, value]) => `${name} ${value instanceof Date ? value.toISOString() : String(value)}`)
    .join(', ');
