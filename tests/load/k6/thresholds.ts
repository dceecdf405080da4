import { OPERATIONS, type OperationName } from './operations.ts';
import { lengthOf, type Profile } from './profiles.ts';

/** Milliseconds at a till or on a phone, through the gateway: 95 of 100, 99 of 100. */
export const BUDGETS: Record<OperationName, { p95: number; p99: number }> = {
  MemberHome: { p95: 250, p99: 600 },
  MyCoupons: { p95: 200, p99: 500 },
  CouponOffers: { p95: 200, p99: 500 },
  Gifts: { p95: 200, p99: 500 },
  History: { p95: 250, p99: 600 },
  ClaimCoupon: { p95: 250, p99: 600 },
  IdentifyMember: { p95: 250, p99: 600 },
  QuoteCheckout: { p95: 250, p99: 600 },
  ReserveCheckout: { p95: 400, p99: 1_000 },
  RecordPurchase: { p95: 300, p99: 800 },
  RefundPurchase: { p95: 300, p99: 800 },
};

export type Threshold = { threshold: string; abortOnFail?: boolean; delayAbortEval?: string };

/** Operations that come once in a while: a few answers of a cold start are many of theirs, so they end nothing. */
export const RARE: readonly OperationName[] = ['ClaimCoupon', 'RefundPurchase'];

/** Always holds: k6 tells figures of one operation only where it has a limit. */
const SEEN = { time: [{ threshold: 'max>=0' }], failed: [{ threshold: 'rate>=0' }] };

/** What must hold. `slack` makes the time limits so many times longer, for machines that are shared. */
export function thresholdsOf(profile: Profile, slack: number, scale = 1): Record<string, Threshold[]> {
  if (profile.breaking) return limitsThatEnd(profile, slack, scale);
  const thresholds: Record<string, Threshold[]> = {
    // A refusal is an answer; an error, an answer that says nothing or none at all is a failure.
    failed: [{ threshold: 'rate<0.001' }],
    double_credit: [{ threshold: 'count==0' }],
    dropped_iterations: [{ threshold: 'count==0' }],
  };
  for (const name of Object.keys(OPERATIONS) as OperationName[]) {
    const { p95, p99 } = BUDGETS[name];
    thresholds[`http_req_duration{operation:${name}}`] = [
      { threshold: `p(95)<${p95 * slack}` },
      { threshold: `p(99)<${p99 * slack}` },
    ];
    thresholds[`failed{operation:${name}}`] = [{ threshold: 'rate<0.01' }];
  }
  return thresholds;
}

/**
 * For what looks for the end: it stops at what comes often and is late or wrong. k6 judges all answers since the beginning together, so
 * it is not asked before an eighth of the time (`scale` stretches it) is over: a cold answer or two are no end.
 */
function limitsThatEnd(profile: Profile, slack: number, scale: number): Record<string, Threshold[]> {
  const delay = Math.max(1, Math.round((lengthOf(profile) * scale) / 8));
  const ends = { abortOnFail: true, delayAbortEval: `${delay}s` };
  const thresholds: Record<string, Threshold[]> = {
    failed: [{ threshold: 'rate<0.01', ...ends }],
    double_credit: [{ threshold: 'count==0' }],
  };
  for (const name of Object.keys(OPERATIONS) as OperationName[]) {
    const late = [{ threshold: `p(95)<${BUDGETS[name].p95 * slack}`, ...ends }];
    thresholds[`http_req_duration{operation:${name}}`] = RARE.includes(name) ? SEEN.time : late;
    thresholds[`failed{operation:${name}}`] = SEEN.failed;
  }
  return thresholds;
}
