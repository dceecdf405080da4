import { openDatabase } from '@atrium/platform';
import { TEST_GROUP } from '@atrium/testkit';
import { messagingService } from '../src/app';
import { joined, ladder, type Messaging, OTHER_GROUP, points, publish, startMessaging } from './support';

let test: Messaging;
beforeAll(async () => {
  test = await startMessaging();
  await publish(test, { code: 'POINTS_EARNED', texts: [{ locale: 'en', title: 't', body: '{points}' }] });
  await ladder(test, 1n, { en: 'Gold' });
  await points(test, await joined(test, 'en'));
  await test.settled();
});
afterAll(() => test.end());

describe('tables of the messaging service', () => {
  it('are closed to another tenant by the database itself', async () => {
    for (const table of ['member', 'tier_name', 'message_template', 'message', 'outbox']) {
      const seen = (groupId: string) =>
        test.db.inTransaction(groupId, (tx) => tx.query(`select 1 from ${table} limit 1`));
      expect([table, (await seen(TEST_GROUP)).length]).toEqual([table, 1]);
      expect([table, (await seen(OTHER_GROUP)).length]).toEqual([table, 0]);
    }
  });

  it('templates and the sink can be added to, not changed', async () => {
    for (const sql of [
      `update message_template set code = 'X'`,
      `delete from message_template`,
      `delete from sms_sink`,
    ]) {
      await expect(test.db.inTransaction(TEST_GROUP, (tx) => tx.query(sql))).rejects.toThrow(/permission denied/);
    }
  });

  it('have the owner first in every key; reference tables have the tenant', async () => {
    const first: Record<string, string> = {
      member: 'id',
      message: 'member_id',
      sms_sink: 'member_id',
      tier_name: 'group_id',
      message_template: 'group_id',
    };
    const indexes: { table: string; columns: string[] }[] = await test.admin.dataSource.query(
      `select c.relname as table, array_agg(a.attname::text order by k.n) as columns
       from pg_index i join pg_class c on c.oid = i.indrelid, unnest(i.indkey) with ordinality as k(attnum, n)
       join pg_attribute a on a.attnum = k.attnum
       where a.attrelid = i.indrelid and i.indisunique and c.relname = any($1) group by c.relname, i.indexrelid`,
      [Object.keys(first)],
    );
    expect(indexes.length).toBeGreaterThanOrEqual(Object.keys(first).length);
    for (const { table, columns } of indexes) expect([table, columns[0]]).toEqual([table, first[table]]);
  });

  it('are what the entities say', async () => {
    const { options } = test.admin.dataSource;
    const url = options.type === 'postgres' ? (options.url ?? '') : '';
    const db = await openDatabase({ url, entities: messagingService.entities, poolSize: 1 });
    try {
      const { upQueries } = await db.dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await db.close();
    }
  });
});
