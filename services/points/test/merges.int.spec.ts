import {
  MembersMergeAbandonedSchema,
  MembersMergedSchema,
  MembersMergeRequestedSchema,
  PointsMergedSchema,
  PointsMergePreparedSchema,
  PointsTransferSentSchema,
  PurchasePointsPostedSchema,
} from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { invariantsOf } from './model/invariants';
import { orders, paying } from './orders.support';
import {
  admin,
  balances,
  changeTier,
  expectLedgerToBalance,
  GROUP,
  ladder,
  member,
  memberId,
  organisation,
  programme,
  publishRules,
  purchaseId,
  refund,
  register,
  sell,
  type Service,
  start,
} from './support';

let service: Service;
const ask = orders(() => service);
const NAMES = ['ann', 'ben', 'cat', 'dan', 'eve', 'fay', 'gil', 'hal', 'ida', 'jim', 'kim', 'leo', 'mia', 'ned'];
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, ...NAMES);
  await service.settled();
  await programme(service);
});
afterAll(() => service.end());
afterEach(async () => {
  await expectLedgerToBalance(service);
  expect(await invariantsOf(service.admin, GROUP)).toEqual([]);
});

const AT = '2026-02-01T00:00:00.000Z';
const earn = (of: string, number: string, fen: bigint, occurredAt = AT) =>
  sell(service, { number, of, lines: [fen], occurredAt });

const STEPS = {
  ask: MembersMergeRequestedSchema,
  move: MembersMergedSchema,
  abandon: MembersMergeAbandonedSchema,
} as const;
const mergeIdOf = (survivor: string, loser: string) => naturalId('test-merge', GROUP, survivor, loser);
const step = (which: keyof typeof STEPS, survivor: string, loser: string, eventId?: string) =>
  service.deliver(
    STEPS[which] as typeof MembersMergedSchema,
    {
      mergeId: mergeIdOf(survivor, loser),
      survivorId: memberId(survivor),
      loserId: memberId(loser),
      occurredAt: service.clock.now().toISOString(),
    },
    {
      aggregateId: mergeIdOf(survivor, loser),
      ownerId: memberId(loser),
      occurredAt: service.clock.now(),
      ...(eventId ? { eventId } : {}),
    },
  );
async function merge(survivor: string, loser: string): Promise<void> {
  await step('ask', survivor, loser);
  await service.settled();
  await step('move', survivor, loser);
  await service.settled();
}
const voteOf = async (survivor: string, loser: string) =>
  (await service.published(PointsMergePreparedSchema)).filter(({ mergeId }) => mergeId === mergeIdOf(survivor, loser));
const rows = (sql: string, ...values: unknown[]) => service.admin.dataSource.query(sql, values);
const outstanding = async () => {
  const [{ sum }] = await rows(`select sum(pending + available + held) as sum from lot`);
  return sum as bigint;
};

