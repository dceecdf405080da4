import { setImmediate as turn } from 'node:timers/promises';
import { coalesce, type Tx } from '../src';
import { Harness } from './support/harness';
import { GROUP, OTHER_GROUP } from './support/tiny-service';

interface Command {
  owner: string;
  number: number;
  /** Thrown, not answered. */
  broken?: boolean;
}

describe('coalesced requests', () => {
  let h: Harness;
  beforeAll(async () => {
    h = await Harness.start({ nats: false });
  });
  afterAll(() => h.end());

  let batches: { groupId: string | null; numbers: number[] }[];
  beforeEach(() => void (batches = []));

  /** Each odd number is refused, each even one written down. */
  const keep = async (tx: Tx, commands: readonly Command[]): Promise<string[]> => {
    batches.push({ groupId: tx.groupId, numbers: commands.map(({ number }) => number) });
    for (const { number, broken } of commands) {
      if (number % 2 === 0) await tx.query('insert into entry (id, group_id) values ($1, $2)', [number, tx.groupId]);
      if (broken) throw new Error(`broken ${number}`);
    }
    return commands.map(({ owner, number }) => `${owner}${number}${number % 2 === 0 ? '' : ' refused'}`);
  };
  const start = (options: { batch?: number; inFlight?: number; waiting?: number; run?: typeof keep } = {}) =>
    coalesce(h.db, { run: keep, ownerOf: ({ owner }: Command) => owner, ...options });
  const stored = async (from: number, to: number) =>
    (await h.admin.dataSource.query(`select id from entry where id between $1 and $2 order by id`, [from, to])).map(
      ({ id }: { id: number }) => id,
    ) as number[];

  it('share transactions, and each has its own answer', async () => {
    const ask = start({ batch: 10 });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(GROUP, { owner: `m${i}-`, number: i })));
    expect(answers).toEqual(Array.from({ length: 40 }, (_, i) => `m${i}-${i}${i % 2 === 0 ? '' : ' refused'}`));
    expect(batches.map(({ numbers }) => numbers.length)).toEqual([10, 10, 10, 10]);
    expect(await stored(0, 99)).toHaveLength(20);
  });

  it('a failure among them fails alone, and its neighbours are done once', async () => {
    const ask = start();
    const outcomes = await Promise.allSettled(
      [100, 102, 104, 106].map((number) => ask(GROUP, { owner: `m${number}`, number, broken: number === 104 })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[2]).toMatchObject({ reason: { message: 'broken 104' } });
    expect(await stored(100, 199)).toEqual([100, 102, 106]);
    expect(batches.map(({ numbers }) => numbers)).toEqual([[100, 102, 104, 106], [100], [102], [104], [106]]);
  });

  it("an owner's are never in two transactions at once, and keep their order", async () => {
    const working = new Map<string, number>();
    const seen = new Map<string, number[]>();
    const run = async (_tx: Tx, commands: readonly Command[]) => {
      const owners = new Set(commands.map(({ owner }) => owner));
      for (const owner of owners) {
        expect(working.get(owner) ?? 0).toBe(0);
        working.set(owner, 1);
      }
      await turn();
      for (const { owner, number } of commands) seen.set(owner, [...(seen.get(owner) ?? []), number]);
      for (const owner of owners) working.set(owner, 0);
      return commands.map(() => '');
    };
    const ask = start({ run, batch: 7, inFlight: 4 });
    const numbers = Array.from({ length: 300 }, (_, i) => i);
    await Promise.all(numbers.map((number) => ask(GROUP, { owner: `m${number % 3}`, number })));
    for (const [i, owner] of ['m0', 'm1', 'm2'].entries())
      expect(seen.get(owner)).toEqual(numbers.filter((number) => number % 3 === i));
  });

  it('of one tenant go together, and tenants take turns', async () => {
    const ask = start({ batch: 2, inFlight: 1 });
    const of = (groupId: string, from: number) =>
      Array.from({ length: 4 }, (_, i) => ask(groupId, { owner: `m${from + i}`, number: from + 2 * i + 1 }));
    await Promise.all([...of(GROUP, 200), ...of(OTHER_GROUP, 300)]);
    expect(batches.map(({ groupId }) => groupId)).toEqual([GROUP, OTHER_GROUP, GROUP, OTHER_GROUP]);
  });

  it('beyond what may wait are refused at once; what waits is done', async () => {
    const ask = start({ waiting: 3 });
    const outcomes = await Promise.allSettled(
      [1, 3, 5, 7].map((number) => ask(GROUP, { owner: `m${number}`, number })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[3]).toMatchObject({ reason: { code: 'UNAVAILABLE', retryable: true } });
    expect(await ask(GROUP, { owner: 'm', number: 9 })).toBe('m9 refused');
  });

  it('are not repeated when the connection is lost: nobody knows whether they were done', async () => {
    let runs = 0;
    const run = async (tx: Tx, commands: readonly Command[]) => {
      runs += 1;
      await tx.query('select pg_terminate_backend(pg_backend_pid())');
      return commands.map(() => '');
    };
    const ask = start({ run });
    const outcomes = await Promise.allSettled([1, 3].map((number) => ask(GROUP, { owner: `m${number}`, number })));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(runs).toBe(1);
  });
});

describe('changes held back', () => {
  let h: Harness;
  beforeAll(async () => {
    h = await Harness.start({ nats: false });
  });
  afterAll(() => h.end());

  const insert = (id: number, rows = 1) => ({
    table: 'entry',
    sql: 'insert into entry (id, group_id) values ($1, $2)',
    values: [id, GROUP],
    rows,
  });
  const hear = (n: number) => ({
    table: 'heard',
    sql: `insert into heard (id, group_id, code, times) values ($1, $2, 'w', 1)`,
    values: [`018f0000-0000-7000-8000-00000000010${n}`, GROUP],
    rows: 1,
  });

  it('go together, and are there for what the transaction reads next', async () => {
    await h.db.inTransaction(GROUP, async (tx) => {
      await tx.write(insert(1000), hear(1));
      const rows = await tx.query('select id from entry union all select times from heard order by 1');
      expect(rows).toEqual([{ id: 1 }, { id: 1000 }]);
      await tx.write(insert(1001));
      await tx.write(insert(1002), hear(2));
      await tx.write({ ...insert(0), rows: 0 });
    });
    expect(await h.count('entry where id between 1000 and 1002')).toBe(3);
    expect(await h.count(`heard where code = 'w'`)).toBe(2);
  });

  it('undo everything when one touches other rows than it should, or breaks a rule', async () => {
    const write = (...changes: Parameters<Tx['write']>) => h.db.inTransaction(GROUP, (tx) => tx.write(...changes));
    await expect(
      write(insert(1100), { ...hear(3), sql: `update heard set times = 2 where id = $1 and group_id = $2 and false` }),
    ).rejects.toThrow('0 of 1 rows of heard changed');
    await expect(write(insert(1000), hear(3))).rejects.toMatchObject({ code: '23505' });
    expect(await h.count('entry where id = 1100')).toBe(0);
    expect(await h.count(`heard where code = 'w'`)).toBe(2);
  });
});
