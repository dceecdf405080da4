// What the clock alone does to an account: pending points become available, lapsed holds give back, lapsed lots expire.
// Every verb and every read begins with it, so that nothing depends on whether a job was on time.
import type { Points } from '@atrium/kernel';
import { isLapsed, type Ledger, move, post, settleDebt, state } from './ledger';
import type { Hold, Lot, LotAmount } from './records';

/** Order of what falls on one instant: a lot is alive from `availableAt` up to, not including, `expiresAt`. */
const ORDER = { ACTIVATE: 0, RELEASE: 1, EXPIRE: 2 } as const;

interface Turn {
  readonly at: Date;
  readonly type: keyof typeof ORDER;
  readonly id: string;
  happen(at: Date): void;
}

/** Catches up with the clock turn by turn, as if somebody had looked at every instant. */
export function passTime(ledger: Ledger): void {
  for (const turn of turns(ledger)) {
    turn.happen(turn.at);
    settleDebt(ledger, turn.at, turn.at);
  }
  settleDebt(ledger, ledger.now);
}

function turns(ledger: Ledger): Turn[] {
  const { now, account } = ledger;
  const due: Turn[] = [];
  for (const lot of ledger.lots.values()) {
    const { id, availableAt, expiresAt } = lot;
    if (lot.pending > 0n && !account.frozen && availableAt !== null && availableAt <= now) {
      due.push({ at: availableAt, type: 'ACTIVATE', id, happen: (at) => activate(ledger, lot, at) });
    }
    if (expiresAt !== null && isLapsed(lot, now) && lot.pending + lot.available > 0n) {
      due.push({ at: expiresAt, type: 'EXPIRE', id, happen: () => expireUnspent(ledger, lot) });
    }
  }
  for (const hold of ledger.holds.values()) {
    if (hold.status !== 'HELD' || !isLapsed(hold, now)) continue;
    due.push({
      at: hold.expiresAt,
      type: 'RELEASE',
      id: hold.id,
      happen: (at) => {
        // Somebody may have given it back earlier in this very account of time.
        if (hold.status === 'HELD') giveBack(ledger, hold, 'EXPIRED', at);
      },
    });
    // What a hold gives back may lapse between its end and now.
    for (const { lotId } of hold.parts) {
      const lot = lotOf(ledger, lotId);
      const { id, expiresAt } = lot;
      if (expiresAt === null || !isLapsed(lot, now)) continue;
      due.push({ at: expiresAt, type: 'EXPIRE', id, happen: () => expireUnspent(ledger, lot) });
    }
  }
  return due.sort((a, b) => a.at.getTime() - b.at.getTime() || ORDER[a.type] - ORDER[b.type] || (a.id < b.id ? -1 : 1));
}

/** Pending points of a lot can be spent from now on. */
export function activate(ledger: Ledger, lot: Lot, at: Date): void {
  const points = lot.pending;
  move(ledger, lot, 'pending', 'available', points);
  const { id: lotId, purchaseId, mallId } = lot;
  state(ledger, 'ACTIVATED', { lotId, purchaseId, mallId, points, occurredAt: at });
}

/**
 * Ends every verb that gives points, after the entry that gave them: what has no time left expires at once and can neither pay
 * what is owed nor be spent or taken back; the rest pays what is owed.
 */
export function settleGiven(ledger: Ledger, given: readonly LotAmount[], occurredAt: Date): void {
  for (const { lot } of [...given].sort((a, b) => (a.lot.id < b.lot.id ? -1 : 1))) {
    if (isLapsed(lot, ledger.now)) expireUnspent(ledger, lot);
  }
  settleDebt(ledger, occurredAt);
}

/** Ends a hold: what it held is available again, or expires at once when its lot's time is over. */
export function giveBack(ledger: Ledger, hold: Hold, cause: 'CANCELLED' | 'EXPIRED', occurredAt: Date): void {
  hold.status = cause === 'EXPIRED' ? 'EXPIRED' : 'RELEASED';
  if (hold.mark === 'STORED') hold.mark = 'CHANGED';
  for (const { lotId, amount } of hold.parts) unhold(ledger, lotId, amount, occurredAt);
  state(ledger, 'RELEASED', {
    holdId: hold.id,
    checkoutId: hold.checkoutId,
    mallId: hold.mallId,
    points: hold.points,
    cause,
    occurredAt,
  });
}

export function unhold(ledger: Ledger, lotId: string, amount: Points, at = ledger.now): void {
  const lot = lotOf(ledger, lotId);
  if (!isLapsed(lot, at)) return move(ledger, lot, 'held', 'available', amount);
  move(ledger, lot, 'held', 'expired', amount);
  noteExpiry(ledger, lot, amount, at);
}

export function lotOf(ledger: Ledger, lotId: string): Lot {
  const lot = ledger.lots.get(lotId);
  if (!lot) throw new Error(`lot ${lotId} was not loaded`);
  return lot;
}

/** What is held may still be captured; it expires when its hold ends. */
function expireUnspent(ledger: Ledger, lot: Lot): void {
  const at = lot.expiresAt ?? ledger.now;
  const [pending, available] = [lot.pending, lot.available];
  if (pending + available === 0n) return;
  move(ledger, lot, 'pending', 'expired', pending);
  move(ledger, lot, 'available', 'expired', available);
  noteExpiry(ledger, lot, pending + available, at);
}

function noteExpiry(ledger: Ledger, lot: Lot, amount: Points, expiredAt: Date): void {
  const { id: lotId, source, purchaseId, mallId, merchantId, currency } = lot;
  post(ledger, {
    kind: 'EXPIRE',
    amount: -amount,
    occurredAt: expiredAt,
    mallId,
    purchaseId,
    source,
    explanation: [{ code: 'EXPIRED', value: amount.toString(), args: { at: expiredAt.toISOString() } }],
    parts: [{ lot, amount: -amount }],
  });
  state(ledger, 'EXPIRED', { lotId, purchaseId, mallId, merchantId, currency, points: amount, expiredAt });
}
