import { startTestService, type TestService } from '@atrium/testkit';
import { type SettlementApp, settlementService } from '../src/app';
import { BLIND_INDEX_KEY } from './harness';

/** The owner of each table, first in every unique index; directories and references are keyed by what must be unique. */
const OWNER: Record<string, string> = {
  purchase: 'id',
  purchase_line: 'purchase_id',
  refund: 'purchase_id',
  member: 'id',
  obligation: 'merchant_id',
  posting: 'merchant_id',
  posting_line: 'merchant_id',
};
const DIRECTORIES = ['member_identifier', 'checkout', 'checkout_release', 'refund_request', 'site', 'site_refund'];
const REFERENCES = ['contract', 'points_programme', 'org_node'];
const PLATFORM = ['outbox', 'inbox', 'parked_event', 'idempotency_key', 'migration'];

describe('the tables', () => {
  let s: TestService<SettlementApp>;
  beforeAll(async () => {
    s = await startTestService(settlementService, { config: { BLIND_INDEX_KEY } });
  });
  afterAll(() => s?.end());

  it('have their owner first in the primary key and in every unique index', async () => {
    const rows: { table: string; index: string; columns: string[] }[] = await s.admin.dataSource.query(`
      select t.relname as table, i.relname as index,
        array(select a.attname::text from unnest(x.indkey) with ordinality k(attnum, n)
          join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum order by n) as columns
      from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
      where x.indisunique and t.relnamespace = 'public'::regnamespace and not t.relispartition`);
    const exempt = new Set([...DIRECTORIES, ...REFERENCES, ...PLATFORM]);
    const owned = rows.filter(({ table }) => !exempt.has(table));
    expect(new Set(owned.map(({ table }) => table))).toEqual(new Set(Object.keys(OWNER)));
    for (const { table, index, columns } of owned) expect([index, columns[0]]).toEqual([index, OWNER[table]]);
  });

  it('are closed to other tenants, every one', async () => {
    const open = await s.admin.dataSource.query(`
      select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and not c.relispartition and c.relname <> 'migration' and not (c.relrowsecurity and c.relforcerowsecurity)`);
    expect(open).toEqual([]);
  });

  it('are what the entities say', async () => {
    const { upQueries } = await s.db.dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});