describe('two accounts', () => {
  it('become one: lots go on with expiry and funder, growth adds, and no total changes', async () => {
    await earn('ann', 'A1', 10_000n);
    await earn('ben', 'B1', 20_000n);
    await earn('ben', 'B2', 5_000n, '2026-02-03T00:00:00.000Z');
    await service.settled();
    const before = await outstanding();
    const theirs = await rows(`select * from lot where member_id = $1 order by id`, memberId('ben'));
    await merge('ann', 'ben');
    expect(await voteOf('ann', 'ben')).toMatchObject([{ refusal: '' }]);
    expect(await balances(service, 'ann')).toMatchObject({ available: '350', debt: '0', growth: '350' });
    expect(await outstanding()).toBe(before);
    for (const lot of theirs) {
      const [old] = await rows(`select * from lot where member_id = $1 and id = $2`, memberId('ben'), lot.id);
      expect(old).toMatchObject({ issued: lot.issued, available: 0n, revoked: lot.issued });
      const [now] = await rows(`select * from lot where member_id = $1 and id = $2`, memberId('ann'), lot.id);
      const { expires_at, funder_id, site_id, purchase_id, earned_at, available } = lot;
      expect(now).toMatchObject({ expires_at, funder_id, site_id, purchase_id, earned_at, available });
      expect(now.origin_lot_id).toBe(lot.id);
    }
    // The old id is another name of the survivor.
    expect(await balances(service, 'ben')).toEqual(await balances(service, 'ann'));
    expect(await service.published(PointsMergedSchema)).toMatchObject([{ points: 250n, debt: 0n, growth: 250n }]);
    const kinds = await rows(
      `select amount, source_kind, explanation -> 0 ->> 'code' as code from entry where source_kind = 'MERGE' order by amount`,
    );
    expect(kinds).toEqual([
      { amount: -250n, source_kind: 'MERGE', code: 'MERGED_AWAY' },
      { amount: 250n, source_kind: 'MERGE', code: 'MERGED_IN' },
    ]);
  });

  it('stay one when everything is said again, in any order', async () => {
    const all = await balances(service, 'ann');
    for (const which of ['move', 'ask', 'move', 'ask'] as const) await step(which, 'ann', 'ben');
    await service.settled();
    expect(await balances(service, 'ann')).toEqual(all);
    expect(await service.published(PointsMergedSchema)).toHaveLength(1);
    expect(await voteOf('ann', 'ben')).toHaveLength(1);
  });

  it('late facts of the loser land on the survivor: sales, refunds, tiers', async () => {
    await earn('ben', 'B3', 3_000n, '2026-02-05T00:00:00.000Z');
    await service.settled();
    expect(await balances(service, 'ann')).toMatchObject({ available: '380', growth: '380' });
    // A whole sale from before the merge, and a part of the one after it.
    await refund(service, { number: 'B1', of: 'ben', refundNo: 1n, lines: { 1: 20_000n }, fully: true });
    await refund(service, { number: 'B3', of: 'ben', refundNo: 1n, lines: { 1: 1_000n } });
    await service.settled();
    expect(await balances(service, 'ann')).toMatchObject({ available: '170', debt: '0', growth: '170' });
    const [own] = await rows(
      `select available, revoked from lot where member_id = $1 and purchase_id = $2`,
      memberId('ann'),
      purchaseId('B1'),
    );
    expect(own).toEqual({ available: 0n, revoked: 200n });
    await changeTier(service, { id: 'ben-silver', of: 'ben', to: 'SILVER', at: '2026-02-02T00:00:00.000Z' });
    await service.settled();
    // 50.00 and 20.00 were made in silver: 10 and 4 more.
    expect(await balances(service, 'ann')).toMatchObject({ available: '184' });
    const told = (await service.published(PurchasePointsPostedSchema)).filter(
      (posted) => posted.purchaseId === purchaseId('B2'),
    );
    expect(told.at(-1)).toMatchObject({ memberId: memberId('ben'), earnedTotal: 60n, version: 2n });
    expect(
      await rows(`select pending + available + held + debt as n from account where member_id = $1`, memberId('ben')),
    ).toEqual([{ n: 0n }]);
  });

  it('debt adds and is paid by what the other had; what was spent comes back to the survivor', async () => {
    await earn('cat', 'C1', 15_000n);
    await earn('dan', 'D1', 20_000n);
    await service.settled();
    expect(await ask('redeemPoints', 'dan', 'SPENT', paying('100'))).toMatchObject({ account: { available: '100' } });
    await refund(service, { number: 'D1', of: 'dan', refundNo: 1n, lines: { 1: 20_000n }, fully: true });
    await service.settled();
    expect(await balances(service, 'dan')).toMatchObject({ available: '0', debt: '100' });
    await merge('cat', 'dan');
    expect(await balances(service, 'cat')).toMatchObject({ available: '50', debt: '0' });
    const back = await ask('reversePointsRedemption', 'dan', 'SPENT');
    expect(back).toMatchObject({ __typename: 'PointsRedemptionSuccess', account: { available: '150' } });
    expect(await balances(service, 'cat')).toMatchObject({ available: '150' });
  });
});

