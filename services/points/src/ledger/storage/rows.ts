import type { Tx } from '@atrium/platform';

/** A row as it is sent to PostgreSQL: column name -> value. */
export type Row = Readonly<Record<string, unknown>>;

const json = (rows: readonly Row[]): string =>
  JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

/** Writes any number of rows in one statement, whose plan is kept. All rows have the columns of the first. */
export async function insertRows(tx: Tx, table: string, rows: readonly Row[], conflict = ''): Promise<number> {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  if (columns === '') return 0;
  const written = await tx.prepared(
    `points.insert.${table}${conflict === '' ? '' : '.upsert'}`,
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)
     ${conflict} returning 1`,
    [json(rows)],
  );
  return written.length;
}

/** Changes many rows by key in one statement, and makes sure that each was there (and unchanged, when `guard` says so). */
export async function updateRows(
  tx: Tx,
  table: string,
  keys: readonly string[],
  columns: readonly string[],
  rows: readonly Row[],
  guard = '',
): Promise<void> {
  if (rows.length === 0) return;
  const written = await tx.prepared(
    `points.update.${table}`,
    `update ${table} set ${columns.map((c) => `${c} = u.${c}`).join(', ')}
     from jsonb_populate_recordset(null::${table}, $1::jsonb) u
     where ${keys.map((k) => `${table}.${k} = u.${k}`).join(' and ')} ${guard} returning 1`,
    [json(rows)],
  );
  if (written.length !== rows.length) {
    throw new Error(`${written.length} of ${rows.length} rows of ${table} changed: somebody wrote without the lock`);
  }
}
