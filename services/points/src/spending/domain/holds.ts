// Two-step points: hold, then capture or release, by checkout or by order.
import { cumulativeShare, err, ok, type Points, type Result } from '@atrium/kernel';
import {
  bySoonestExpiry,
  choose,
  type Ledger,
  move,
  settleDebt,
  spendableLots,
  state,
} from '../../ledger/domain/ledger';
import type { Hold, HoldStatus, LotAmount } from '../../ledger/domain/records';
import { giveBack, lotOf, unhold } from '../../ledger/domain/pass-time';
import { recordRedemption, type Redemption, refusalToSpend } from './redemption';

export type HoldRequest = Pick<Hold, 'id' | 'checkoutId' | 'mallId' | 'points' | 'valueMinor' | 'expiresAt'> &
  Partial<Pick<Hold, 'kind' | 'orderRef' | 'merchantId' | 'storeId' | 'currency'>>;

/** Holds points from the lots that would be spent first. The caller has made sure that they are there. */
export function holdPoints(ledger: Ledger, request: HoldRequest): Hold {
  const { parts, short } = choose(spendableLots(ledger), request.points);
  if (short > 0n) throw new Error('a hold never exceeds what is available');
  for (const { lot, amount } of parts) move(ledger, lot, 'available', 'held', amount);
  const hold = newHold(ledger, request, 'HELD', parts);
  state(ledger, 'HELD', {
    holdId: hold.id,
    checkoutId: hold.checkoutId,
    kind: hold.kind,
    orderRef: hold.orderRef,
    mallId: hold.mallId,
    points: hold.points,
    expiresAt: hold.expiresAt,
  });
  return hold;
}

/** Gives a checkout's points back. A release before its hold leaves a mark that refuses the hold when it comes. */
export function releaseHold(ledger: Ledger, checkoutId: string, holdId: string): 'RELEASED' | 'NOT_HELD' | 'CAPTURED' {
  const hold = ledger.holds.get(holdId);
  if (!hold) {
    closeCheckout(ledger, checkoutId, holdId, 'RELEASED');
    return 'NOT_HELD';
  }
  return endHold(ledger, hold);
}

/** Ends a hold without spending anything. Safe to repeat, and after its time. */
export function endHold(ledger: Ledger, hold: Hold): 'RELEASED' | 'CAPTURED' {
  if (hold.status === 'CAPTURED') return 'CAPTURED';
  if (hold.status === 'HELD') {
    giveBack(ledger, hold, 'CANCELLED', ledger.now);
    settleDebt(ledger, ledger.now);
  }
  return 'RELEASED';
}

/** A mark without points: this checkout can hold nothing any more. */
export function closeCheckout(
  ledger: Ledger,
  checkoutId: string,
  holdId: string,
  status: 'RELEASED' | 'CAPTURED',
): void {
  const nothing = { mallId: null, points: 0n, valueMinor: 0n, expiresAt: ledger.now };
  newHold(ledger, { id: holdId, checkoutId, ...nothing }, status, []);
}

function newHold(ledger: Ledger, request: HoldRequest, status: HoldStatus, parts: readonly LotAmount[]): Hold {
  const hold: Hold = {
    kind: 'CHECKOUT',
    orderRef: null,
    merchantId: null,
    storeId: null,
    currency: null,
    ...request,
    status,
    extended: false,
    captured: 0n,
    redemptionId: null,
    createdAt: ledger.now,
    parts: parts.map(({ lot, amount }) => ({ lotId: lot.id, amount })),
    mark: 'NEW',
  };
  ledger.holds.set(hold.id, hold);
  return hold;
}

export type CaptureRefusal =
  | { readonly code: 'EXCEEDS_HOLD'; readonly held: Points }
  | { readonly code: 'HOLD_CLOSED'; readonly status: 'CAPTURED' | 'RELEASED' }
  | { readonly code: 'HOLD_EXPIRED'; readonly available: Points; readonly requested: Points };

