import { TEST_GROUP } from '@atrium/testkit';
import { memberId, OTHER_GROUP, publishLadder, registered, sold, startWorld, type World } from './support/world';

const OWNED = ['member_tier', 'metric_fact', 'tier_change'];

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await publishLadder(world);
  await registered('ann', '2026-03-01T04:00:00Z')(world);
  await sold('ann', 'p1', '2026-03-05T04:00:00Z', 500_000n)(world);
  await world.settled();
});
afterAll(() => world.end());

it('row-level security alone keeps groups apart', async () => {
  for (const table of [...OWNED, 'tier_ladder']) {
    const count = (groupId: string) =>
      world.db.inTransaction(
        groupId,
        async (tx) => (await tx.query<{ n: bigint }>(`select count(*) as n from ${table}`))[0]?.n,
      );
    expect([table, await count(OTHER_GROUP)]).toEqual([table, 0n]);
    expect(await count(TEST_GROUP)).toBeGreaterThan(0n);
    const foreign = world.db.inTransaction(OTHER_GROUP, (tx) =>
      tx.query(`insert into member_tier (member_id, group_id, version, ladder_version) values ($1, $2, 0, 0)`, [
        memberId('ben'),
        TEST_GROUP,
      ]),
    );
    await expect(foreign).rejects.toThrow('row-level security');
  }
  const changed = await world.db.inTransaction(OTHER_GROUP, (tx) =>
    tx.query(`update member_tier set code = 'GOLD' returning 1`),
  );
  expect(changed).toHaveLength(0);
});

it('entities and migrations agree', async () => {
  const { upQueries } = await world.db.dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});

it('the owner is in every unique index of what belongs to a member', async () => {
  const indexes: { table: string; columns: string[] }[] = await world.admin.dataSource.query(
    `select i.indrelid::regclass::text as table, array_agg(a.attname::text) as columns
     from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indisunique and i.indrelid::regclass::text = any($1) group by i.indexrelid, i.indrelid`,
    [OWNED],
  );
  expect(indexes.map(({ table }) => table).sort()).toEqual(OWNED);
  for (const { columns } of indexes) expect(columns).toContain('member_id');
});
