import {
  CouponMergePreparedSchema,
  CouponsMergedSchema,
  MembersMergedSchema,
  MembersMergeRequestedSchema,
} from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { atTill, basket, cancel, claim, couponsOf, publish, reserve } from './support/verbs';
import {
  type Change,
  member,
  memberId,
  refunded,
  register,
  sold,
  startWorld,
  tierChanged,
  type World,
} from './support/world';

let world: World;
let templateId: string;
beforeAll(async () => {
  world = await startWorld();
  await world.settled();
  templateId = (await publish(world, { code: 'ONCE' })).template.id;
  await publish(world, { code: 'GOLD-GIFT', grantOnTier: ['GOLD'], claimable: false });
});
afterAll(() => world.end());

/** Two lines of 60.00 and 50.00, without and with 20.00 off. */
const WHOLE = '110.00';
const PAID = '90.00';

const mergeIdOf = (survivor: string, loser: string) => naturalId('test-merge', survivor, loser);
async function tell(
  schema: typeof MembersMergedSchema | typeof MembersMergeRequestedSchema,
  survivorId: string,
  loserId: string,
) {
  const mergeId = mergeIdOf(survivorId, loserId);
  const message = { mergeId, survivorId, loserId, occurredAt: world.clock.now().toISOString() };
  const address = { aggregateId: mergeId, ownerId: loserId, occurredAt: world.clock.now() };
  await world.deliver(schema as typeof MembersMergedSchema, message, address);
  await world.settled();
}
const pair = async (name: string): Promise<[string, string]> => {
  const two: [string, string] = [memberId(`${name}-stays`), memberId(`${name}-goes`)];
  await register(world, ...two);
  return two;
};
const rise = (id: string, of: string, more: Partial<Change> = {}): Change => ({
  ...{ id: naturalId('change', 'merge', id), memberId: of, from: 1, to: 2, at: '2026-02-01T00:00:00.000Z' },
  ...more,
});
const statuses = async (of: string) => (await couponsOf(atTill(world), of)).map(({ status }) => status).sort();

test('coupons and claims of both are one person’s; a basket pays with either, and a late refund gives back', async () => {
  const [stays, goes] = await pair('m1');
  const { coupon } = await claim(world.as(member(goes)), templateId, world.key());
  await tell(MembersMergeRequestedSchema, stays, goes);
  await tell(MembersMergedSchema, stays, goes);
  await tell(MembersMergedSchema, stays, goes);
  const about = ({ mergeId }: { mergeId: string }) => mergeId === mergeIdOf(stays, goes);
  expect((await world.published(CouponMergePreparedSchema)).filter(about)).toMatchObject([{ refusal: '' }]);
  expect((await world.published(CouponsMergedSchema)).filter(about).length).toBeGreaterThanOrEqual(1);
  expect((await couponsOf(atTill(world), stays)).map(({ id }) => id)).toEqual([coupon.id]);
  expect(await claim(world.as(member(stays)), templateId, world.key())).toMatchObject({
    __typename: 'ClaimLimitReachedError',
  });
  const { checkout } = await reserve(atTill(world), world.key(), basket(stays, { couponIds: [coupon.id] }), PAID);
  const purchaseId = naturalId('purchase', 'merge', 'm1');
  await sold(world, { purchaseId, memberId: stays, checkoutId: checkout.id });
  await world.settled();
  expect(await statuses(stays)).toEqual(['REDEEMED']);
  await refunded(world, { purchaseId, checkoutId: checkout.id, full: true });
  await world.settled();
  expect(await statuses(stays)).toEqual(['AVAILABLE']);
  expect(await statuses(goes)).toEqual(['AVAILABLE']);
});

test('a basket that is set aside stands in the way, on either side, until it is cancelled', async () => {
  const [stays, goes] = await pair('m2');
  const { checkout } = await reserve(atTill(world), world.key(), basket(stays, { couponIds: [] }), WHOLE);
  await tell(MembersMergeRequestedSchema, stays, goes);
  const votes = async () =>
    (await world.published(CouponMergePreparedSchema))
      .filter(({ mergeId }) => mergeId === mergeIdOf(stays, goes))
      .map(({ refusal }) => refusal);
  expect(await votes()).toEqual(['OPEN_LOCKS']);
  await cancel(atTill(world), checkout.id);
  await tell(MembersMergeRequestedSchema, stays, goes);
  expect(await votes()).toEqual(['OPEN_LOCKS', '']);
});

test('a tier that came along gives no gift, and what one id was given the other is not', async () => {
  const [stays, goes] = await pair('m3');
  await tierChanged(world, rise('m3-goes', goes));
  await world.settled();
  expect(await statuses(goes)).toEqual(['AVAILABLE']);
  await tell(MembersMergedSchema, stays, goes);
  await tierChanged(world, rise('m3-came', stays, { cause: 'MERGED', at: '2026-03-01T00:00:00.000Z' }));
  await tierChanged(
    world,
    rise('m3-down', stays, { from: 2, to: 1, cause: 'VALIDITY_ENDED', at: '2026-03-02T00:00:00.000Z' }),
  );
  await tierChanged(world, rise('m3-again', stays, { at: '2026-03-03T00:00:00.000Z' }));
  await world.settled();
  expect(await statuses(stays)).toEqual(['AVAILABLE']);
  // The next year is another year.
  await tierChanged(world, rise('m3-next', stays, { at: '2027-03-03T00:00:00.000Z' }));
  await world.settled();
  expect(await statuses(stays)).toEqual(['AVAILABLE', 'AVAILABLE']);
});