/**
 * Spends an order's hold, or a part of it; the rest is released. When its time is over the points are taken all the same,
 * if they are still free: the till has them on its receipt. The ledger was opened with all of the member's unspent lots.
 */
export function captureHold(
  ledger: Ledger,
  hold: Hold,
  capture: { readonly points: Points | null; readonly redemptionId: string; readonly occurredAt: Date },
): Result<Redemption, CaptureRefusal> {
  const points = capture.points ?? hold.points;
  if (hold.status === 'CAPTURED' || hold.status === 'RELEASED')
    return err({ code: 'HOLD_CLOSED', status: hold.status });
  if (points > hold.points) return err({ code: 'EXCEEDS_HOLD', held: hold.points });
  if (hold.status === 'EXPIRED') {
    const refusal = refusalToSpend(ledger, points);
    if (refusal) return err({ code: 'HOLD_EXPIRED', available: refusal.available, requested: points });
  }
  const parts = hold.status === 'HELD' ? takeHeld(ledger, hold, points) : takeAvailable(ledger, points);
  hold.status = 'CAPTURED';
  hold.captured = points;
  hold.redemptionId = capture.redemptionId;
  touch(hold);
  const { kind, orderRef, mallId, merchantId, storeId, currency } = hold;
  const minor = cumulativeShare(hold.valueMinor, points, hold.points);
  const redemption = recordRedemption(
    ledger,
    {
      id: capture.redemptionId,
      amount: points,
      source: { kind, id: orderRef ?? hold.checkoutId },
      mallId,
      merchantId,
      storeId,
      value: currency === null ? null : { minor, currency },
      occurredAt: capture.occurredAt,
      explanation: [],
    },
    parts,
  );
  settleDebt(ledger, capture.occurredAt);
  return ok(redemption);
}

/** Moves what is captured, in the order of consumption, and gives the rest back. */
export function takeHeld(ledger: Ledger, hold: Hold, points: Points): LotAmount[] {
  const parts: LotAmount[] = [];
  let left = points;
  const held = hold.parts.map(({ lotId, amount }) => ({ lot: lotOf(ledger, lotId), amount }));
  for (const { lot, amount } of held.sort((a, b) => bySoonestExpiry(a.lot, b.lot))) {
    const part = amount < left ? amount : left;
    if (part > 0n) {
      move(ledger, lot, 'held', 'redeemed', part);
      parts.push({ lot, amount: part });
      left -= part;
    }
    if (amount > part) unhold(ledger, lot.id, amount - part);
  }
  const unused = hold.points - (points - left);
  if (unused > 0n) {
    const { id: holdId, checkoutId, mallId } = hold;
    state(ledger, 'RELEASED', { holdId, checkoutId, mallId, points: unused, cause: 'UNUSED', occurredAt: ledger.now });
  }
  return parts;
}

function takeAvailable(ledger: Ledger, points: Points): LotAmount[] {
  const { parts } = choose(spendableLots(ledger), points);
  for (const { lot, amount } of parts) move(ledger, lot, 'available', 'redeemed', amount);
  return parts;
}

/** Gives an open hold more time, once. */
export function extendHold(
  ledger: Ledger,
  hold: Hold,
  expiresAt: Date,
): Result<
  Hold,
  { readonly code: 'HOLD_CLOSED'; readonly status: Exclude<HoldStatus, 'HELD'> } | { readonly code: 'ALREADY_EXTENDED' }
> {
  if (hold.status !== 'HELD') return err({ code: 'HOLD_CLOSED', status: hold.status });
  if (hold.extended) return err({ code: 'ALREADY_EXTENDED' });
  if (expiresAt > hold.expiresAt) hold.expiresAt = expiresAt;
  hold.extended = true;
  touch(hold);
  state(ledger, 'HOLD_EXTENDED', { holdId: hold.id, mallId: hold.mallId, expiresAt: hold.expiresAt });
  return ok(hold);
}

function touch(hold: Hold): void {
  if (hold.mark === 'STORED') hold.mark = 'CHANGED';
}
