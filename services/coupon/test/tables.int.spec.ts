import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate, openDatabase } from '@atrium/platform';
import { cloneDatabase, type TestDatabase } from '@atrium/testkit';
import { couponService } from '../src/app';
import { buildCouponSubgraph } from '../src/api/subgraph';

const { entities, migrations } = couponService;
let database: TestDatabase;
beforeAll(async () => {
  database = await cloneDatabase('coupon', async (url) => void (await migrate({ url, entities, migrations })));
});
afterAll(() => database.drop());

const PLATFORM = ['outbox', 'inbox', 'parked_event', 'idempotency_key', 'org_node', 'migration'];
/** Shared by the whole group; read by everybody, written by administration. */
const REFERENCE = ['coupon_template', 'coupon_template_version', 'coupon_stock_slot', 'checkout_policy', 'tier_ladder'];
/** Keyed by the unique thing itself. */
const DIRECTORY = ['checkout_directory', 'checkout_key'];
/** The row is the owner. */
const OWNERS: Record<string, string> = { member: 'id', purchase: 'id' };

test('entities and migrations agree', async () => {
  const db = await openDatabase({ url: database.adminUrl, entities });
  try {
    const { upQueries } = await db.dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  } finally {
    await db.close();
  }
});

test('the owner comes first in every unique key, and every table keeps tenants apart', async () => {
  const db = await openDatabase({ url: database.adminUrl });
  try {
    const indexes: { table: string; first: string }[] = await db.dataSource.query(
      `select c.relname as table, a.attname as first from pg_index i join pg_class c on c.oid = i.indrelid
       join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
       where i.indisunique and c.relnamespace = 'public'::regnamespace and c.relname <> all($1)`,
      [PLATFORM],
    );
    expect(indexes.length).toBeGreaterThanOrEqual(entities.length);
    for (const { table, first } of indexes) {
      if (DIRECTORY.includes(table)) continue;
      const owner = REFERENCE.includes(table) ? 'group_id' : (OWNERS[table] ?? 'member_id');
      expect([table, first]).toEqual([table, owner]);
    }
    const open = await db.dataSource.query(
      `select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
       and relname <> 'migration' and not (relrowsecurity and relforcerowsecurity)`,
    );
    expect(open).toEqual([]);
  } finally {
    await db.close();
  }
});

test('schema.graphql is what the code says', async () => {
  const committed = readFileSync(join(__dirname, '..', 'schema.graphql'), 'utf8');
  expect(committed).toBe((await buildCouponSubgraph()).sdl);
});
