import { PointsLedgerBlockClosedSchema } from '@atrium/contracts';
import { createLog } from '@atrium/platform';
import { eventually } from '@atrium/testkit';
import { closeLedgerBlocksJob } from '../src/proof/jobs/close-ledger-blocks';
import {
  admin,
  expectLedgerToBalance,
  GROUP,
  memberId,
  organisation,
  programme,
  register,
  type Service,
  start,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await register(service, ...Array.from({ length: 20 }, (_, i) => `m${i}`));
  await service.settled();
  await programme(service);
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const log = createLog('points', 'silent');
const closeBlocks = () => closeLedgerBlocksJob(service.app).run(service.db, log);
const sealed = () =>
  eventually(
    async () => {
      await closeBlocks();
      expect(await count('entry_unblocked')).toBe(0);
    },
    { what: 'every entry is in a block' },
  );
let keys = 0;
const adjust = (name: string, amount: string) =>
  service
    .as(admin)
    .ask(
      `mutation($input: AdjustPointsInput!) { adjustPoints(input: $input) { __typename ... on UserError { code } } }`,
      { input: { idempotencyKey: `block-${++keys}`, memberId: memberId(name), amount, reason: 'because' } },
    );

const BLOCKS = `query($g: ID, $n: Int, $a: String) { pointsLedgerBlocks(groupId: $g, first: $n, after: $a) {
  edges { cursor node { groupId number count root previousHash hash closedAt } } pageInfo { hasNextPage endCursor } } }`;
interface Blocks {
  pointsLedgerBlocks: {
    edges: {
      cursor: string;
      node: { number: number; count: number; previousHash: string; hash: string; root: string };
    }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
}
const anybody = () => service.as({ kind: 'ANONYMOUS', groupId: null });
const count = async (table: string): Promise<number> =>
  (await service.admin.dataSource.query(`select count(*)::int as n from ${table}`))[0].n;

describe('blocks', () => {
  // The service's own job may close one in between: nothing here depends on how entries fall into blocks.
  it('hold what was posted since the one before, and name it', async () => {
    await adjust('m0', '100');
    await sealed();
    await adjust('m0', '-30');
    await adjust('m1', '7');
    await sealed();
    const first = (await anybody().ask<Blocks>(BLOCKS, { g: GROUP, n: 1 })).pointsLedgerBlocks;
    expect(first.edges).toMatchObject([
      { node: { groupId: GROUP, number: 1, count: 1, previousHash: '0'.repeat(64) } },
    ]);
    expect(first.pageInfo.hasNextPage).toBe(true);
    const rest = await anybody().ask<Blocks>(BLOCKS, { g: GROUP, n: 50, a: first.pageInfo.endCursor });
    const chain = [...first.edges, ...rest.pointsLedgerBlocks.edges].map(({ node }) => node);
    expect(chain.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    for (const [i, { number, previousHash }] of chain.slice(1).entries()) {
      expect([number, previousHash]).toEqual([i + 2, chain[i]?.hash]);
    }
    expect(await service.published(PointsLedgerBlockClosedSchema)).toMatchObject(
      chain.map(({ number, count, root, hash }) => ({ number: BigInt(number), entryCount: BigInt(count), root, hash })),
    );
  });

  it("are public; a token's own group stands above what is asked", async () => {
    const one = `query($g: ID) { pointsLedgerBlock(number: 1, groupId: $g) { number } }`;
    const found = { pointsLedgerBlock: { number: 1 } };
    expect(await anybody().ask(one, { g: GROUP })).toEqual(found);
    expect(await anybody().ask(one, {})).toEqual({ pointsLedgerBlock: null });
    expect(await anybody().ask(one, { g: 'no id' })).toEqual({ pointsLedgerBlock: null });
    expect(await service.as(admin).ask(one, {})).toEqual(found);
    const other = '11111111-1111-5111-8111-111111111111';
    const stranger = service.as({ kind: 'MEMBER', id: 'x', memberId: other, groupId: other });
    expect(await stranger.ask(one, { g: GROUP })).toEqual({ pointsLedgerBlock: null });
    expect((await anybody().send(BLOCKS, { g: GROUP, a: 'nonsense' })).errors).toMatchObject([
      { extensions: { code: 'BAD_REQUEST' } },
    ]);
  });

  it('hold each entry once, however many post and close at the same time', async () => {
    let posting = true;
    const closers = Array.from({ length: 3 }, async () => {
      while (posting) await closeBlocks();
    });
    for (let round = 0; round < 15; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, i) => adjust(`m${i}`, round % 3 === 2 ? '-5' : '9')));
    }
    posting = false;
    await Promise.all(closers);
    await sealed();
    expect(await count('entry')).toBe(303);
    const [sums] = await service.admin.dataSource.query(`
      select count(*)::int as leaves, count(distinct (l.member_id, l.entry_id))::int as entries,
        count(distinct (l.block_number, l.leaf_index))::int as places, count(e.id)::int as known
      from entry_leaf l left join entry e on e.member_id = l.member_id and e.id = l.entry_id`);
    expect(sums).toEqual({ leaves: 303, entries: 303, places: 303, known: 303 });
    const gaps = await service.admin.dataSource.query(`
      select number from ledger_block b where count <> (select count(*) from entry_leaf l where l.block_number = b.number)
        or (number > 1 and previous_hash is distinct from (select hash from ledger_block p where p.number = b.number - 1))`);
    expect(gaps).toEqual([]);
    expect(await count('ledger_block')).toBeGreaterThan(3);
  });

  it('cannot be touched by the application', async () => {
    for (const sql of ['update ledger_block set count = 1', 'delete from entry_leaf', 'delete from ledger_block']) {
      await expect(service.db.inTransaction(GROUP, (tx) => tx.query(sql))).rejects.toThrow(/permission denied/);
    }
  });
});
