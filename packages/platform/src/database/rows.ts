import type { Write } from './writes';

/** A row as it is sent to PostgreSQL: column name -> value. */
export type Row = Readonly<Record<string, unknown>>;

/** As JSON.stringify, but with bigints and bytes, and the names of the columns written once. */
function json(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {}).map((name) => [name, `"${name}":`] as const);
  let text = '[';
  for (const [i, row] of rows.entries()) {
    text += i === 0 ? '{' : ',{';
    for (const [n, [name, begin]] of names.entries()) text += `${n === 0 ? '' : ','}${begin}${jsonOf(row[name])}`;
    text += '}';
  }
  return `${text}]`;
}

const jsonOf = (value: unknown): string => (typeof value === 'bigint' ? value.toString() : within(value));

/** Within JSON of our own a bigint is a text, so that nobody reads it as a double. */
function within(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}"`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (value instanceof Date) return instant(value);
  if (value instanceof Uint8Array) return `"\\\\x${Buffer.from(value).toString('hex')}"`;
  if (Array.isArray(value)) return `[${value.map(within).join(',')}]`;
  let text = '';
  for (const name in value) {
    const item = (value as Record<string, unknown>)[name];
    if (item !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${within(item)}`;
  }
  return `{${text}}`;
}

/** The last one: most instants of a transaction are its own. */
let told = { at: Number.NaN, text: '' };

function instant(value: Date): string {
  const at = value.getTime();
  if (at !== told.at) told = { at, text: `"${value.toISOString()}"` };
  return told.text;
}

/** Any number of new rows, all with the columns of the first, in their order. */
export function insertion(table: string, rows: readonly Row[]): Write {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  return {
    table,
    sql: `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1::json)`,
    values: [json(rows)],
    rows: rows.length,
  };
}

/** Changes of many rows by key; each must be there (and unchanged, when `guard` says so). */
export function change(
  table: string,
  keys: readonly string[],
  columns: readonly string[],
  rows: readonly Row[],
  guard = '',
): Write {
  return {
    table,
    sql: `update ${table} set ${columns.map((c) => `${c} = u.${c}`).join(', ')}
     from json_populate_recordset(null::${table}, $1::json) u
     where ${keys.map((k) => `${table}.${k} = u.${k}`).join(' and ')} ${guard}`,
    values: [json(rows)],
    rows: rows.length,
  };
}
