import { err, ok, type Result } from '@atrium/kernel';
import { LIMITS } from '@atrium/contracts';
import { controllableClock } from '@atrium/testkit';
import { createLog, idempotent, idempotentAll, publish } from '../src';
import { housekeeping } from '../src/jobs/housekeeping';
import { Harness } from './support/harness';
import { fact, GROUP, OTHER_GROUP } from './support/tiny-service';

describe('idempotency', () => {
  const clock = controllableClock('2026-03-10T04:00:00Z');
  let h: Harness;
  beforeAll(async () => {
    h = await Harness.start({ clock, poolSize: 50 });
  });
  afterAll(() => h.end());

  interface Call {
    key: string;
    input?: unknown;
    actor?: string;
    operation?: string;
    group?: string;
  }
  const call = <T, E>(
    { key, input = {}, actor = 'me', operation = 'redeem', group = GROUP }: Call,
    run: () => Promise<Result<T, E>>,
  ) => h.db.inTransaction(group, (tx) => idempotent(tx, { key, input, actor, operation }, run));

  it('gives the stored answer as it was, with bigint and Date', async () => {
    const answer = {
      amount: 9_007_199_254_740_993n,
      at: new Date('2026-03-10T04:00:00.123Z'),
      list: [1, null, { x: 1n }],
      $n: 'text',
    };
    const first = await call({ key: 'exact', input: { b: 1n, a: 2 } }, async () => ok(answer));
    const again = await call({ key: 'exact', input: { a: 2, b: 1n } }, async () => err('never run'));
    expect(first).toEqual(ok(answer));
    expect(again).toEqual(ok(answer));
  });

  it('refuses another input, and keeps callers, verbs and tenants apart', async () => {
    const run = (value: string) => async () => ok(value);
    expect(await call({ key: 'k', input: 1 }, run('a'))).toEqual(ok('a'));
    expect(await call({ key: 'k', input: 2 }, run('b'))).toEqual(err({ code: 'IDEMPOTENCY_CONFLICT' }));
    expect(await call({ key: 'k', input: 2, actor: 'you' }, run('c'))).toEqual(ok('c'));
    expect(await call({ key: 'k', input: 2, operation: 'gift' }, run('d'))).toEqual(ok('d'));
    expect(await call({ key: 'k', input: 2, group: OTHER_GROUP }, run('e'))).toEqual(ok('e'));
  });

  it('keeps no refusal and nothing of a failure', async () => {
    expect(await call({ key: 'r' }, async () => err('SOLD_OUT'))).toEqual(err('SOLD_OUT'));
    await expect(call({ key: 'r' }, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await call({ key: 'r' }, async () => ok('in stock'))).toEqual(ok('in stock'));
  });

  it('answers many of one transaction, each its own; a key that stands twice is done once', async () => {
    const all = (calls: { key: string; input: unknown; refuse?: boolean }[]) => {
      const runs: number[] = [];
      const run = async (places: readonly number[]) => {
        runs.push(...places);
        return places.map((i) => (calls[i]?.refuse ? err('NO') : ok(`done ${calls[i]?.key}`)));
      };
      const identified = calls.map(({ key, input }) => ({ key, input, actor: 'me', operation: 'many' }));
      return h.db
        .inTransaction(GROUP, (tx) => idempotentAll<string, string>(tx, identified, run))
        .then((answers) => ({ runs, answers: answers.map((a) => (a.ok ? a.value : a.error)) }));
    };
    const calls = [
      { key: 'a', input: 1 },
      { key: 'b', input: 1, refuse: true },
      { key: 'a', input: 1 },
      { key: 'a', input: 2 },
      { key: 'b', input: 2 },
    ];
    const [conflict, inProgress] = [{ code: 'IDEMPOTENCY_CONFLICT' }, { code: 'IN_PROGRESS' }];
    expect(await all(calls)).toEqual({ runs: [0, 1], answers: ['done a', 'NO', 'done a', conflict, inProgress] });
    expect(await all([...calls, { key: 'c', input: 1 }])).toMatchObject({
      runs: [1, 5],
      answers: { 0: 'done a', 3: conflict },
    });
    await h.db.inTransaction(GROUP, async (tx) => {
      await idempotentAll(tx, [{ key: 'd', input: 1, actor: 'me', operation: 'many' }], async () => {
        expect(
          await all([
            { key: 'd', input: 1 },
            { key: 'e', input: 1 },
          ]),
        ).toEqual({ runs: [1], answers: [inProgress, 'done e'] });
        return [ok('mine')];
      });
    });
  });

  it('runs once for fifty submissions at once', async () => {
    let runs = 0;
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        call({ key: 'fifty' }, async () => {
          runs += 1;
          await h.db.inSystemTransaction((tx) => tx.query('select pg_sleep(0.05)'));
          return ok(runs);
        }),
      ),
    );
    expect(runs).toBe(1);
    const given = answers.filter((answer) => answer.ok);
    expect(given.length).toBeGreaterThanOrEqual(1);
    for (const answer of given) expect(answer).toEqual(ok(1));
    for (const answer of answers.filter((a) => !a.ok)) expect(answer).toEqual(err({ code: 'IN_PROGRESS' }));
    expect(await call({ key: 'fifty' }, async () => ok(2))).toEqual(ok(1));
  });

  it('locks in another space than the relays', async () => {
    const kinds = `select distinct objsubid from pg_locks where locktype = 'advisory' and granted and pid = pg_backend_pid()`;
    await h.db.inTransaction(GROUP, async (tx) => {
      await idempotent(tx, { key: 'space', input: 1, actor: 'me', operation: 'x' }, async () => ok(1));
      // 1 is a lock of one key, 2 of two keys: the same number in both never meets.
      expect(await tx.query(kinds)).toEqual([{ objsubid: 1 }]);
    });
    const number = (7262002n << 32n) | BigInt('0'.charCodeAt(0));
    await h.db.inTransaction(GROUP, async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [number]);
      const relay = await h.db.inSystemTransaction((other) =>
        other.query(`select pg_try_advisory_xact_lock(7262002, ascii('0')) as held`),
      );
      expect(relay).toEqual([{ held: true }]);
    });
  });

  it('is forgotten, like published facts and taken messages, when its time is past and not before', async () => {
    await h.admin.dataSource.query('truncate outbox, inbox, idempotency_key');
    const day = 86_400_000;
    const retention = LIMITS.retentionSeconds * 1000;
    const at = (age: number) => new Date(clock.now().getTime() - age);
    const run = (sql: string, values: unknown[]) => h.admin.dataSource.query(sql, values);
    for (const age of [retention + 1, retention - 1]) {
      await h.db.inTransaction(GROUP, (tx) => publish(tx, ...fact('old')));
      await run(`update outbox set published_at = $1 where published_at is null`, [at(age)]);
    }
    await h.db.inTransaction(GROUP, (tx) => publish(tx, ...fact('waiting')));
    await run(`update outbox set created_at = $1 where published_at is null`, [at(retention * 2)]);
    for (const age of [retention + day + 1, retention + 1])
      await run(`insert into inbox values ('c', gen_random_uuid(), $1, $2)`, [GROUP, at(age)]);
    for (const age of [7 * day + 1, 7 * day - 1])
      await run(`insert into idempotency_key values ($1, 'a', 'o', $2, '', '{}', $3)`, [GROUP, String(age), at(age)]);
    expect(await housekeeping.run(h.db, createLog('t', 'silent'))).toBe(3);
    expect([await h.count('outbox'), await h.count('inbox'), await h.count('idempotency_key')]).toEqual([2, 1, 1]);
    expect(await h.count('outbox where published_at is null')).toBe(1);
    expect(await housekeeping.run(h.db, createLog('t', 'silent'))).toBe(0);
  });
});
