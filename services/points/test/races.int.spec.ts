// Many hands on one account at once. What counts is what is left in the rows: every promise of the ledger holds, and a key that
// was used twice had one effect.
import { MembersMergedSchema, MembersMergeRequestedSchema, PointsMergedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { inFlight } from '@atrium/testkit';
import { invariantsOf } from './model/invariants';
import { orders, paying } from './orders.support';
import {
  admin,
  balances,
  GROUP,
  ladder,
  memberId,
  organisation,
  programme,
  refund,
  register,
  sell,
  type Service,
  start,
} from './support';

let service: Service;
const ask = orders(() => service);

beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, 'ann', 'ben', 'cat', 'dan', 'eve');
  await service.settled();
  await programme(service);
});
afterAll(() => service.end());
afterEach(async () => expect(await invariantsOf(service.admin, GROUP)).toEqual([]));

const earn = async (of: string, number: string, fen: bigint) => {
  await sell(service, { number, of, lines: [fen], occurredAt: '2026-02-01T00:00:00.000Z' });
  await service.settled();
};
const adjust = (of: string, key: string, amount: string) =>
  service
    .as(admin)
    .ask<{ adjustPoints: { __typename: string } }>(
      `mutation($i: AdjustPointsInput!) { adjustPoints(input: $i) { __typename } }`,
      { i: { idempotencyKey: key, memberId: memberId(of), amount, reason: 'a race' } },
    );

const codeOf = (answer: object): unknown => ('code' in answer ? answer.code : undefined);

/** A key that is in flight is asked again with the same words, as a client does. */
async function settledAnswer(run: () => Promise<object>): Promise<object> {
  for (;;) {
    const answer = await run();
    if (codeOf(answer) !== 'IN_PROGRESS') return answer;
  }
}

it('200 verbs on one account, each key used four times: every key has one effect and one answer', async () => {
  await earn('ann', 'R-ann', 1_100_000n);
  // 11,000 points: 20 holds of 300, 20 redemptions of 200, 10 corrections of 100. All fit, and nothing is left if each counts once.
  const tasks = Array.from({ length: 50 }, (_, i) => i).flatMap((i) =>
    Array.from({ length: 4 }, () => async () => {
      if (i < 20)
        return settledAnswer(() => ask('holdPoints', 'ann', `H${i}`, { ...paying('300'), idempotencyKey: `h${i}` }));
      if (i < 40)
        return settledAnswer(() => ask('redeemPoints', 'ann', `P${i}`, { ...paying('200'), idempotencyKey: `p${i}` }));
      return settledAnswer(async () => {
        const { adjustPoints } = await adjust('ann', `a${i}`, '-100');
        return adjustPoints.__typename === 'InProgressError' ? { code: 'IN_PROGRESS' } : {};
      });
    }),
  );
  const answers = await inFlight(50, shuffled(tasks));
  expect(answers.filter((answer) => codeOf(answer) !== undefined)).toEqual([]);
  expect(await balances(service, 'ann')).toMatchObject({ available: '0', held: '6000', debt: '0' });
});

it('holds at the midnight of the expiry: what was held in time may be captured, nothing else is left', async () => {
  await earn('ben', 'R-ben', 100_000n);
  const [lot] = await service.admin.dataSource.query(`select expires_at from lot where member_id = $1`, [
    memberId('ben'),
  ]);
  const midnight = new Date(lot.expires_at).getTime();
  service.clock.set(new Date(midnight - 60_000));
  const early = await ask('holdPoints', 'ben', 'EARLY', paying('300'));
  expect(early).toMatchObject({ __typename: 'HoldPointsSuccess' });
  service.clock.set(new Date(midnight));
  const verbs = Array.from({ length: 20 }, (_, i): (() => Promise<unknown>)[] => [
    () => ask('holdPoints', 'ben', `LATE${i}`, paying('100')),
    () => service.app.letTimePass(GROUP, [memberId('ben')]),
  ]).flat();
  const outcomes = await inFlight(20, [...verbs, () => ask('capturePointsHold', 'ben', 'EARLY')]);
  expect(JSON.stringify(outcomes, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v))).not.toContain(
    'HoldPointsSuccess',
  );
  expect(await balances(service, 'ben')).toMatchObject({ available: '0', held: '0', debt: '0' });
  const rows = await service.admin.dataSource.query(`select redeemed, expired from lot where member_id = $1`, [
    memberId('ben'),
  ]);
  expect(rows).toEqual([{ redeemed: 300n, expired: 700n }]);
});

