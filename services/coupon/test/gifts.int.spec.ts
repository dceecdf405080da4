import { CouponIssuedSchema, CouponVoidedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { atTill, basket, type CouponRow, couponsOf, publish, reserve } from './support/verbs';
import { type Change, memberId, register, sold, startWorld, tierChanged, till, type World } from './support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.settled();
  await publish(world, { code: 'GOLD-GIFT', grantOnTier: ['GOLD'], claimable: false });
});
afterAll(() => world.end());

const changeId = (name: string) => naturalId('change', 'test', name);
const rise = (id: string, member: string, at: string, more: Partial<Change> = {}): Change => ({
  id: changeId(id),
  memberId: member,
  from: 1,
  to: 2,
  at,
  ...more,
});
const statuses = async (member: string) => (await couponsOf(atTill(world), member)).map(({ status }) => status);
const tell = async (...changes: Change[]) => {
  for (const change of changes) await tierChanged(world, change);
  await world.settled();
};

test('a rise gives its gift once in a year, whatever is repeated and however the tier swings', async () => {
  const id = memberId('g1');
  await register(world, id);
  const purchaseId = naturalId('purchase', 'test', 'g1');
  await sold(world, { purchaseId, memberId: id });
  const first = rise('g1-a', id, '2026-02-01T00:00:00.000Z', { purchaseId });
  const eventId = await tierChanged(world, first);
  await tierChanged(world, first, eventId);
  await tell(
    first,
    rise('g1-b', id, '2026-02-02T00:00:00.000Z', { from: 2, to: 1, cause: 'VALIDITY_ENDED' }),
    rise('g1-c', id, '2026-02-03T00:00:00.000Z'),
  );
  expect(await statuses(id)).toEqual(['AVAILABLE']);
  await tell(
    rise('g1-d', id, '2027-01-01T00:00:00.000Z', { from: 2, to: 1, cause: 'VALIDITY_ENDED' }),
    rise('g1-e', id, '2027-02-01T00:00:00.000Z'),
  );
  expect(await statuses(id)).toEqual(['AVAILABLE', 'AVAILABLE']);
  const issued = (await world.published(CouponIssuedSchema)).filter((e) => e.memberId === id);
  expect(issued.map(({ cause, tierChangeId }) => [cause, tierChangeId])).toEqual([
    ['GRANTED', changeId('g1-a')],
    ['GRANTED', changeId('g1-e')],
  ]);
  const { _entities } = await world
    .as(till)
    .ask<{ _entities: { couponsGranted: CouponRow[] }[] }>(
      `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Purchase { couponsGranted { id status template { code } } } } }`,
      { of: [{ __typename: 'Purchase', id: purchaseId }] },
    );
  expect(_entities[0]?.couponsGranted).toMatchObject([{ status: 'AVAILABLE', template: { code: 'GOLD-GIFT' } }]);
});

test('joining gives nothing', async () => {
  const id = memberId('g2');
  await register(world, id);
  await tell(rise('g2-a', id, '2026-02-01T00:00:00.000Z', { from: 0, to: 2, cause: 'JOINED' }));
  expect(await statuses(id)).toEqual([]);
});

test('a refund that undoes the rise takes the unused gift back, in whatever order it is told', async () => {
  const up = (member: string) => rise(`${member}-up`, member, '2026-02-01T00:00:00.000Z');
  const down = (member: string) =>
    rise(`${member}-down`, member, '2026-02-05T00:00:00.000Z', { from: 2, to: 1, cause: 'REFUND_REVERTED' });
  const [a, b] = [memberId('g3'), memberId('g4')];
  await register(world, a, b);
  await tell(up(a));
  await tell(down(a));
  await tell(down(b));
  await tell(up(b));
  expect(await statuses(a)).toEqual(['VOIDED']);
  expect(await statuses(b)).toEqual([]);
  await tell(rise('g3-again', a, '2026-03-01T00:00:00.000Z'), rise('g4-again', b, '2026-03-01T00:00:00.000Z'));
  expect(await statuses(a)).toEqual(['VOIDED']);
  expect(await statuses(b)).toEqual([]);
  const voided = (await world.published(CouponVoidedSchema)).filter((e) => e.memberId === a);
  expect(voided).toMatchObject([{ cause: 'REFUND_REVERTED' }]);
});

test('a gift that was used stays used', async () => {
  const id = memberId('g5');
  await register(world, id);
  await tell(rise('g5-a', id, '2026-02-01T00:00:00.000Z'));
  const { checkout } = await reserve(atTill(world), world.key(), basket(id), '84.50');
  await sold(world, { purchaseId: naturalId('purchase', 'test', 'g5'), memberId: id, checkoutId: checkout.id });
  await tell(rise('g5-b', id, '2026-02-05T00:00:00.000Z', { from: 2, to: 1, cause: 'REFUND_REVERTED' }));
  expect(await statuses(id)).toEqual(['REDEEMED']);
});

test('a rise that turns out to have been another keeps its gift; one that never was loses it', async () => {
  const [a, b, c] = [memberId('g6'), memberId('g7'), memberId('g8')];
  await register(world, a, b, c);
  const wrong = (member: string) => rise(`${member}-wrong`, member, '2026-02-01T00:00:00.000Z');
  const purchaseId = naturalId('purchase', 'test', 'g6');
  await sold(world, { purchaseId, memberId: a });
  const right = (member: string) =>
    rise(`${member}-right`, member, '2026-02-03T00:00:00.000Z', {
      superseded: [changeId(`${member}-wrong`)],
      purchaseId,
    });
  const never = (member: string) => ({ ...right(member), from: 1, to: 1, cause: 'CORRECTION' });
  await tell(wrong(a));
  await tell(right(a));
  // The correction overtakes what it corrects.
  await tell(right(b));
  await tell(wrong(b));
  await tell(wrong(c));
  await tell(never(c));
  expect(await statuses(a)).toEqual(['AVAILABLE']);
  expect(await statuses(b)).toEqual(['AVAILABLE']);
  expect(await statuses(c)).toEqual(['VOIDED']);
  // The year's gift was never truly given: a later rise has it.
  await tell(rise('g8-true', c, '2026-03-03T00:00:00.000Z'));
  expect((await statuses(c)).sort()).toEqual(['AVAILABLE', 'VOIDED']);
  const [row] = await world.admin.dataSource.query(
    `select c.granted_purchase_id as purchase, g.change_id as change, g.coupon_id = c.id as same
     from coupon c join tier_grant g on g.member_id = c.member_id where c.member_id = $1`,
    [a],
  );
  expect(row).toEqual({ purchase: purchaseId, change: changeId(`${a}-right`), same: true });
});

test('a hundred members rise in one burst: one gift each', async () => {
  const ids = Array.from({ length: 100 }, (_, i) => memberId(`burst-${i}`));
  await register(world, ...ids);
  await Promise.all(
    ids.flatMap((id) => [1, 2].map(() => tierChanged(world, rise(`${id}-up`, id, '2026-02-01T00:00:00.000Z')))),
  );
  await world.settled();
  const [row] = await world.admin.dataSource.query(
    `select count(*) as coupons, count(distinct member_id) as members from coupon where member_id = any($1)`,
    [ids],
  );
  expect(row).toEqual({ coupons: 100n, members: 100n });
});
