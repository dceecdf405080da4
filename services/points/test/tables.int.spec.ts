import { PointsExpiredSchema } from '@atrium/contracts';
import { openDatabase } from '@atrium/platform';
import { pointsService } from '../src/app';
import {
  balances,
  expectLedgerToBalance,
  GROUP,
  ladder,
  member,
  memberId,
  organisation,
  programme,
  purchaseId,
  register,
  sell,
  type Service,
  start,
  sweptUntilDone,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, 'ann', 'ben');
  await service.settled();
  await programme(service);
  await sell(service, { number: 'A1', of: 'ann', lines: [10_000n], occurredAt: '2026-02-01T00:00:00.000Z' });
  await sell(service, { number: 'A2', of: 'ann', lines: [3_000n], occurredAt: '2025-12-31T16:30:00.000Z' });
  await sell(service, { number: 'B1', of: 'ben', lines: [4_000n], occurredAt: '2026-02-01T00:00:00.000Z' });
  await service.settled();
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

describe('expiry', () => {
  const EXPIRING = `{ me { points { expiring(before: "2030-01-01T00:00:00Z") { expiresAt amount } } } }`;

  it('is announced before, counted at the instant, and written down once', async () => {
    const ann = service.as(member('ann'));
    // 1 January 2026 in Shanghai has no programme yet at 00:30, which is 31 December in UTC: nothing was earned
    expect((await ann.ask(EXPIRING))['me']).toEqual({
      points: { expiring: [{ expiresAt: '2027-12-31T16:00:00.000Z', amount: '100' }] },
    });
    service.clock.set('2027-12-31T15:59:59.999Z');
    expect(await balances(service, 'ann')).toMatchObject({ available: '100' });
    service.clock.set('2027-12-31T16:00:00.000Z');
    expect(await balances(service, 'ann')).toMatchObject({ available: '0' });
    const [{ count }] = await service.admin.dataSource.query(`select count(*) from entry where kind = 'EXPIRE'`);
    expect(count).toBe(0n);
    await sweptUntilDone(service, 'EXPIRY');
    const expired = await service.published(PointsExpiredSchema);
    expect(expired.map(({ memberId: id, points }) => [id, points]).sort()).toEqual(
      [
        [memberId('ann'), 100n],
        [memberId('ben'), 40n],
      ].sort(),
    );
    expect(await balances(service, 'ann')).toMatchObject({ available: '0', growth: '100' });
  });
});

describe('the tables', () => {
  const NOT_OWNED = new Set([
    ...['outbox', 'inbox', 'parked_event', 'idempotency_key', 'org_node', 'migration'],
    ...['expiry_notice'], // how far a job of the group has come
    ...['purchase_directory'], // keyed by what it finds the owner of
    ...['points_rule', 'campaign_budget', 'tier_ladder', 'programme_version', 'ledger_block'], // reference data of the group
    // keyed by what they find the owner of
    ...['purchase_directory', 'interaction_reference', 'partner_exchange_directory'],
    // reference data of the group
    ...['points_rule', 'tier_ladder', 'ledger_block', 'partner', 'partner_rate'],
    ...['gift', 'gift_stock', 'gift_stock_day', 'gift_change', 'gift_order_directory'], // the mall's, of the group (docs/adr/0018)
    ...['approval', 'desk_exception', 'desk_act', 'bulk_adjustment', 'bulk_adjustment_line'], // the desk's lists, of the group (docs/adr/0017)
    ...['entry_unblocked'], // a queue of the group
    ...['liability_snapshot', 'liability_row'], // sums of the group
  ]);

  it('begin every unique index with the owner', async () => {
    const rows: { table: string; index: string; columns: string[] }[] = await service.admin.dataSource.query(`
      select t.relname as table, i.relname as index,
        array(select a.attname::text from unnest(x.indkey) with ordinality k(n, o)
              join pg_attribute a on a.attrelid = t.oid and a.attnum = k.n order by k.o) as columns
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
        join pg_namespace s on s.oid = t.relnamespace
      where s.nspname = 'public' and x.indisunique`);
    const owned = rows.filter(({ table }) => !NOT_OWNED.has(table));
    expect(owned.length).toBeGreaterThan(10);
    expect(owned.filter(({ columns }) => columns[0] !== 'member_id')).toEqual([]);
  });

  it('agree with the entities', async () => {
    const db = await openDatabase({
      url: (service.admin.dataSource.options as { url: string }).url,
      entities: pointsService.entities,
    });
    try {
      const { upQueries } = await db.dataSource.driver.createSchemaBuilder().log();
      // Indexes and constraints are written by hand in the migrations; columns must be the same.
      const drift = upQueries.map(({ query }) => query).filter((q) => !/DROP (CONSTRAINT|INDEX)/.test(q));
      expect(drift).toEqual([]);
    } finally {
      await db.close();
    }
  });

  it('show another tenant nothing, even without any condition', async () => {
    const other = '11111111-1111-5111-8111-111111111111';
    for (const table of ['account', 'lot', 'entry', 'hold', 'purchase_earn', 'purchase_directory', 'points_rule']) {
      const count = `select count(*)::int as n from ${table}`;
      const [mine] = await service.db.inTransaction(GROUP, (tx) => tx.query<{ n: number }>(count));
      const [theirs] = await service.db.inTransaction(other, (tx) => tx.query<{ n: number }>(count));
      expect([table, theirs?.n]).toEqual([table, 0]);
      if (table !== 'hold') expect(mine?.n).toBeGreaterThan(0);
    }
  });

  it('keep the ledger as it was written', async () => {
    const touch = (sql: string) => service.db.inTransaction(GROUP, (tx) => tx.query(sql));
    await expect(touch(`update entry set amount = 1`)).rejects.toThrow(/permission denied/);
    await expect(touch(`delete from entry`)).rejects.toThrow(/permission denied/);
    await expect(touch(`update lot set redeemed = redeemed + 1`)).rejects.toThrow(/lot_parts_sum_to_issued/);
    await expect(touch(`update account set available = -1`)).rejects.toThrow(/account_available_not_negative/);
  });

  it("answer nothing about another group's sale", async () => {
    const other = '11111111-1111-5111-8111-111111111111';
    const { _entities } = await service
      .as({ kind: 'STAFF', id: 'x', groupId: other, grants: [{ role: 'group-admin', nodeId: other }] })
      .ask<{ _entities: unknown[] }>(
        `query($r: [_Any!]!) { _entities(representations: $r) { ... on Purchase { points { earned } } } }`,
        { r: [{ __typename: 'Purchase', id: purchaseId('A1') }] },
      );
    expect(_entities).toEqual([{ points: null }]);
  });
});
