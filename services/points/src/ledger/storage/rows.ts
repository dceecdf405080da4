import { change, insertion, type Row, type Tx } from '@atrium/platform';

export { change, insertion, type Row };

/** Writes any number of rows in one statement, whose plan is kept, at once: for rows that others may have written. */
export async function insertRows(tx: Tx, table: string, rows: readonly Row[], conflict = ''): Promise<number> {
  if (rows.length === 0) return 0;
  const { sql, values } = insertion(table, rows);
  const written = await tx.prepared(
    `points.insert.${table}${conflict === '' ? '' : '.upsert'}`,
    `${sql} ${conflict} returning 1`,
    values,
  );
  return written.length;
}

/** Changes many rows by key in one statement, at once. */
export const updateRows = (
  tx: Tx,
  table: string,
  keys: readonly string[],
  columns: readonly string[],
  rows: readonly Row[],
): Promise<void> => tx.write(change(table, keys, columns, rows));
