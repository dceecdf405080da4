import { TierChangedSchema, TierLadderPublishedSchema } from '@atrium/contracts';
import { TEST_GROUP } from '@atrium/testkit';
import { evaluateValidity } from '../src/use-cases/evaluate-validity';
import {
  admin,
  asMember,
  clerk,
  grown,
  haveGroup,
  LADDER,
  memberId,
  OTHER_GROUP,
  PUBLISH,
  type PublishAnswer,
  publishLadder,
  purchaseId,
  registered,
  returned,
  sold,
  standing,
  startWorld,
  type World,
} from './support/world';

const HOME = `{ me { id tier {
  tier { code name rank earnMultiplier benefits { code name description } } status since validUntil
  next { tier { code } match conditions { metric current required remaining windowStart windowEnd met } }
  retain { tier { code } conditions { metric current required remaining windowStart windowEnd met } }
  history { edges { cursor node { from { code } to { code name } cause at purchase { id } } } pageInfo { hasNextPage } }
} } }`;
const ENTITIES = `query ($r: [_Any!]!) { _entities(representations: $r) {
  ... on Member { id tier { tier { code } } }
  ... on Purchase { id tierChange { from { code } to { code } cause at } }
} }`;
const entity = (__typename: string, id: string) => ({ r: [{ __typename, id }] });

interface Home {
  me: {
    tier: {
      tier: { code: string; name: string; benefits: { name: string }[] };
      status: string;
      since: string;
      validUntil: string | null;
      next: { tier: { code: string }; conditions: object[] } | null;
      retain: { tier: { code: string }; conditions: object[] } | null;
      history: {
        edges: { cursor: string; node: { from: { code: string } | null; to: { code: string }; cause: string } }[];
        pageInfo: { hasNextPage: boolean };
      };
    };
  };
}

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.end());

