import { openDatabase } from '@atrium/platform';
import { TEST_GROUP, type TestService } from '@atrium/testkit';
import { type MemberApp, memberService } from '../src/app';
import { member, nextKey, OTHER_GROUP, registered, startMember } from './support';

let test: TestService<MemberApp>;
const PHONE = '13700001234';
const NAME = '欧阳小明';
let id: string;

beforeAll(async () => {
  test = await startMember();
  id = await registered(test, { phone: PHONE, displayName: NAME, birthday: '1987-06-05', cardNumber: 'CARD-98765' });
  await test
    .as(member(id))
    .ask(`mutation { showMemberCode(input: { idempotencyKey: "${nextKey()}" }) { __typename } }`);
});
afterAll(() => test.end());

interface ColumnRow {
  table_name: string;
  column_name: string;
  data_type: string;
}

describe('tables of the member service', () => {
  it('hold no personal data in clear, in any column', async () => {
    const columns: ColumnRow[] = await test.admin.dataSource.query(
      `select table_name, column_name, data_type from information_schema.columns
       where table_schema = 'public' and data_type in ('text', 'jsonb', 'bytea', 'character', 'date', 'character varying')`,
    );
    expect(columns.length).toBeGreaterThan(20);
    for (const { table_name, column_name, data_type } of columns) {
      for (const secret of [PHONE, PHONE.slice(3), NAME, '1987-06-05', 'CARD-98765', '98765']) {
        const text = data_type === 'bytea' ? `encode(${column_name}, 'hex')` : `${column_name}::text`;
        const wanted = data_type === 'bytea' ? Buffer.from(secret).toString('hex') : secret;
        const rows: unknown[] = await test.admin.dataSource.query(
          `select 1 from ${table_name} where position($1 in ${text}) > 0 limit 1`,
          [wanted],
        );
        expect([table_name, column_name, rows.length]).toEqual([table_name, column_name, 0]);
      }
    }
  });

  it('are closed to another tenant by the database itself', async () => {
    for (const table of ['member', 'member_card', 'identifier', 'member_code', 'outbox', 'idempotency_key']) {
      const seen = (groupId: string) =>
        test.db.inTransaction(groupId, (tx) => tx.query(`select 1 from ${table} limit 1`));
      expect([table, (await seen(TEST_GROUP)).length]).toEqual([table, 1]);
      expect([table, (await seen(OTHER_GROUP)).length]).toEqual([table, 0]);
    }
    const stolen = test.db.inTransaction(OTHER_GROUP, (tx) =>
      tx.query(`update member set status = 'CLOSED' where id = $1 returning 1`, [id]),
    );
    expect(await stolen).toEqual([]);
    await expect(
      test.db.inTransaction(OTHER_GROUP, (tx) =>
        tx.query(`insert into code_attempt (group_id, caller_id, minute, attempts) values ($1, 'x', $2, 1)`, [
          TEST_GROUP,
          tx.now,
        ]),
      ),
    ).rejects.toThrow(/row-level security/);
  });

  it('have the owner, or the unique thing itself, first in every key', async () => {
    const first: Record<string, string[]> = {
      member: ['id'],
      member_card: ['member_id'],
      staff: ['id'],
      staff_grant: ['staff_id'],
      // Directories: keyed by what is unique in the group.
      identifier: ['group_id', 'type', 'blind_index'],
      member_code: ['group_id', 'code_index'],
      code_attempt: ['group_id', 'caller_id', 'minute'],
    };
    const indexes: { table: string; columns: string[] }[] = await test.admin.dataSource.query(
      `select c.relname as table, array_agg(a.attname::text order by k.n) as columns
       from pg_index i join pg_class c on c.oid = i.indrelid, unnest(i.indkey) with ordinality as k(attnum, n)
       join pg_attribute a on a.attnum = k.attnum
       where a.attrelid = i.indrelid and i.indisunique and c.relname = any($1) group by c.relname, i.indexrelid`,
      [Object.keys(first)],
    );
    expect(indexes.length).toBeGreaterThanOrEqual(Object.keys(first).length);
    for (const { table, columns } of indexes) {
      const begin = first[table] ?? [];
      expect([table, ...columns.slice(0, begin.length)]).toEqual([table, ...begin]);
    }
  });

  it('are what the entities say', async () => {
    const url = new URL(
      test.admin.dataSource.options.type === 'postgres' ? (test.admin.dataSource.options.url ?? '') : '',
    );
    const db = await openDatabase({ url: url.href, entities: memberService.entities, poolSize: 1 });
    try {
      const { upQueries } = await db.dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await db.close();
    }
  });
});
