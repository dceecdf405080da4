// What the clock alone does to an account: lapsed holds give back, lapsed lots expire. Every verb and every read begins
// with it, so that nothing depends on whether a job was on time.
import type { Points } from '@atrium/kernel';
import { type Hold, isLapsed, type Ledger, type Lot, move, post, settleDebt, state } from './ledger';

export function passTime(ledger: Ledger): void {
  const { now } = ledger;
  for (const hold of [...ledger.holds.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (hold.status === 'HELD' && isLapsed(hold, now)) giveBack(ledger, hold, 'EXPIRED', hold.expiresAt);
  }
  expireLapsed(ledger, [...ledger.lots.values()]);
  settleDebt(ledger, now);
}

/** Of these lots, what is available but past its time expires. */
export function expireLapsed(ledger: Ledger, lots: readonly Lot[]): void {
  for (const lot of [...lots].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (lot.available > 0n && isLapsed(lot, ledger.now)) expire(ledger, lot, 'available', lot.available);
  }
}

/** Ends a hold: what it held is available again, or expires at once when its lot's time is over. */
export function giveBack(ledger: Ledger, hold: Hold, cause: 'CANCELLED' | 'EXPIRED', occurredAt: Date): void {
  hold.status = cause === 'EXPIRED' ? 'EXPIRED' : 'RELEASED';
  if (hold.mark === 'STORED') hold.mark = 'CHANGED';
  for (const { lotId, amount } of hold.parts) unhold(ledger, lotId, amount);
  state(ledger, 'RELEASED', {
    holdId: hold.id,
    checkoutId: hold.checkoutId,
    mallId: hold.mallId,
    points: hold.points,
    cause,
    occurredAt,
  });
}

export function unhold(ledger: Ledger, lotId: string, amount: Points): void {
  const lot = lotOf(ledger, lotId);
  if (isLapsed(lot, ledger.now)) expire(ledger, lot, 'held', amount);
  else move(ledger, lot, 'held', 'available', amount);
}

export function lotOf(ledger: Ledger, lotId: string): Lot {
  const lot = ledger.lots.get(lotId);
  if (!lot) throw new Error(`lot ${lotId} was not loaded`);
  return lot;
}

function expire(ledger: Ledger, lot: Lot, from: 'available' | 'held', amount: Points): void {
  const expiredAt = lot.expiresAt ?? ledger.now;
  move(ledger, lot, from, 'expired', amount);
  post(ledger, {
    kind: 'EXPIRE',
    amount: -amount,
    occurredAt: expiredAt,
    mallId: lot.mallId,
    purchaseId: lot.purchaseId,
    explanation: [{ code: 'EXPIRED', value: amount.toString(), args: { at: expiredAt.toISOString() } }],
    parts: [{ lot, amount: -amount }],
  });
  state(ledger, 'EXPIRED', {
    lotId: lot.id,
    purchaseId: lot.purchaseId,
    mallId: lot.mallId,
    merchantId: lot.merchantId,
    currency: lot.currency,
    points: amount,
    expiredAt,
  });
}
