// What the graph said that it keeps, as k6 wrote it down, and whether the databases have it.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ServiceName } from '@atrium/contracts';
import { UsageError } from '@atrium/platform/operator';
import type { Databases } from '../check/databases';

const WRITES = ['purchase', 'refund', 'checkout', 'coupon'] as const;
type Write = (typeof WRITES)[number];
export type Acknowledged = { write: Write; key: string; id: string };

/** From tests/load/k6/graph.ts. */
export async function readAcknowledged(source: string | Readable): Promise<Acknowledged[]> {
  const input = typeof source === 'string' ? createReadStream(source) : source;
  const found: Acknowledged[] = [];
  for await (const line of createInterface({ input })) {
    if (!line.startsWith('{')) continue;
    const { write, key, id } = JSON.parse(line) as Acknowledged;
    if (!WRITES.includes(write)) throw new UsageError(`No acknowledged write: ${line.slice(0, 100)}`);
    found.push({ write, key, id });
  }
  return found;
}

/** How many of the coupons that there are too few of were given to somebody, told twice or not. */
export const flashClaims = (acknowledged: readonly Acknowledged[]): number =>
  new Set(acknowledged.filter(({ write, key }) => write === 'coupon' && key.includes(':flash:')).map(({ id }) => id))
    .size;

/** Where each is, and by what it is found there. A refund that waits for its sale has no id of its own yet. */
const STORED: Record<Write, { service: ServiceName; by: 'id' | 'key'; sql: string }> = {
  purchase: {
    service: 'merchant-settlement',
    by: 'id',
    sql: 'select id::text as found from purchase where id = any($1::uuid[])',
  },
  refund: {
    service: 'merchant-settlement',
    by: 'key',
    sql: `select external_id as found from refund where source_system = 'load' and external_id = any($1::text[])
          union all select external_id from refund_request where external_id = any($1::text[]) and state <> 'APPLIED'`,
  },
  checkout: {
    service: 'merchant-settlement',
    by: 'id',
    sql: 'select id::text as found from checkout where id = any($1::uuid[])',
  },
  coupon: { service: 'coupon', by: 'id', sql: 'select id::text as found from coupon where id = any($1::uuid[])' },
};
const AT_ONCE = 2_000;

/** Keys that were answered with one thing and then with another: what was to happen once has happened twice. */
export function doubledKeys(acknowledged: readonly Pick<Acknowledged, 'key' | 'id'>[]): string[] {
  const first = new Map<string, string>();
  const doubled = new Set<string>();
  for (const { key, id } of acknowledged) {
    // A refund that waits for its sale.
    if (id === '') continue;
    const known = first.get(key);
    if (known === undefined) first.set(key, id);
    else if (known !== id) doubled.add(key);
  }
  return [...doubled];
}

export type Kept = { write: Write; acknowledged: number; lost: number; doubled: number; examples: string[] };

/** Each acknowledged write must be stored, once, and its key have no other. */
export async function compareWithDatabases(db: Databases, acknowledged: readonly Acknowledged[]): Promise<Kept[]> {
  const result: Kept[] = [];
  for (const write of WRITES) {
    const { service, by, sql } = STORED[write];
    const told = acknowledged.filter((ack) => ack.write === write);
    const keys = [...new Set(told.map((ack) => ack[by]))];
    const times = new Map<string, number>();
    for (let at = 0; at < keys.length; at += AT_ONCE) {
      const rows = await db.rows<{ found: string }>(service, sql, [keys.slice(at, at + AT_ONCE)]);
      for (const { found } of rows) times.set(found, (times.get(found) ?? 0) + 1);
    }
    const lost = keys.filter((key) => !times.has(key));
    const doubled = [...keys.filter((key) => (times.get(key) ?? 0) > 1), ...doubledKeys(told)];
    const examples = [...lost, ...doubled].slice(0, 5);
    result.push({ write, acknowledged: keys.length, lost: lost.length, doubled: doubled.length, examples });
  }
  return result;
}
