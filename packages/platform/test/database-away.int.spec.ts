import { eventually } from '@atrium/testkit';
import { type Database, isDatabaseAway, openDatabase, sqlState, type Tx } from '../src';
import { Harness } from './support/harness';
import { startProxy } from './support/proxy';
import { GROUP } from './support/tiny-service';

describe('a connection to PostgreSQL', () => {
  let h: Harness;
  beforeAll(async () => {
    h = await Harness.start({ nats: false });
  });
  afterAll(() => h.end());

  const failureOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );
  const pidOf = async (tx: Tx) => (await tx.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid;
  const end = async (which: string) => {
    await h.admin.dataSource.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${which}`);
    await eventually(async () => (await h.count(`pg_stat_activity where ${which}`)) === 0, { what: 'its end' });
  };

  it.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['our own', (tx) => tx.query('select 1')],
    ["TypeORM's", (tx) => tx.manager.query('select 1')],
  ])('that ends between two statements is a database that is away, also for a statement of %s', async (_, next) => {
    const failure = await failureOf(
      h.db.inTransaction(GROUP, async (tx) => {
        await end(`pid = ${await pidOf(tx)}`);
        await next(tx);
      }),
    );
    expect({ failure, away: isDatabaseAway(failure) }).toMatchObject({ failure: { code: '57P01' }, away: true });
    expect(await h.db.inTransaction(GROUP, (tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }]);
  });

  it('that ends in the moment in which it begins does not end the process', async () => {
    const proxy = await startProxy(h.database.appUrl);
    const name = 'begins-and-ends';
    try {
      const db = await openDatabase({ url: proxy.url, poolSize: 2, name });
      h.onEnd(() => db.close());
      const failure = await db.inTransaction(GROUP, async (tx) => {
        await tx.query('select 1');
        const connected = proxy.holdNext();
        const second = failureOf(db.inTransaction(GROUP, (other) => other.query('select 1')));
        await connected;
        const idle = `application_name = '${name}' and state = 'idle'`;
        await eventually(async () => (await h.count(`pg_stat_activity where ${idle}`)) === 1, { what: 'a session' });
        await end(idle);
        return second;
      });
      expect(isDatabaseAway(failure)).toBe(true);
    } finally {
      await proxy.stop();
    }
  });

  it('that says nothing any more is given up, and the next one is used', async () => {
    const proxy = await startProxy(h.database.appUrl);
    h.onEnd(() => proxy.stop());
    const db = await openDatabase({ url: proxy.url, poolSize: 1, statementTimeoutMs: 500 });
    h.onEnd(() => db.close());
    const failure = await failureOf(
      db.inTransaction(GROUP, async (tx) => {
        await tx.query('select 1');
        proxy.silence();
        await tx.query('select 1');
      }),
    );
    expect({ failure, away: isDatabaseAway(failure) }).toMatchObject({ away: true });
    expect(await db.inTransaction(GROUP, (tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }]);
  });

  it('to a primary that has become a standby is used no more', async () => {
    const db = await h.open(h.database.appUrl, undefined, 1);
    const write = (database: Database) =>
      database.inTransaction(GROUP, async (tx) => {
        await tx.query(`delete from heard where code = 'nobody'`);
        return pidOf(tx);
      });
    const before = await write(db);
    await db.inTransaction(GROUP, (tx) => tx.query('set session characteristics as transaction read only'));
    const failure = await failureOf(write(db));
    expect({ code: sqlState(failure), away: isDatabaseAway(failure) }).toEqual({ code: '25006', away: true });
    expect(await write(db)).not.toBe(before);
  });
});
