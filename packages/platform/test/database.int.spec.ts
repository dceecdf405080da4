import { isDatabaseAway, sqlState, requireDurableCommits, type Tx } from '../src';
import { Harness } from './support/harness';
import { GROUP, OTHER_GROUP } from './support/tiny-service';

describe('database', () => {
  let h: Harness;
  beforeAll(async () => {
    h = await Harness.start({ nats: false });
  });
  afterAll(() => h.end());

  const failing = (code: string, times: number) => {
    let tries = 0;
    const run = h.db.inTransaction(GROUP, async (tx) => {
      tries += 1;
      if (tries <= times) await tx.query(`do $$ begin raise exception 'x' using errcode = '${code}'; end $$`);
      return tries;
    });
    return run.then(
      (answer) => ({ answer, tries }),
      (error: unknown) => ({ code: sqlState(error), tries }),
    );
  };

  it('tries again after a serialisation failure or a deadlock, at most three times', async () => {
    expect(await failing('40001', 1)).toEqual({ answer: 2, tries: 2 });
    expect(await failing('40P01', 3)).toEqual({ answer: 4, tries: 4 });
    expect(await failing('40001', 99)).toEqual({ code: '40001', tries: 4 });
    expect(await failing('23505', 99)).toEqual({ code: '23505', tries: 1 });
  });

  it('tries again, too, when what is noticed first is a statement behind the one that failed', async () => {
    let tries = 0;
    const answer = h.db.inTransaction(GROUP, async (tx) => {
      tries += 1;
      const failed = tx.query(
        tries === 1 ? `do $$ begin raise exception 'x' using errcode = '40P01'; end $$` : 'select',
      );
      failed.catch(() => undefined);
      await tx.query('select 1');
      return tries;
    });
    expect(await answer).toBe(2);
  });

  it('resolves a real deadlock', async () => {
    const id = (n: number) => `018f0000-0000-7000-8000-00000000000${n}`;
    await h.db.inTransaction(GROUP, (tx) =>
      tx.query(`insert into heard (id, group_id, code, times) values ($1, $3, 'd', 0), ($2, $3, 'd', 0)`, [
        id(1),
        id(2),
        GROUP,
      ]),
    );
    const both = [0, 0];
    const bump = async (tx: Tx, n: number) => tx.query(`update heard set times = times + 1 where id = $1`, [id(n)]);
    let met: () => void = () => undefined;
    const meeting = new Promise<void>((resolve) => (met = resolve));
    await Promise.all(
      [
        [1, 2],
        [2, 1],
      ].map(([first, second], i) =>
        h.db.inTransaction(GROUP, async (tx) => {
          both[i] = (both[i] ?? 0) + 1;
          await bump(tx, first as number);
          if (both.every((n) => n > 0)) met();
          await meeting;
          await bump(tx, second as number);
        }),
      ),
    );
    expect(await h.count(`heard where code = 'd' and times = 2`)).toBe(2);
    // One of them began again; on a busy machine they can meet a second time.
    expect(both[0]! + both[1]!).toBeGreaterThanOrEqual(3);
  });

  it('runs what waits for the commit after it, and never after a rollback', async () => {
    const done: string[] = [];
    await h.db.inTransaction(GROUP, async (tx) => tx.afterCommit(() => done.push('committed')));
    const rolledBack = h.db.inTransaction(GROUP, async (tx) => {
      tx.afterCommit(() => done.push('rolled back'));
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect(done).toEqual(['committed']);
  });

  it('shows a tenant inside its transaction only, also on the same connection', async () => {
    const one = await h.open(h.database.appUrl, undefined, 1);
    const setting = `select current_setting('atrium.group_id', true) as tenant, current_setting('atrium.system', true) as system`;
    expect(await one.inTransaction(GROUP, (tx) => tx.query(setting))).toMatchObject([{ tenant: GROUP }]);
    const after = (await one.dataSource.query(setting)) as { tenant: string | null; system: string | null }[];
    expect(after[0]?.tenant || null).toBeNull();
    await one.inSystemTransaction((tx) => tx.query('select 1'));
    const last = (await one.dataSource.query(setting)) as { tenant: string | null; system: string | null }[];
    expect(last[0]?.system || null).toBeNull();
    await expect(one.inTransaction(`${GROUP}'; drop table heard; --`, () => Promise.resolve())).rejects.toThrow('UUID');
  });

  const rows: [table: string, columns: string, values: string][] = [
    [
      'outbox',
      'event_id, group_id, subject, aggregate_id, aggregate_version, lane, payload, headers, occurred_at, created_at',
      `gen_random_uuid(), $1, 's', $1, 1, '0', '', '{}', now(), now()`,
    ],
    ['inbox', 'consumer, event_id, group_id, received_at', `'c', gen_random_uuid(), $1, now()`],
    [
      'parked_event',
      'consumer, event_id, group_id, subject, payload, headers, reason, tries, parked_at, next_try_at, deadline',
      `'c', gen_random_uuid(), $1, 's', '', '{}', 'r', 1, now(), now(), now()`,
    ],
    [
      'idempotency_key',
      'group_id, actor, operation, key, input_hash, answer, created_at',
      `$1, 'a', 'o', gen_random_uuid()::text, '', '{}', now()`,
    ],
    [
      'org_node',
      'group_id, id, kind, path, code, name, time_zone, currency, day_cut_minutes, version',
      `$1, gen_random_uuid(), 'MALL', '{}', 'c', 'n', 'z', 'CNY', 0, 1`,
    ],
  ];

  it.each(rows)('lets the database alone keep %s apart by tenant', async (table, columns, values) => {
    const insert = `insert into ${table} (${columns}) values (${values})`;
    await h.db.inTransaction(GROUP, (tx) => tx.query(insert, [GROUP]));
    const forged = h.db.inTransaction(OTHER_GROUP, (tx) => tx.query(insert, [GROUP]));
    await expect(forged).rejects.toThrow('row-level security');
    await h.db.inTransaction(OTHER_GROUP, async (tx) => {
      expect(await tx.query(`select * from ${table}`)).toEqual([]);
      expect(await tx.query(`update ${table} set group_id = $1 returning 1`, [OTHER_GROUP])).toEqual([]);
      expect(await tx.query(`delete from ${table} returning 1`)).toEqual([]);
    });
    expect(await h.db.dataSource.query(`select * from ${table}`)).toEqual([]);
    expect(await h.db.inSystemTransaction((tx) => tx.query(`select 1 from ${table}`))).toHaveLength(1);
  });

  it('lets a ledger table grow, and nothing else', async () => {
    const inGroup = (sql: string) => h.db.inTransaction(GROUP, (tx) => tx.query(sql));
    await inGroup(`insert into entry values (1, '${GROUP}')`);
    expect(await inGroup('select id from entry')).toEqual([{ id: 1 }]);
    await expect(inGroup('update entry set id = 2')).rejects.toThrow('permission denied');
    await expect(inGroup('delete from entry')).rejects.toThrow('permission denied');
    await expect(inGroup('truncate entry')).rejects.toThrow('permission denied');
  });

  it('takes a login that is no longer let in for a database that is away, not for a fault of the work', async () => {
    const login = `changed_${Date.now().toString(36)}`;
    await h.admin.dataSource.query(`create role ${login} login password 'before'`);
    const url = Object.assign(new URL(h.database.appUrl), { username: login, password: 'before' });
    try {
      await h.admin.dataSource.query(`grant connect on database "${url.pathname.slice(1)}" to ${login}`);
      const db = await h.open(url.href, undefined, 1);
      await h.admin.dataSource.query(`alter role ${login} nologin`);
      await h.admin.dataSource.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = $1`, [
        login,
      ]);
      // The first may still be told that its connection was ended.
      let refused: unknown;
      for (let tries = 0; tries < 5 && sqlState(refused) !== '28000'; tries++)
        refused = await db.dataSource.query('select 1').catch((error: unknown) => error);
      expect({ code: sqlState(refused), away: isDatabaseAway(refused) }).toEqual({ code: '28000', away: true });
    } finally {
      await h.admin.dataSource.query(`drop owned by ${login}`);
      await h.admin.dataSource.query(`drop role ${login}`);
    }
  });

  it('refuses a server that acknowledges before it is durable', async () => {
    await requireDurableCommits(h.db);
    const careless = new URL(h.database.appUrl);
    careless.searchParams.set('options', '-c synchronous_commit=off');
    await expect(requireDurableCommits(await h.open(careless.href))).rejects.toThrow('synchronous_commit=off');
  });
});
