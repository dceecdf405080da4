import { SERVICES, type ServiceName } from '@atrium/contracts';
import { eventually } from '@atrium/testkit';
import { Client } from 'pg';

/** Everything that the six databases keep, seen past row-level security. */
export interface Rows {
  readonly tables: { service: ServiceName; table: string; tenant: boolean }[];
  /** One fingerprint for each table: of all rows, or of one group's. Equal fingerprints: not one value differs. */
  fingerprints(groupId?: string): Promise<Record<string, string>>;
  one<R>(service: ServiceName, sql: string, values?: unknown[]): Promise<R>;
  /** Until no text message waits to be sent, no entry to be sealed, no liability to be added up, and what was stated of it is published: jobs run by their own clock. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

const TABLES = `
  select c.relname as table,
         exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'group_id') as tenant
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     and c.relname <> 'migration'
   order by c.relname`;

export async function openRows(databases: Record<ServiceName, string>): Promise<Rows> {
  const clients = new Map<ServiceName, Client>();
  const tables: Rows['tables'] = [];
  for (const service of SERVICES) {
    const client = new Client({ connectionString: databases[service] });
    await client.connect();
    clients.set(service, client);
    const { rows } = await client.query<{ table: string; tenant: boolean }>(TABLES);
    tables.push(...rows.map((row) => ({ service, ...row })));
  }
  const client = (service: ServiceName) => clients.get(service) as Client;
  return {
    tables,
    async fingerprints(groupId) {
      const found: Record<string, string> = {};
      for (const { service, table, tenant } of tables) {
        if (groupId !== undefined && !tenant) continue;
        const { rows } = await client(service).query<{ print: string }>(
          `select count(*) || ' rows ' || coalesce(md5(string_agg(t::text, chr(10) order by t::text)), '') as print
             from ${table} t ${groupId === undefined ? '' : 'where group_id = $1'}`,
          groupId === undefined ? [] : [groupId],
        );
        found[`${service}.${table}`] = rows[0]?.print ?? '';
      }
      return found;
    },
    async one<R>(service: ServiceName, sql: string, values: unknown[] = []) {
      const { rows } = await client(service).query(sql, values);
      return rows[0] as R;
    },
    async quiet() {
      await eventually(async () => (await client('points').query('select 1 from entry_unblocked')).rowCount === 0, {
        what: 'the blocks of the ledger',
      });
      const unsummed = `select 1 from org_node o where o.kind = 'GROUP' and (
          not exists (select 1 from liability_snapshot s where s.group_id = o.group_id)
          or exists (select 1 from liability_snapshot s where s.group_id = o.group_id and s.finished_at is null))`;
      await eventually(async () => (await client('points').query(unsummed)).rowCount === 0, {
        what: 'the liability of the day',
      });
      const queued = `select 1 from message where status = 'QUEUED'`;
      await eventually(async () => (await client('messaging').query(queued)).rowCount === 0, {
        what: 'the text messages',
      });
      // A block, a message: the relay marks what was stated of it after it is there.
      for (const service of SERVICES) {
        const unpublished = 'select 1 from outbox where published_at is null';
        await eventually(async () => (await client(service).query(unpublished)).rowCount === 0, {
          what: `what ${service} has stated`,
        });
      }
    },
    async close() {
      await Promise.all([...clients.values()].map((each) => each.end()));
    },
  };
}
