import { type Client, dataOf, idempotencyKey, match, readFragment, type ResultOf } from '@atrium/client';
import { ClaimCoupon, CouponCard, CouponOffers, MemberHome } from './documents';

/** What is there is shown; what is missing says so and can be asked for again. */
export async function memberHome(client: Client): Promise<string[]> {
  const answer = await client.query(MemberHome);
  if (answer.state === 'failed') return [`No home: ${answer.failure.message} (request ${answer.requestId})`];
  const { me } = answer.data;
  if (me === null) return ['Nobody is signed in.'];
  const coupons = me.coupons?.edges.map(({ node }) => readFragment(CouponCard, node)) ?? [];
  return [
    `${me.displayName}: ${me.points?.available ?? '?'} points, ${me.tier?.tier.name ?? 'no tier'}`,
    ...coupons.map((coupon) => `coupon ${coupon.template.name} (${coupon.status})`),
    ...(answer.state === 'partial' ? answer.errors.map(({ path }) => `${path.join('.')} is missing for now`) : []),
  ];
}

/** The first offer that this member may take; null for none. */
export async function firstOffer(client: Client): Promise<string | null> {
  const { couponOffers } = dataOf(await client.query(CouponOffers, { first: 20 }));
  return couponOffers.edges.find(({ node }) => node.claimable)?.node.template.id ?? null;
}

/** The key is made once for the tap on the button; a lost answer is asked for again with it and nothing happens twice. */
export async function claim(client: Client, templateId: string, key = idempotencyKey()): Promise<string> {
  const { claimCoupon } = dataOf(await client.mutate(ClaimCoupon, { input: { idempotencyKey: key, templateId } }));
  return outcomeOf(claimCoupon);
}

/** Leave one case out, or let the graph gain a refusal, and this does not compile. */
export function outcomeOf(result: ResultOf<typeof ClaimCoupon>['claimCoupon']): string {
  const say = (refusal: { message: string; remedy: string | null }) =>
    [refusal.message, refusal.remedy].join(' ').trim();
  return match(result, {
    ClaimCouponSuccess: ({ coupon }) => `You have it: ${readFragment(CouponCard, coupon).template.name}`,
    InsufficientPointsError: ({ requested, available }) => `It costs ${requested} points, you have ${available}.`,
    InProgressError: () => 'Still being worked on.',
    CouponSoldOutError: say,
    ClaimLimitReachedError: say,
    NotEligibleError: say,
    NotFoundError: say,
    IdempotencyConflictError: say,
  });
}