it('refunds beside redemptions: whoever comes first, points are taken once and what is missing is owed', async () => {
  await Promise.all(['C1', 'C2', 'C3', 'C4'].map((number) => earn('cat', number, 25_000n)));
  const redemptions = Array.from({ length: 10 }, (_, i) => () => ask('redeemPoints', 'cat', `S${i}`, paying('100')));
  const refunds = ['C1', 'C2', 'C3', 'C4'].map(
    (number) => () => refund(service, { number, of: 'cat', refundNo: 1n, lines: { 1: 25_000n }, fully: true }),
  );
  const outcomes = (await inFlight(14, shuffled<() => Promise<unknown>>([...redemptions, ...refunds]))) as {
    redemption?: { points: string };
  }[];
  await service.settled();
  const spent = outcomes.filter((outcome) => typeof outcome === 'object' && outcome?.redemption).length * 100;
  expect(await balances(service, 'cat')).toEqual({
    available: '0',
    held: '0',
    pending: '0',
    // All 1,000 points were earned by what was given back.
    debt: String(spent),
    growth: '0',
  });
});

it('a merge beside sales, refunds and redemptions of both: every point is with the survivor', async () => {
  const occurredAt = '2026-02-01T00:00:00.000Z';
  await Promise.all(['dan', 'eve'].map((of) => earn(of, `M-${of}`, 100_000n)));
  const returned = Array.from({ length: 10 }, (_, i) => ({ number: `M-R${i}`, of: i % 2 === 0 ? 'dan' : 'eve' }));
  await Promise.all(returned.map(({ number, of }) => earn(of, number, 10_000n)));
  const mergeId = naturalId('test-merge', GROUP, 'dan', 'eve');
  const message = { mergeId, survivorId: memberId('dan'), loserId: memberId('eve'), occurredAt };
  const address = { aggregateId: mergeId, ownerId: memberId('eve'), occurredAt: new Date(occurredAt) };
  const merging = async () => {
    await service.deliver(MembersMergeRequestedSchema, message, address);
    // Decided before everybody has heard that it was asked for; and told three times.
    for (let i = 0; i < 3; i++) await service.deliver(MembersMergedSchema, message, address);
  };
  const sales = Array.from({ length: 20 }, (_, i) => () => {
    const of = i % 4 === 0 ? 'dan' : 'eve';
    return sell(service, { number: `M${i}`, of, lines: [10_000n], occurredAt });
  });
  const refunds = returned.map((of) => () => refund(service, { ...of, refundNo: 1n, lines: { 1: 5_000n } }));
  const redemptions = Array.from(
    { length: 10 },
    (_, i) => () => ask('redeemPoints', i % 2 === 0 ? 'dan' : 'eve', `M-S${i}`, paying('100')),
  );
  const work = shuffled<() => Promise<unknown>>([...sales, ...refunds, ...redemptions]);
  const outcomes = await inFlight(12, [...work.slice(0, 8), merging, ...work.slice(8)]);
  await service.settled();
  const spent = outcomes.filter((outcome) => typeof outcome === 'object' && outcome && 'redemption' in outcome).length;
  expect(await service.published(PointsMergedSchema)).toHaveLength(1);
  const { available, debt } = await balances(service, 'dan');
  // 2,000 and ten sales of 100 to begin with, half of those taken back, and 20 more.
  expect(BigInt(available) - BigInt(debt)).toBe(4_500n - 100n * BigInt(spent));
  expect(await balances(service, 'eve')).toEqual(await balances(service, 'dan'));
  const left = await service.admin.dataSource.query(
    `select pending + available + held + debt + growth as n from account where member_id = $1`,
    [memberId('eve')],
  );
  expect(left).toEqual([{ n: 0n }]);
});

it('who asks for a merged account waits for where it leads with nothing in hand', async () => {
  const [low, high] = ['00000000-0000-7000-8000-000000000001', 'ffffffff-0000-7000-8000-000000000001'];
  const { dataSource } = service.admin;
  await dataSource.query(
    `insert into account (member_id, group_id, pending, available, held, debt, growth, frozen, freeze_version, version,
       updated_at, merged_into)
     values ($1, $3, 0, 0, 0, 0, 0, false, 0, 0, now(), null), ($2, $3, 0, 0, 0, 0, 0, false, 0, 0, now(), $1)`,
    [low, high, GROUP],
  );
  const holder = dataSource.createQueryRunner();
  const asker = dataSource.createQueryRunner();
  const lock = 'select from account where member_id = $1 for update';
  try {
    await holder.startTransaction();
    await holder.query(lock, [low]);
    const [{ pid }] = await asker.query('select pg_backend_pid() as pid');
    const asked = asker.query('select points_lock($1, now(), array[$2::uuid])', [GROUP, high]);
    const waits = `select wait_event_type = 'Lock' as waits from pg_stat_activity where pid = $1`;
    while (!(await holder.query(waits, [pid]))[0].waits);
    // With the other's lock in the asker's hand this would be a deadlock.
    await holder.query(lock, [high]);
    await holder.commitTransaction();
    await asked;
  } finally {
    await holder.release();
    await asker.release();
    await dataSource.query('delete from account where member_id = any($1)', [[low, high]]);
  }
});

/** The same every time: a race is not made by chance, but by doing things at once. */
function shuffled<T>(items: readonly T[]): T[] {
  let state = 42;
  const key = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648);
  return items
    .map((item) => ({ item, at: key() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
