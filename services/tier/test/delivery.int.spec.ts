import { TierChangedSchema, type TierChanged } from '@atrium/contracts';
import { eventually } from '@atrium/testkit';
import { uuidv7 } from '@atrium/kernel';
import { evaluateValidity } from '../src/use-cases/evaluate-validity';
import {
  grown,
  memberId,
  publishLadder,
  purchaseId,
  registered,
  returned,
  type Sending,
  sold,
  standing,
  startWorld,
  visited,
  type World,
} from './support/world';

const AT = (day: string) => `2026-${day}T04:00:00Z`;

/** A year of two members: sales before joining, an upgrade undone, one by growth, partial refunds, a rerating. */
const STORY: Sending[] = [
  registered('ann', AT('02-01')),
  sold('ann', 'a1', AT('01-05'), 300_000n),
  sold('ann', 'a2', AT('02-20'), 250_000n),
  returned('ann', 'a2', 'ra2', AT('02-25'), 100_000n),
  sold('ann', 'a3', AT('03-01'), 60_000n),
  sold('ann', 'a4', AT('03-05'), 100n),
  grown('ann', 'a1', { at: AT('01-05'), version: 1n, earned: 3000n }),
  grown('ann', 'a3', { at: AT('03-01'), version: 1n, earned: 600n }),
  grown('ann', 'a3', { at: AT('03-01'), version: 2n, earned: 900n }),
  grown('ann', 'a4', { at: AT('03-05'), version: 1n, earned: 19_000n }),
  registered('ben', AT('02-02')),
  sold('ben', 'b1', AT('02-10'), 500_000n),
  sold('ben', 'b2', AT('02-11'), 2_000n),
  grown('ben', 'b1', { at: AT('02-10'), version: 1n, earned: 20_000n }),
  returned('ben', 'b1', 'rb1', AT('02-12'), 1_000n),
  grown('ben', 'b1', {
    at: AT('02-10'),
    version: 2n,
    earned: 20_000n,
    reversed: 40n,
    refund: { name: 'rb1', at: AT('02-12'), reversed: 40n },
  }),
  registered('cai', AT('02-03')),
  sold('cai', 'c1', AT('02-10'), 100n),
  grown('cai', 'c1', { at: AT('02-10'), version: 1n, earned: 18_900n }),
  visited('cai', 'nothing', AT('02-10'), 0n),
  visited('cai', 'checked in', AT('02-11'), 100n),
  visited('cai', 'brought a friend', AT('02-12'), 1_000n),
  sold('', 'anonymous', AT('02-10'), 900_000n),
];

const EXPECTED = {
  ann: [
    // 3,000 + 2,500 on 20 February; 4,500 are left on the 25th; 5,100 on 1 March; growth 22,900 on 5 March.
    '2026-02-01T04:00:00.000Z JOINED ->MEMBER',
    `2026-02-20T04:00:00.000Z QUALIFIED MEMBER>SILVER ${purchaseId('a2')}`,
    `2026-02-25T04:00:00.000Z REFUND_REVERTED SILVER>MEMBER ${purchaseId('a2')}`,
    `2026-03-01T04:00:00.000Z QUALIFIED MEMBER>SILVER ${purchaseId('a3')}`,
    `2026-03-05T04:00:00.000Z QUALIFIED SILVER>GOLD ${purchaseId('a4')}`,
  ],
  ben: [
    // Growth 20,000 skips silver; 19,960 on the 12th no longer carry gold, 5,010.00 of spend carry silver.
    '2026-02-02T04:00:00.000Z JOINED ->MEMBER',
    `2026-02-10T04:00:00.000Z QUALIFIED MEMBER>GOLD ${purchaseId('b1')}`,
    `2026-02-12T04:00:00.000Z REFUND_REVERTED GOLD>SILVER ${purchaseId('b1')}`,
  ],
  cai: [
    // 18,900 of the sale and 100 are 19,000; the friend makes it 20,000, and no sale is named.
    '2026-02-03T04:00:00.000Z JOINED ->MEMBER',
    '2026-02-12T04:00:00.000Z QUALIFIED MEMBER>GOLD',
  ],
};

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.end());