describe('a ladder', () => {
  it('is published once for one key, and stated', async () => {
    const first = await publishLadder(world);
    expect(first).toMatchObject({ __typename: 'PublishTierLadderSuccess', ladder: { version: 1, status: 'ACTIVE' } });
    expect((await publishLadder(world)).ladder?.id).toBe(first.ladder?.id);
    expect(await publishLadder(world, { graceDays: 31 })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    const stated = await world.published(TierLadderPublishedSchema);
    expect(stated).toHaveLength(1);
    expect(stated[0]).toMatchObject({ ladderVersionId: first.ladder?.id, version: 1n });
    expect(
      stated[0]?.tiers.map(({ code, rank, earnMultiplier, discountBps }) => [code, rank, earnMultiplier, discountBps]),
    ).toEqual([
      ['MEMBER', 0, '1', 0],
      ['SILVER', 1, '1.2', 0],
      ['GOLD', 2, '1.5', 500],
    ]);
    expect(stated[0]?.tiers[1]?.names).toEqual({ en: 'Silver', 'zh-CN': '银卡' });
  });

  it('twenty at once with one key are one', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => publishLadder(world)));
    const ids = new Set(answers.flatMap(({ ladder }) => (ladder ? [ladder.id] : [])));
    expect(ids.size).toBe(1);
    expect(answers.every(({ ladder, code }) => ladder !== undefined || code === 'IN_PROGRESS')).toBe(true);
    expect(await world.published(TierLadderPublishedSchema)).toHaveLength(1);
  });

  it('two at once with two keys follow each other or one is refused', async () => {
    await publishLadder(world);
    const next = { effectiveFrom: '2026-04-01T00:00:00Z' };
    const answers = await Promise.all(
      ['a', 'b'].map((idempotencyKey) => publishLadder(world, { ...next, idempotencyKey })),
    );
    expect(answers.map(({ ladder, code }) => ladder?.status ?? code).sort()).toEqual([
      'APPROVED',
      'EFFECTIVE_TOO_EARLY',
    ]);
  });

  it('that breaks a rule is refused, each fault by its own name, and nothing is written', async () => {
    const faulty: [string, object, string, string[]][] = [
      ['no base', { tiers: LADDER.tiers.slice(1) }, 'BASE_TIER_MISSING', ['tiers']],
      [
        'a base with a rule',
        { tiers: [{ ...LADDER.tiers[0], upgrade: LADDER.tiers[1]?.upgrade }] },
        'BASE_TIER_HAS_CONDITIONS',
        ['tiers', '0', 'upgrade'],
      ],
      [
        'a tier without a rule',
        { tiers: [LADDER.tiers[0], { ...LADDER.tiers[1], upgrade: null }] },
        'UPGRADE_RULE_MISSING',
        ['tiers', '1', 'upgrade'],
      ],
      [
        'a code twice',
        { tiers: [...LADDER.tiers, { ...LADDER.tiers[2], rank: 3 }] },
        'VALUE_TWICE',
        ['tiers', '3', 'code'],
      ],
      [
        'a rank twice',
        { tiers: [...LADDER.tiers, { ...LADDER.tiers[2], code: 'X' }] },
        'VALUE_TWICE',
        ['tiers', '3', 'rank'],
      ],
      [
        'a multiplier of 0',
        { tiers: [{ ...LADDER.tiers[0], earnMultiplier: '0' }] },
        'OUT_OF_RANGE',
        ['tiers', '0', 'earnMultiplier'],
      ],
      [
        'a discount above 100 %',
        { tiers: [{ ...LADDER.tiers[0], discountBps: 10001 }] },
        'OUT_OF_RANGE',
        ['tiers', '0', 'discountBps'],
      ],
      ['negative grace', { graceDays: -1 }, 'OUT_OF_RANGE', ['graceDays']],
      [
        'a third of a fen',
        {
          tiers: [
            LADDER.tiers[0],
            {
              ...LADDER.tiers[1],
              upgrade: { conditions: [{ metric: 'SPEND', required: '0.333', window: 'LIFETIME' }] },
            },
          ],
        },
        'CONDITION_INVALID',
        ['tiers', '1', 'upgrade', 'conditions', '0', 'required'],
      ],
      [
        'the validity for reaching a tier',
        {
          tiers: [
            LADDER.tiers[0],
            { ...LADDER.tiers[1], upgrade: { conditions: [{ metric: 'SPEND', required: '1', window: 'VALIDITY' }] } },
          ],
        },
        'CONDITION_INVALID',
        ['tiers', '1', 'upgrade', 'conditions', '0', 'window'],
      ],
    ];
    for (const [what, input, code, path] of faulty) {
      const answer = await publishLadder(world, input);
      expect({ what, ...answer }).toMatchObject({ what, __typename: 'InvalidInputError', code, path });
    }
    expect(await world.published(TierLadderPublishedSchema)).toHaveLength(0);
    // A refusal is not kept: the same key may try again.
    expect((await publishLadder(world)).ladder?.version).toBe(1);
    const chinese = await world.as(admin(), { 'accept-language': 'zh-CN' }).ask<PublishAnswer>(PUBLISH, {
      input: { idempotencyKey: 'zh', ...LADDER, tiers: [] },
    });
    expect(chinese.publishTierLadder.message).toBe('等级体系必须且只能有一个基础等级。');
  });

  it('never rewrites history', async () => {
    await publishLadder(world);
    const past = await publishLadder(world, { idempotencyKey: '2', effectiveFrom: '2026-03-01T00:00:00Z' });
    expect(past).toMatchObject({ code: 'EFFECTIVE_TOO_EARLY', path: ['effectiveFrom'] });
    const later = await publishLadder(world, {
      idempotencyKey: '3',
      effectiveFrom: '2026-04-01T00:00:00Z',
      validityMonths: null,
    });
    expect(later.ladder).toMatchObject({ version: 2, status: 'APPROVED', validityMonths: null });
    const status = async () => {
      const { tierLadders } = await world
        .as(admin())
        .ask<{ tierLadders: object[] }>(`{ tierLadders { version status effectiveTo } }`);
      return tierLadders;
    };
    expect(await status()).toEqual([
      { version: 2, status: 'APPROVED', effectiveTo: null },
      { version: 1, status: 'ACTIVE', effectiveTo: '2026-04-01T00:00:00.000Z' },
    ]);
    world.clock.set('2026-04-01T00:00:00Z');
    await evaluateValidity(world.db);
    expect(await status()).toMatchObject([{ status: 'ACTIVE' }, { status: 'RETIRED' }]);
  });

  it('is for staff with tier:rules at the group', async () => {
    const variables = { input: { idempotencyKey: 'k', ...LADDER } };
    const code = async (caller: Parameters<World['as']>[0]) =>
      (await world.as(caller).send(PUBLISH, variables)).errors[0]?.extensions?.['code'];
    expect(await code(asMember(memberId('a')))).toBe('FORBIDDEN');
    expect(await code(clerk)).toBe('FORBIDDEN');
    expect(await code({ kind: 'STAFF', id: 's', grants: [{ role: 'mall-manager', nodeId: TEST_GROUP }] })).toBe(
      'FORBIDDEN',
    );
    expect(await code({ ...admin(), grants: [{ role: 'group-admin', nodeId: OTHER_GROUP }] })).toBe('FORBIDDEN');
    expect(await code({ kind: 'ANONYMOUS', groupId: null })).toBe('UNAUTHENTICATED');
    expect(await publishLadder(world, {}, OTHER_GROUP)).toMatchObject({ __typename: 'NotFoundError' });
  });
});