describe('a merge', () => {
  it('is refused while a hold is open, and nothing is frozen by it', async () => {
    await earn('eve', 'E1', 50_000n);
    await service.settled();
    await ask('holdPoints', 'eve', 'kept', paying('100'));
    await step('ask', 'fay', 'eve');
    await service.settled();
    expect(await voteOf('fay', 'eve')).toMatchObject([{ refusal: 'OPEN_HOLDS' }]);
    await step('abandon', 'fay', 'eve');
    await service.settled();
    const again = await ask('holdPoints', 'eve', 'second', paying('100'));
    expect(again['__typename']).toBe('HoldPointsSuccess');
  });

  it('lets the loser spend nothing while it is decided, and everything when it is abandoned, whichever is heard first', async () => {
    await earn('gil', 'G1', 50_000n);
    await earn('hal', 'H1', 50_000n);
    await service.settled();
    await step('ask', 'fay', 'gil');
    await service.settled();
    const hold = (of: string, number: string) => ask('holdPoints', of, number, paying('100'));
    expect(await hold('gil', 'while')).toMatchObject({ code: 'ACCOUNT_FROZEN' });
    await step('abandon', 'fay', 'gil');
    await service.settled();
    expect((await hold('gil', 'after'))['__typename']).toBe('HoldPointsSuccess');
    await step('abandon', 'fay', 'hal');
    await service.settled();
    await step('ask', 'fay', 'hal');
    await service.settled();
    expect((await hold('hal', 'late'))['__typename']).toBe('HoldPointsSuccess');
    expect(await voteOf('fay', 'hal')).toEqual([]);
  });

  it('sends points back that were given to the old id', async () => {
    await earn('ida', 'I1', 10_000n);
    await service.settled();
    await merge('ida', 'jim');
    const transferId = naturalId('test-transfer', GROUP, 'late');
    await service.deliver(
      PointsTransferSentSchema,
      {
        transferId,
        fromMemberId: memberId('kim'),
        toMemberId: memberId('jim'),
        points: 10n,
        parts: [{ lotId: transferId, points: 10n, earnedAt: AT }],
        occurredAt: AT,
      },
      { aggregateId: memberId('kim'), occurredAt: new Date(AT) },
    );
    await service.settled();
    expect(await balances(service, 'ida')).toMatchObject({ available: '100' });
    const [{ reason }] = await rows(
      `select convert_from(payload, 'utf8') as reason from outbox where subject like '%PointsTransferRefused%'`,
    );
    expect(reason).toContain('MERGED');
  });

  it('gives nothing again that is given once for a person', async () => {
    await publishRules(service, {
      code: 'PROFILE',
      effectiveFrom: '2026-01-01T00:00:00Z',
      interaction: {
        ...{ kind: 'SURVEY', points: '50', growth: '0', maxPerMember: 1, proof: 'NONE' },
        names: [{ locale: 'en', name: 'Complete the profile' }],
      },
    });
    const done = async (of: string) => {
      const { r } = await service
        .as(member(of))
        .ask<{ r: { __typename: string } }>(
          `mutation($i: RecordInteractionInput!) { r: recordInteraction(input: $i) { __typename } }`,
          { i: { idempotencyKey: `profile-${of}`, code: 'PROFILE' } },
        );
      return r.__typename;
    };
    expect(await done('mia')).toBe('RecordInteractionSuccess');
    await merge('ned', 'mia');
    expect(await done('ned')).toBe('InteractionLimitReachedError');
    expect(await balances(service, 'ned')).toMatchObject({ available: '50' });
  });

  it('of merges leads to the last of them', async () => {
    await earn('leo', 'L1', 1_000n);
    await service.settled();
    await merge('kim', 'leo');
    await merge('ida', 'kim');
    expect(await balances(service, 'ida')).toMatchObject({ available: '110' });
    await earn('leo', 'L2', 1_000n);
    await service.settled();
    expect(await balances(service, 'ida')).toMatchObject({ available: '120' });
    expect(await balances(service, 'leo')).toEqual(await balances(service, 'ida'));
    const input = {
      idempotencyKey: 'late-adjust',
      memberId: memberId('leo'),
      amount: '-20',
      reason: 'to the survivor',
    };
    await service
      .as(admin)
      .ask(`mutation($i: AdjustPointsInput!) { adjustPoints(input: $i) { __typename } }`, { i: input });
    expect(await balances(service, 'ida')).toMatchObject({ available: '100' });
  });
});
