import { SERVICES, type ServiceName } from '@atrium/contracts';
import { readState, UsageError } from '@atrium/platform/operator';
import { Pool, types } from 'pg';

types.setTypeParser(types.builtins.INT8, (text) => BigInt(text));

/** The databases of the running local graph, or of another: CHECK_DATABASE_URLS, a JSON object of logins by service. */
export function databaseUrls(): Record<ServiceName, string> {
  const given = process.env['CHECK_DATABASE_URLS'];
  if (!given) return readState().databases;
  let urls: Partial<Record<ServiceName, string>>;
  try {
    urls = JSON.parse(given) as typeof urls;
  } catch {
    throw new UsageError('CHECK_DATABASE_URLS is no JSON object of logins by service');
  }
  const missing = SERVICES.filter((name) => !urls[name]);
  if (missing.length > 0) throw new UsageError(`CHECK_DATABASE_URLS has no login for ${missing.join(', ')}`);
  return urls as Record<ServiceName, string>;
}

/** The six databases, read only. */
export interface Databases {
  rows<R>(service: ServiceName, sql: string, values?: unknown[]): Promise<R[]>;
  close(): Promise<void>;
}

export function openDatabases(urls: Record<ServiceName, string>): Databases {
  const pools = new Map(
    SERVICES.map((name) => [
      name,
      new Pool({ connectionString: urls[name], max: 2, options: '-c default_transaction_read_only=on' }),
    ]),
  );
  return {
    async rows<R>(service: ServiceName, sql: string, values: unknown[] = []) {
      const pool = pools.get(service);
      if (!pool) throw new Error(`no database for ${service}`);
      return (await pool.query(sql, values)).rows as R[];
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}

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