describe('a member', () => {
  it('joins, buys, rises, returns: every screen and every statement', async () => {
    const ladderId = (await publishLadder(world)).ladder?.id;
    await registered('ann', '2026-03-01T04:00:00Z')(world);
    await world.settled();
    // 4,900.00, then 150.00: 5,050.00 is silver.
    await sold('ann', 'p1', '2026-03-05T04:00:00Z', 490_000n)(world);
    await sold('ann', 'p2', '2026-03-10T03:00:00Z', 15_000n)(world);
    await world.settled();

    const { me } = await world.as(asMember(memberId('ann')), { 'accept-language': 'zh-CN' }).ask<Home>(HOME);
    expect(me.tier).toMatchObject({
      tier: {
        code: 'SILVER',
        name: '银卡',
        rank: 1,
        earnMultiplier: '1.2',
        benefits: [{ code: 'PARKING', name: '两小时停车', description: null }],
      },
      status: 'ACTIVE',
      since: '2026-03-10T03:00:00.000Z',
      validUntil: '2027-03-31T16:00:00.000Z',
      next: {
        tier: { code: 'GOLD' },
        match: 'ALL',
        conditions: [
          {
            metric: 'GROWTH',
            current: '0',
            required: '20000',
            remaining: '20000',
            windowStart: null,
            windowEnd: null,
            met: false,
          },
        ],
      },
      // Only the sale that made her silver is in the validity: 4,000.00 - 150.00 are missing.
      retain: {
        tier: { code: 'SILVER' },
        conditions: [
          {
            metric: 'SPEND',
            current: '150.00',
            required: '4000.00',
            remaining: '3850.00',
            windowStart: '2026-03-10T03:00:00.000Z',
            windowEnd: '2027-03-31T16:00:00.000Z',
            met: false,
          },
        ],
      },
    });
    expect(me.tier.history.edges.map(({ node }) => node)).toEqual([
      {
        from: { code: 'MEMBER' },
        to: { code: 'SILVER', name: '银卡' },
        cause: 'QUALIFIED',
        at: '2026-03-10T03:00:00.000Z',
        purchase: { id: purchaseId('p2') },
      },
      {
        from: null,
        to: { code: 'MEMBER', name: '普通会员' },
        cause: 'JOINED',
        at: '2026-03-01T04:00:00.000Z',
        purchase: null,
      },
    ]);
    const change = await world.as(clerk).ask(ENTITIES, entity('Purchase', purchaseId('p2')));
    expect(change['_entities']).toEqual([
      {
        id: purchaseId('p2'),
        tierChange: {
          from: { code: 'MEMBER' },
          to: { code: 'SILVER' },
          cause: 'QUALIFIED',
          at: '2026-03-10T03:00:00.000Z',
        },
      },
    ]);

    await returned('ann', 'p2', 'r1', '2026-03-10T03:30:00Z', 15_000n)(world);
    await world.settled();
    expect((await world.as(asMember(memberId('ann'))).ask<Home>(HOME)).me.tier).toMatchObject({
      tier: { code: 'MEMBER', name: 'Member' },
      validUntil: null,
      retain: null,
      next: {
        tier: { code: 'SILVER' },
        conditions: [
          {
            current: '4900.00',
            remaining: '100.00',
            windowStart: '2025-03-10T20:00:00.000Z',
            windowEnd: '2026-03-10T20:00:00.000Z',
          },
        ],
      },
    });
    const stated = await world.published(TierChangedSchema);
    expect(
      stated.map(({ cause, fromCode, toCode, effectiveAt, purchaseId: sale, year }) => [
        cause,
        fromCode,
        toCode,
        effectiveAt,
        sale,
        year,
      ]),
    ).toEqual([
      ['JOINED', '', 'MEMBER', '2026-03-01T04:00:00.000Z', '', 2026],
      ['QUALIFIED', 'MEMBER', 'SILVER', '2026-03-10T03:00:00.000Z', purchaseId('p2'), 2026],
      ['REFUND_REVERTED', 'SILVER', 'MEMBER', '2026-03-10T03:30:00.000Z', purchaseId('p2'), 2026],
    ]);
    expect(stated.every((s) => s.memberId === memberId('ann') && s.ladderVersionId === ladderId)).toBe(true);
    expect(stated[1]?.validUntil).toBe('2027-03-31T16:00:00.000Z');
    const versions: { v: bigint }[] = await world.admin.dataSource.query(
      `select aggregate_version as v from outbox where aggregate_id = $1 order by id`,
      [memberId('ann')],
    );
    expect(versions.map(({ v }) => v)).toEqual([1n, 2n, 3n]);
  });

  it('pages her history by cursor', async () => {
    await publishLadder(world);
    await registered('ann', '2026-03-01T04:00:00Z')(world);
    await sold('ann', 'p1', '2026-03-05T04:00:00Z', 500_000n)(world);
    await world.settled();
    const page = `query ($after: String) { me { tier { history(first: 1, after: $after) { edges { cursor node { cause } } pageInfo { hasNextPage } } } } }`;
    const one = (await world.as(asMember(memberId('ann'))).ask<Home>(page)).me.tier.history;
    expect([one.edges[0]?.node.cause, one.pageInfo.hasNextPage]).toEqual(['QUALIFIED', true]);
    const two = (await world.as(asMember(memberId('ann'))).ask<Home>(page, { after: one.edges[0]?.cursor })).me.tier
      .history;
    expect([two.edges[0]?.node.cause, two.pageInfo.hasNextPage]).toEqual(['JOINED', false]);
  });

  it('is not there for another group, nor for other members, nor before there is a ladder', async () => {
    const noLadder = await world.as(asMember(memberId('ann'))).send(HOME);
    expect(noLadder.errors[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' });
    await publishLadder(world);
    await haveGroup(world, OTHER_GROUP);
    await publishLadder(world, {}, OTHER_GROUP);
    await registered('ann', '2026-03-01T04:00:00Z')(world);
    await sold('ann', 'p1', '2026-03-05T04:00:00Z', 500_000n)(world);
    await world.settled();
    const ask = (caller: Parameters<World['as']>[0], type: string, id: string) =>
      world.as(caller).send(ENTITIES, entity(type, id));
    expect((await ask(admin(OTHER_GROUP), 'Member', memberId('ann'))).data).toEqual({ _entities: [null] });
    expect((await ask(admin(OTHER_GROUP), 'Purchase', purchaseId('p1'))).data).toMatchObject({
      _entities: [{ tierChange: null }],
    });
    expect((await ask(admin(), 'Member', memberId('nobody'))).data).toEqual({ _entities: [null] });
    expect((await ask(clerk, 'Member', memberId('ann'))).data).toMatchObject({
      _entities: [{ tier: { tier: { code: 'SILVER' } } }],
    });
    expect((await ask(asMember(memberId('ben')), 'Member', memberId('ann'))).errors[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect((await ask(asMember(memberId('ben')), 'Purchase', purchaseId('p1'))).data).toMatchObject({
      _entities: [{ tierChange: null }],
    });
    expect(await world.as({ kind: 'ANONYMOUS', groupId: null }).ask(`{ me { id } tiers { code } }`)).toEqual({
      me: null,
      tiers: [],
    });
    // A member of whom nothing was heard yet stands where everybody begins.
    expect((await world.as(asMember(memberId('new'))).ask<Home>(HOME)).me.tier).toMatchObject({
      tier: { code: 'MEMBER' },
      history: { edges: [] },
    });
  });
});

describe('the clock', () => {
  it('ends a tier once, however often it is asked, and a late job makes no answer wrong', async () => {
    await publishLadder(world);
    await registered('ann', '2026-03-01T04:00:00Z')(world);
    await sold('ann', 'p1', '2026-03-10T03:00:00Z', 500_000n)(world);
    await world.settled();
    await returned('ann', 'p1', 'r1', '2026-05-10T03:00:00Z', 200_000n)(world);
    await world.settled();
    await evaluateValidity(world.db);

    world.clock.set('2027-03-31T16:00:00Z');
    expect((await world.as(asMember(memberId('ann'))).ask<Home>(HOME)).me.tier).toMatchObject({
      status: 'GRACE',
      validUntil: '2027-04-30T16:00:00.000Z',
      retain: { conditions: [{ current: '3000.00', remaining: '1000.00', windowEnd: '2027-04-30T16:00:00.000Z' }] },
    });
    // The service's own job may have been quicker; after one turn nothing is left to do.
    await evaluateValidity(world.db);
    expect(await evaluateValidity(world.db)).toBe(0);

    world.clock.set('2027-05-02T00:00:00Z');
    expect((await world.as(asMember(memberId('ann'))).ask<Home>(HOME)).me.tier.tier.code).toBe('MEMBER');
    const both = await Promise.all([evaluateValidity(world.db), evaluateValidity(world.db)]);
    expect(both.reduce((a, b) => a + b)).toBeLessThanOrEqual(1);
    expect((await standing(world, 'ann')).at(-1)).toBe('2027-04-30T16:00:00.000Z VALIDITY_ENDED SILVER>MEMBER');
    const ended = (await world.published(TierChangedSchema)).filter(({ cause }) => cause === 'VALIDITY_ENDED');
    expect(ended).toHaveLength(1);
    // A sale of the grace that arrives late takes the end back.
    await sold('ann', 'p2', '2027-04-20T03:00:00Z', 100_000n)(world);
    await world.settled();
    const correction = (await world.published(TierChangedSchema)).at(-1);
    expect(correction).toMatchObject({
      cause: 'CORRECTION',
      fromCode: 'MEMBER',
      toCode: 'SILVER',
      effectiveAt: '2027-04-30T16:00:00.000Z',
      validUntil: '2028-03-31T16:00:00.000Z',
      supersededChangeIds: [ended[0]?.changeId],
    });
    expect(await standing(world, 'ann')).toHaveLength(2);
  });

  it('brings a first ladder to members who were there before it, in batches', async () => {
    const names = Array.from({ length: 450 }, (_, i) => `m${i}`);
    for (const name of names) await registered(name, '2026-03-01T04:00:00Z')(world);
    await sold('m7', 'p1', '2026-03-05T04:00:00Z', 500_000n)(world);
    await world.settled();
    expect(await world.published(TierChangedSchema)).toHaveLength(0);
    await publishLadder(world);
    await Promise.all([evaluateValidity(world.db), evaluateValidity(world.db)]);
    await evaluateValidity(world.db);
    const stated = await world.published(TierChangedSchema);
    expect(stated).toHaveLength(451);
    expect(stated.filter(({ cause }) => cause === 'QUALIFIED').map((s) => s.memberId)).toEqual([memberId('m7')]);
  });
});

describe('growth', () => {
  it('counts by totals: the newest version wins, and refunds take back at their own instant', async () => {
    await publishLadder(world);
    await registered('ann', '2026-03-01T04:00:00Z')(world);
    await sold('ann', 'p1', '2026-03-05T04:00:00Z', 100n)(world);
    const at = '2026-03-05T04:00:00Z';
    const refund = { name: 'r1', at: '2026-03-06T04:00:00Z', reversed: 5000n };
    await returned('ann', 'p1', 'r1', refund.at, 50n)(world);
    await grown('ann', 'p1', { at, version: 2n, earned: 20000n, reversed: 5000n, refund })(world);
    await world.settled();
    await grown('ann', 'p1', { at, version: 1n, earned: 1n })(world);
    await world.settled();
    expect(await standing(world, 'ann')).toEqual([
      '2026-03-01T04:00:00.000Z JOINED ->MEMBER',
      `2026-03-05T04:00:00.000Z QUALIFIED MEMBER>GOLD ${purchaseId('p1')}`,
      `2026-03-06T04:00:00.000Z REFUND_REVERTED GOLD>MEMBER ${purchaseId('p1')}`,
    ]);
  });
});
