import type { Tx } from '@atrium/platform';

/** The first month ('2028-12') that has no partition of its own after those that exist. */
export async function firstMonthWithout(tx: Tx, table: string): Promise<string | null> {
  const [row] = await tx.query<{ month: string | null }>(
    `select to_char(max(to_date(right(c.relname, 7), 'YYYY_MM')) + interval '1 month', 'YYYY-MM') as month
     from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = to_regclass($1) and c.relname ~ '_\\d{4}_\\d{2}$'`,
    [table],
  );
  return row?.month ?? null;
}