/** Nothing waits in the streams, nothing is parked, and the clock has been asked. */
async function quiet(): Promise<void> {
  await world.settled();
  await eventually(
    async () => {
      const [row] = await world.admin.dataSource.query(`select count(*) as n from parked_event`);
      // Parked events are tried again by the service's clock, which stands still unless it is moved.
      if (row.n > 0n) world.clock.advance({ seconds: 2 });
      if (row.n > 0n) throw new Error(`${row.n} events are parked`);
    },
    { what: 'parked events are applied' },
  );
  await evaluateValidity(world.db);
}

/** Takes every statement as a listener would: forgets what is superseded, keeps the rest. */
function heardTier(stated: readonly TierChanged[], member: string): string | undefined {
  const standing = new Map<string, TierChanged>();
  for (const change of stated.filter((s) => s.memberId === memberId(member))) {
    for (const id of change.supersededChangeIds) standing.delete(id);
    standing.set(change.changeId, change);
  }
  return [...standing.values()].sort((a, b) => (a.effectiveAt < b.effectiveAt ? -1 : 1)).at(-1)?.toCode;
}

async function expectStory(): Promise<void> {
  const stand = {
    ann: await standing(world, 'ann'),
    ben: await standing(world, 'ben'),
    cai: await standing(world, 'cai'),
  };
  expect(stand).toEqual(EXPECTED);
  const stated = await world.published(TierChangedSchema);
  expect(['ann', 'ben', 'cai'].map((name) => heardTier(stated, name))).toEqual(['GOLD', 'SILVER', 'GOLD']);
  const stood: { code: string }[] = await world.admin.dataSource.query(
    `select code from member_tier where member_id = any($1) order by code`,
    [['ann', 'ben', 'cai'].map(memberId)],
  );
  expect(stood).toEqual([{ code: 'GOLD' }, { code: 'GOLD' }, { code: 'SILVER' }]);
}

/** A small generator with a seed, so that a failure can be repeated. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  let state = seed;
  const next = (below: number) => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  const rest = [...list];
  return list.map(() => rest.splice(next(rest.length), 1)[0] as T);
}

it.each([1, 2, 3, 4, 5, 6])('shuffled and doubled (seed %i) the same history stands', async (seed) => {
  const ids = STORY.map(() => uuidv7(new Date()));
  const twice = STORY.flatMap((send, i) => [
    () => send(world, { eventId: ids[i] as string }),
    () => send(world, { eventId: ids[i] as string }),
  ]);
  const order = shuffled(twice, seed);
  // The ladder comes somewhere on the way; half of the runs take everything one by one.
  const ladderAt = seed * 4;
  for (const [i, send] of order.entries()) {
    if (i === ladderAt) await publishLadder(world);
    await send();
    if (seed % 2 === 0) await world.settled();
  }
  await quiet();
  await expectStory();
});

it('the same facts under new event ids change and state nothing', async () => {
  await publishLadder(world);
  for (const send of STORY) await send(world);
  await quiet();
  await expectStory();
  const before = (await world.published(TierChangedSchema)).length;
  for (const send of shuffled(STORY, 7)) await send(world);
  await quiet();
  await expectStory();
  expect(await world.published(TierChangedSchema)).toHaveLength(before);
});

it('a member under fire from four subscriptions at once ends where the facts say', async () => {
  await publishLadder(world);
  const many = Array.from({ length: 60 }, (_, i) => [
    registered(`m${i % 5}`, AT('02-01')),
    sold(`m${i % 5}`, `s${i}`, AT('02-10'), 100_000n),
    grown(`m${i % 5}`, `s${i}`, { at: AT('02-10'), version: 1n, earned: 2_000n }),
  ]).flat();
  await Promise.all(many.map((send) => send(world)));
  await quiet();
  for (let i = 0; i < 5; i++) {
    // Twelve sales in one instant: spend 12,000.00 is silver, growth 24,000 is gold; one change, by the sale that reached gold.
    const lines = await standing(world, `m${i}`);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('QUALIFIED MEMBER>GOLD');
  }
});
