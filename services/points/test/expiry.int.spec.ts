import { PointsExpiredSchema } from '@atrium/contracts';
import { createLog } from '@atrium/platform';
import { eventually } from '@atrium/testkit';
import { expireLotsJob } from '../src/ledger/jobs/expire-lots';
import { alongIndex } from '../src/ledger/storage/lapse.repository';
import { lockAccounts, openLedgers } from '../src/ledger/storage/ledger.repository';
import { letTimePass } from '../src/ledger/use-cases/let-time-pass';
import { expectLedgerToBalance, GROUP, organisation, programme, type Service, start } from './support';

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
       insert into lot (member_id, id, group_id, issued, pending, available, held, redeemed, expired, revoked, reinstated, alive,
         earned_at, available_at, expires_at, funder_id)
       select id, id, $1, 10, 0, 10, 0, 0, 0, 0, 0, true, '2026-06-01', '2026-06-01', $3, $1 from m
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

const expired = async (): Promise<number> => {
  const [row] = await service.admin.dataSource.query(`select count(*)::int as n from lot where expired = 10`);
  return row.n;
};

/** The service's verbs in a process that dies in its third transaction, before the commit. */
function dying(): Service['app'] {
  let finished = 0;
  let dead = false;
  return {
    ...service.app,
    letTimePass: async (groupId, ids, limitMs) => {
      if (dead) throw new Error('killed');
      if (finished === 2) {
        dead = true;
        return service.db.inTransaction(groupId, async (tx) => {
          const done = await letTimePass(tx, ids);
          const [{ pid } = {}] = await tx.query('select pg_backend_pid() as pid, count(*) from outbox');
          await service.admin.dataSource.query('select pg_terminate_backend($1)', [pid]);
          return done;
        });
      }
      const done = await service.app.letTimePass(groupId, ids, limitMs);
      finished++;
      return done;
    },
  };
}

it('a night of expiry: killed, stuck, run again, by three workers at once, beside tills; everything expires once', async () => {
  service.clock.set(END);
  await expect(expireLotsJob(dying()).run(service.db, log)).rejects.toThrow();
  // What was finished before stays, the third was undone.
  const done = await expired();
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(MEMBERS);
  expect(await service.published(PointsExpiredSchema)).toHaveLength(done);

  // A worker that is stuck, with its locks: a till gets them while it still is.
  const next = (await service.app.membersDue('EXPIRY', null, 20)).map(({ memberId }) => memberId);
  const stuck = await service.admin.dataSource.transaction(async (manager) => {
    await manager.query('lock table outbox in share mode');
    const run = expireLotsJob(service.app).run(service.db, log).catch(String);
    await eventually(
      async () => {
        const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into outbox%'`;
        expect((await service.admin.dataSource.query(waiting)).length).toBeGreaterThan(0);
      },
      { what: 'a worker that waits' },
    );
    await service.db.inTransaction(GROUP, async (tx) => {
      await tx.query(`set local lock_timeout = '20s'`);
      await lockAccounts(tx, next);
    });
    return { run };
  });
  await stuck.run;

  const plan = await service.db.inSystemTransaction(async (tx) => {
    await alongIndex(tx);
    return tx.query(
      `explain select group_id, member_id, expires_at from lot where alive and (available > 0 or pending > 0) and expires_at <= '${END}'
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
  while ((await expired()) < MEMBERS) {
    await Promise.all([1, 2, 3].map(() => expireLotsJob(service.app).run(service.db, log)));
  }
  busy = false;
  await Promise.all(tills);
  expect(await expireLotsJob(service.app).run(service.db, log)).toBe(0);
  expect(await service.published(PointsExpiredSchema)).toHaveLength(MEMBERS);
  await expectLedgerToBalance(service);
});
