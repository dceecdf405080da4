// What the service really sends for one batch, so that pgbench can send the same.
import { type Client, type PoolClient } from 'pg';
import * as pg from 'pg';
import type { Database } from '@atrium/platform';
import type { PointsApp } from '../app';
import { actions, type What } from './load';
import { BLOCK, FIRST_BLOCK, memberIdAt } from './seed';

export interface Recorded {
  text: string;
  /** As PostgreSQL reads them, with marks where another run has another id. */
  values: (string | null)[];
  /** The parameters' types. */
  types: string[];
}

/** Stands for the eight digits of the members' block. */
export const BLOCK_MARK = '<blck>';
/** Stands for the last ten digits of an id that was made anew. */
export const FRESH_MARK = '<fresh-id>';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The statements of `batch` callers whose requests went together: one list for each transaction. */
export async function record(db: Database, app: PointsApp, what: What, batch: number): Promise<Recorded[][]> {
  const act = actions(db, app)[what];
  // Once to warm caches, once to be kept, once more to know which ids were made anew.
  const runs: Statement[][] = [];
  for (let block = 1; block <= 3; block++) {
    const members = Array.from({ length: batch }, (_, i) => memberIdAt(block * BLOCK + i));
    runs.push(await listen(() => Promise.all(members.map(act))));
  }
  const other = new Set(JSON.stringify(runs[2]?.map(({ values }) => values)).match(UUID));
  const mark = (value: string): string =>
    value
      .replaceAll((FIRST_BLOCK + 2).toString(16), BLOCK_MARK)
      .replace(UUID, (id) => (other.has(id) ? id : `${id.slice(0, 26)}${FRESH_MARK}`));
  const transactions: Recorded[][] = [];
  const open = new Map<object, Recorded[]>();
  for (const { on, text, values } of runs[1] ?? []) {
    if (text.startsWith('BEGIN')) {
      const begun: Recorded[] = [];
      open.set(on, begun);
      transactions.push(begun);
    }
    const marked = values.map((value) => (value === null ? null : mark(value)));
    // Played again, it is not the next version.
    const unguarded = text.replaceAll('and account.version <= u.version', '');
    open.get(on)?.push({ text: unguarded, values: marked, types: await typesOf(db, text) });
  }
  return transactions;
}

interface Statement {
  /** The connection. */
  on: object;
  text: string;
  values: (string | null)[];
}

async function listen(work: () => Promise<unknown>): Promise<Statement[]> {
  const heard: Statement[] = [];
  const { prototype } = pg.Client as unknown as { prototype: { query: (...args: unknown[]) => unknown } };
  const original = prototype.query;
  prototype.query = function (this: Client, ...args: unknown[]) {
    const [first, second] = args as [string | { text: string; values?: unknown[] }, unknown[] | undefined];
    const text = typeof first === 'string' ? first : first.text;
    const values = (typeof first === 'string' ? second : first.values) ?? [];
    heard.push({ on: this, text, values: Array.isArray(values) ? values.map(asText) : [] });
    return original.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = original;
  }
  return heard;
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (!Array.isArray(value)) return String(value);
  const items = value.map((item) => {
    const text = asText(item);
    return text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return `{${items.join(',')}}`;
}

async function typesOf(db: Database, text: string): Promise<string[]> {
  if (!/\$\d/.test(text)) return [];
  const runner = db.dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as PoolClient;
    await client.query(`prepare bench_types as ${text}`);
    const { rows } = await client.query<{ types: string }>(
      `select array_to_string(parameter_types, ',') as types from pg_prepared_statements where name = 'bench_types'`,
    );
    await client.query('deallocate bench_types');
    return rows[0]?.types.split(',') ?? [];
  } finally {
    await runner.release();
  }
}
