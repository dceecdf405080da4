// What a programme says about the life of points and about refunds, as far as the stories vary it.
import { DAY, midnight, monthEnd, sameTime, type Zone } from './calendar';

export interface Policy {
  readonly zone: Zone;
  /** Local days after the sale; 0: at once; null: until somebody confirms it. */
  readonly pendingDays: number | null;
  readonly expiry:
    | { readonly mode: 'NEVER' }
    | { readonly mode: 'DAYS'; readonly days: number; readonly from: 'EARNED' | 'AVAILABLE' }
    | { readonly mode: 'MONTH_ENDS'; readonly more: number };
  readonly lateCreditDays: number;
  readonly afterExpiry:
    | { readonly mode: 'EXPIRED' }
    | { readonly mode: 'GRACE_DAYS'; readonly days: number }
    | { readonly mode: 'NEW_POLICY' };
  readonly spentPoints:
    | { readonly mode: 'ALLOW_NEGATIVE'; readonly limit: bigint | null }
    | { readonly mode: 'CLAMP' | 'DEDUCT_FROM_CASH_REFUND' | 'REJECT' };
  readonly dayCutHour: number;
  readonly holdMinutes: number;
}

/** When points that were earned at `earnedAt` and are credited at `now` can be spent, and until when they live. */
export function lifeOf(policy: Policy, now: number, earnedAt: number, confirmedAt: number | null) {
  const { pendingDays, lateCreditDays, zone } = policy;
  const availableAt =
    pendingDays === null ? confirmedAt : pendingDays === 0 ? earnedAt : midnight(earnedAt, pendingDays, zone);
  const end = endOf(policy, earnedAt, availableAt);
  const late = now - earnedAt > DAY || (end !== null && end <= now);
  const expiresAt = end !== null && late ? Math.max(end, now + lateCreditDays * DAY) : end;
  return { availableAt, expiresAt };
}

/** Null: never, or when it is confirmed. */
export function endOf({ expiry, zone }: Policy, earnedAt: number, availableAt: number | null): number | null {
  if (expiry.mode === 'NEVER') return null;
  if (expiry.mode === 'MONTH_ENDS') return monthEnd(earnedAt, expiry.more, zone);
  const start = expiry.from === 'EARNED' ? earnedAt : availableAt;
  return start === null ? null : sameTime(start, expiry.days, zone);
}

/** Until when points live that come back after their lot's end; null: no longer. */
export function lapsedUntil(policy: Policy, now: number): number | null {
  const { afterExpiry, lateCreditDays } = policy;
  if (afterExpiry.mode === 'EXPIRED') return null;
  if (afterExpiry.mode === 'GRACE_DAYS') return now + afterExpiry.days * DAY;
  return endOf(policy, now, now) ?? now + lateCreditDays * DAY;
}

/** Of spent points that were taken back: what the member owes; the rest is left to them. */
export function owedOf({ spentPoints }: Policy, missing: bigint, debt: bigint): bigint {
  if (spentPoints.mode === 'CLAMP') return 0n;
  if (spentPoints.mode !== 'ALLOW_NEGATIVE' || spentPoints.limit === null) return missing;
  const room = spentPoints.limit > debt ? spentPoints.limit - debt : 0n;
  return missing < room ? missing : room;
}
