import type { QueryRunner } from 'typeorm';

/** The role group that every application login belongs to. It owns nothing, so row-level security binds it. */
export const APPLICATION_ROLE = 'atrium_app';

const tableName = /^[a-z_]+$/;

function checked(table: string): string {
  if (!tableName.test(table)) throw new Error(`not a table name: ${table}`);
  return table;
}

/**
 * Makes a table's rows visible only to their tenant (`group_id`), or to a system transaction, and grants the application
 * its rights. A ledger table gets `ledger: true`: its rows can be added and read, never changed or removed.
 */
export async function enableRowLevelSecurity(
  qr: QueryRunner,
  table: string,
  options: { ledger?: boolean } = {},
): Promise<void> {
  const t = checked(table);
  // As sub-selects: read once for a statement, not once for a row.
  const mine = `group_id = (select nullif(current_setting('atrium.group_id', true), '')::uuid) or (select current_setting('atrium.system', true)) = 'on'`;
  await qr.query(`alter table ${t} enable row level security`);
  await qr.query(`alter table ${t} force row level security`);
  await qr.query(`create policy ${t}_tenant on ${t} using (${mine}) with check (${mine})`);
  await qr.query(
    `grant ${options.ledger ? 'select, insert' : 'select, insert, update, delete'} on ${t} to ${APPLICATION_ROLE}`,
  );
}

/**
 * Splits an append-only table (`partition by range (id)`, id = UUIDv7) by month of the id's own time, with a default
 * partition for everything outside. A job calls it again to stay ahead.
 */
export async function createMonthPartitions(
  qr: Pick<QueryRunner, 'query'>,
  table: string,
  from: Date,
  months: number,
): Promise<void> {
  const t = checked(table);
  await qr.query(`create table if not exists ${t}_default partition of ${t} default`);
  for (let i = 0; i < months; i++) {
    const start = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + i, 1));
    const end = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + i + 1, 1));
    const suffix = start.toISOString().slice(0, 7).replace('-', '_');
    await qr.query(
      `create table if not exists ${t}_${suffix} partition of ${t} for values from ('${firstIdAt(start)}') to ('${firstIdAt(end)}')`,
    );
  }
}

/** The smallest UUIDv7 of an instant. */
function firstIdAt(instant: Date): string {
  const hex = instant.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}
