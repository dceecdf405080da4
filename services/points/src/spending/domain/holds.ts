// Two-step points: hold, then capture or release, by checkout.
import type { Points } from '@atrium/kernel';
import { choose, type Hold, type Ledger, move, settleDebt, spendableLots, state } from '../../ledger/domain/ledger';
import { giveBack } from '../../ledger/domain/pass-time';

/** Holds points from the lots that would be spent first. The caller has made sure that they are there. */
export function holdPoints(
  ledger: Ledger,
  request: Pick<Hold, 'id' | 'checkoutId' | 'mallId' | 'points' | 'valueMinor' | 'expiresAt'>,
): Hold {
  const { parts, short } = choose(spendableLots(ledger), request.points);
  if (short > 0n) throw new Error('a hold never exceeds what is available');
  for (const { lot, amount } of parts) move(ledger, lot, 'available', 'held', amount);
  const hold: Hold = {
    ...request,
    status: 'HELD',
    parts: parts.map(({ lot, amount }) => ({ lotId: lot.id, amount })),
    mark: 'NEW',
  };
  ledger.holds.set(hold.checkoutId, hold);
  state(ledger, 'HELD', {
    holdId: hold.id,
    checkoutId: hold.checkoutId,
    mallId: hold.mallId,
    points: hold.points,
    expiresAt: hold.expiresAt,
  });
  return hold;
}

/** Gives a checkout's points back. A release before its hold leaves a mark that refuses the hold when it comes. */
export function releaseHold(ledger: Ledger, checkoutId: string, holdId: string): 'RELEASED' | 'NOT_HELD' | 'CAPTURED' {
  const hold = ledger.holds.get(checkoutId);
  if (!hold) {
    closeCheckout(ledger, checkoutId, holdId, 'RELEASED');
    return 'NOT_HELD';
  }
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
  const points: Points = 0n;
  ledger.holds.set(checkoutId, {
    id: holdId,
    checkoutId,
    mallId: null,
    points,
    valueMinor: 0n,
    status,
    expiresAt: ledger.now,
    parts: [],
    mark: 'NEW',
  });
}
