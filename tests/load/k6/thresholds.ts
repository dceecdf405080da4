import { OPERATIONS, type OperationName } from './operations.ts';
import type { Profile } from './profiles.ts';

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

/** What must hold. `slack` makes the time limits so many times longer, for machines that are shared. */
export function thresholdsOf(profile: Profile, slack: number): Record<string, Threshold[]> {
  const ends = profile.breaking ? { abortOnFail: true, delayAbortEval: '20s' } : {};
  const thresholds: Record<string, Threshold[]> = {
    // A refusal is an answer; an error, an answer that says nothing or none at all is a failure.
    failed: [{ threshold: 'rate<0.001', ...ends }],
    double_credit: [{ threshold: 'count==0' }],
  };
  for (const name of Object.keys(OPERATIONS) as OperationName[]) {
    const { p95, p99 } = BUDGETS[name];
    thresholds[`http_req_duration{operation:${name}}`] = [
      { threshold: `p(95)<${p95 * slack}`, ...ends },
      { threshold: `p(99)<${p99 * slack}` },
    ];
    thresholds[`failed{operation:${name}}`] = [{ threshold: 'rate<0.01' }];
  }
  if (!profile.breaking) thresholds['dropped_iterations'] = [{ threshold: 'count==0' }];
  return thresholds;
}
