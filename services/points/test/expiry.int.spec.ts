import { PointsExpiredSchema } from '@atrium/contracts';
import { createLog } from '@atrium/platform';
import { expireLotsJob } from '../src/ledger/jobs/expire-lots';
import { alongIndex } from '../src/ledger/storage/lapse.repository';
import { lockAccounts, openLedgers } from '../src/ledger/storage/ledger.repository';
import { expectLedgerToBalance, GROUP, organisation, programme, type Service, start } from './support';

jest.setTimeout(120_000);

const MEMBERS = 1_500;
const idOf = (i: number) => `0190a000-0000-7000-8000-${i.toString(16).padStart(12, '0')}`;
const END = '2027-12-31T16:00:00Z';

let service: Service;
const log = createLog('points', 'silent');

/** One lot of 10 each, all of which end at the same midnight, made in the database. */
const seed = () =>
  service.admin.dataSource.query(
    `with m as (
       select ('0190a000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid as id, i from generate_series(1, $2::int) i
     ), accounts as (
       insert into account (member_id, group_id, pending, available, held, debt, growth, frozen, freeze_version, version, updated_at)
       select id, $1, 0, 10, 0, 0, 0, false, 0, 1, now() from m
     ), lots as (
       insert into lot (member_id, id, group_id, issued, pending, available, held, redeemed, expired, revoked, reinstated,
         earned_at, available_at, expires_at, funder_id)
       select id, id, $1, 10, 0, 10, 0, 0, 0, 0, 0, '2026-06-01', '2026-06-01', $3, $1 from m
     ), entries as (
       insert into entry (member_id, id, group_id, kind, amount, debt_delta, available_after, occurred_at, posted_at, explanation)
       select id, id, $1, 'ADJUST', 10, 0, 10, '2026-06-01', '2026-06-01', '[]' from m
     )
     insert into entry_lot (member_id, entry_id, lot_id, group_id, amount) select id, id, id, $1, 10 from m`,
    [GROUP, MEMBERS, END],
  );

beforeAll(async () => {
  service = await start();
  await organisation(service);
  await service.settled();
  await programme(service);
  await seed();
});
afterAll(() => service.end());

it('a night of expiry: killed, run again, by three workers at once, beside tills; everything expires once', async () => {
  service.clock.set(END);
  // A worker dies in its third transaction: what was finished before stays, the third is undone.
  let turns = 0;
  const dying = {
    ...service.app,
    letTimePass: (groupId: string, ids: readonly string[]) =>
      ++turns < 3 ? service.app.letTimePass(groupId, ids) : Promise.reject(new Error('killed')),
  };
  await expect(expireLotsJob(dying).run(service.db, log)).rejects.toThrow('killed');
  const [{ done }] = await service.admin.dataSource.query(`select count(*)::int as done from lot where expired = 10`);
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(MEMBERS);

  const plan = await service.db.inSystemTransaction(async (tx) => {
    await alongIndex(tx);
    return tx.query(
      `explain select group_id, member_id, expires_at from lot where (available > 0 or pending > 0) and expires_at <= '${END}'
         and (expires_at, member_id) > ('2027-12-31T15:00:00Z', '${idOf(9)}') order by expires_at, member_id limit 50`,
    );
  });
  expect(JSON.stringify(plan)).toMatch(/Index Scan using lot_expiring/);

  let busy = true;
  /** What a hold does first: locks the account, and finds nothing that could be held. */
  const till = async (step: number): Promise<void> => {
    for (let i = step; busy; i = ((i * 7919) % MEMBERS) + 1) {
      await service.db.inTransaction(GROUP, async (tx) => {
        await lockAccounts(tx, [idOf(i)]);
        const ledgers = await openLedgers(tx, [idOf(i)], { lock: false, spending: [idOf(i)] });
        expect(ledgers.get(idOf(i))?.account.available).toBe(0n);
      });
    }
  };
  const tills = [1, 2].map((step) => till(step));
  // What somebody else works on at that moment is left to the next turn.
  const rerun = async () => {
    const results = await Promise.all([1, 2, 3].map(() => expireLotsJob(service.app).run(service.db, log)));
    return results.reduce((a, b) => a + b);
  };
  let total = Number(done);
  while (total < MEMBERS) total += await rerun();
  busy = false;
  await Promise.all(tills);
  expect(total).toBe(MEMBERS);
  expect(await expireLotsJob(service.app).run(service.db, log)).toBe(0);
  expect(await service.published(PointsExpiredSchema)).toHaveLength(MEMBERS);
  await expectLedgerToBalance(service);
});
