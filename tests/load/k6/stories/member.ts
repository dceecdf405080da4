import { sleep } from 'k6';
import { acknowledged, ask, attempt } from '../graph.ts';
import { anyMember, coupons, run, someMember } from '../world.ts';
import { uniqueKey } from './unique.ts';

/** Opens the app. */
export function home(): void {
  ask('MemberHome', someMember().token);
}

/** Looks around: what can be had, what one has, what was. */
export function browse(): void {
  const { token } = someMember();
  ask('CouponOffers', token);
  sleep(0.3 + Math.random());
  ask('Gifts', token);
  ask(Math.random() < 0.5 ? 'MyCoupons' : 'History', token);
}

/** Sees an offer and takes it. */
export function claim(): void {
  const { token } = someMember();
  ask('CouponOffers', token);
  sleep(0.2 + Math.random());
  take(token, coupons.open, uniqueKey('claim'));
}

/** One of very many who want one of few. Whoever gets no answer asks again with the same key. */
export function flash(): void {
  const { id, token } = anyMember();
  take(token, coupons.flash, `${run}:flash:${id}`);
}

/** Two of a hundred are sent twice, as impatient thumbs do. Each answer is written down: one key with two coupons is one too many. */
export function take(token: string, templateId: string, idempotencyKey: string): void {
  const send = () => {
    const input = { templateId, idempotencyKey };
    const claimed = attempt<{ coupon: { id: string } }>('ClaimCoupon', token, input, 'ClaimCouponSuccess');
    if (claimed !== undefined) acknowledged('coupon', idempotencyKey, claimed.coupon.id);
  };
  send();
  if (Math.random() < 0.02) send();
}
