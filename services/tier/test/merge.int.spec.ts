import { MembersMergedSchema, TierChangedSchema, TierMergedSchema } from '@atrium/contracts';
import { naturalId, uuidv7 } from '@atrium/kernel';
import { eventually } from '@atrium/testkit';
import { evaluateValidity } from '../src/use-cases/evaluate-validity';
import {
  asMember,
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
  type World,
} from './support/world';

const AT = (day: string) => `2026-${day}T04:00:00Z`;

const merged =
  (survivor: string, loser: string, at: string): Sending =>
  (world, address = {}) => {
    const mergeId = naturalId('test-merge', survivor, loser);
    const two = { survivorId: memberId(survivor), loserId: memberId(loser) };
    return world.deliver(
      MembersMergedSchema,
      { mergeId, ...two, occurredAt: at },
      { aggregateId: mergeId, ownerId: memberId(loser), occurredAt: new Date(at), ...address },
    );
  };

/**
 * Two of 3,000.00 each make silver together; a gold member brings gold along; what is returned afterwards takes back what it
 * carried, and a chain of merges leads on.
 */
const STORY: Sending[] = [
  registered('ann', AT('01-02')),
  registered('ben', AT('01-03')),
  sold('ann', 'a1', AT('02-01'), 300_000n),
  sold('ben', 'b1', AT('02-02'), 300_000n),
  merged('ann', 'ben', AT('02-10')),
  // On its way when they were merged.
  sold('ben', 'b2', AT('02-09'), 10_000n),
  returned('ben', 'b1', 'rb1', AT('02-12'), 200_000n),

  registered('cat', AT('01-02')),
  registered('dan', AT('01-03')),
  sold('cat', 'c1', AT('02-01'), 100_000n),
  sold('dan', 'd1', AT('02-02'), 100_000n),
  grown('dan', 'd1', { at: AT('02-02'), version: 1n, earned: 20_000n }),
  merged('cat', 'dan', AT('02-20')),
  registered('eve', AT('01-04')),
  merged('eve', 'cat', AT('03-01')),
  // A sale of an id that has led elsewhere twice.
  sold('dan', 'd2', AT('03-02'), 400_000n),
];

const EXPECTED: Record<string, string[]> = {
  ann: [
    '2026-01-02T04:00:00.000Z JOINED ->MEMBER',
    '2026-02-10T04:00:00.000Z QUALIFIED MEMBER>SILVER',
    // 4,100.00 are left, two days after the rise.
    `2026-02-12T04:00:00.000Z REFUND_REVERTED SILVER>MEMBER ${purchaseId('b1')}`,
  ],
  ben: ['2026-01-03T04:00:00.000Z JOINED ->MEMBER'],
  cat: ['2026-01-02T04:00:00.000Z JOINED ->MEMBER', '2026-02-20T04:00:00.000Z MERGED MEMBER>GOLD'],
  dan: [
    '2026-01-03T04:00:00.000Z JOINED ->MEMBER',
    `2026-02-02T04:00:00.000Z QUALIFIED MEMBER>GOLD ${purchaseId('d1')}`,
  ],
  eve: ['2026-01-04T04:00:00.000Z JOINED ->MEMBER', '2026-03-01T04:00:00.000Z MERGED MEMBER>GOLD'],
};

/** The same order each time for a seed. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const next = (below: number) => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  const rest = [...items];
  return items.map(() => rest.splice(next(rest.length), 1)[0] as T);
}

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await publishLadder(world);
});
afterEach(() => world.end());

async function expectStory() {
  for (const [name, changes] of Object.entries(EXPECTED))
    expect([name, ...(await standing(world, name))]).toEqual([name, ...changes]);
}

it('counts the facts of both from the merge on, and keeps the higher tier until its validity ends', async () => {
  for (const send of STORY) {
    await send(world);
    await world.settled();
  }
  await expectStory();
  const { me } = await world
    .as(asMember(memberId('eve')))
    .ask<{ me: { tier: object } }>('{ me { tier { tier { code } validUntil } } }');
  // As long as dan had it: twelve months from February, to the end of the month.
  expect(me.tier).toEqual({ tier: { code: 'GOLD' }, validUntil: '2027-02-28T16:00:00.000Z' });
  const acknowledged = await world.published(TierMergedSchema);
  expect(acknowledged.map(({ survivorId }) => survivorId).sort()).toEqual(['ann', 'cat', 'eve'].map(memberId).sort());
  const told = await world.published(TierChangedSchema);
  expect(told.filter(({ cause }) => cause === 'MERGED').map(({ memberId: id }) => id)).toEqual(
    ['cat', 'eve'].map(memberId),
  );
  // The clock passes by those who lead elsewhere.
  world.clock.set('2027-06-01T04:00:00Z');
  await evaluateValidity(world.db);
  expect((await standing(world, 'dan')).length).toBe(2);
  const [eve] = await world.admin.dataSource.query(`select code, valid_until from member_tier where member_id = $1`, [
    memberId('eve'),
  ]);
  // What dan had earned in the validity keeps the tier for another year.
  expect(eve).toEqual({ code: 'GOLD', valid_until: new Date('2028-02-29T16:00:00.000Z') });
});

const SEED = Number(process.env['ATRIUM_SEED'] ?? 20_260_310);

it.each([1, 2, 3])('in any order, each twice: the same (%i)', async (round) => {
  const twice = STORY.map((send) => ({ send, eventId: uuidv7(new Date()) })).flatMap((one) => [one, one]);
  for (const { send, eventId } of shuffled(twice, SEED + round)) await send(world, { eventId });
  await world.settled();
  await eventually(
    async () => {
      const [row] = await world.admin.dataSource.query(`select count(*) as n from parked_event`);
      // A refund waits for its sale by the service's clock, which stands still unless it is moved.
      if (row.n > 0n) world.clock.advance({ seconds: 2 });
      expect(row.n).toBe(0n);
    },
    { what: 'parked events are applied' },
  );
  await expectStory();
});
