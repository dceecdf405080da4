// Sliding expiry: what the member does keeps all of their sliding points alive.
import { endOfLife } from './expiry';
import { isLapsed, type Ledger, settleDebt } from './ledger';
import type { Lot } from './records';
import { reinstate } from './reinstate';

/**
 * The member earned or redeemed at `at`, perhaps long before it was heard of. Ends only ever move later, and by the times of
 * the activities, so their order of arrival does not matter. Points that expired although the member had been active in time
 * are given again.
 */
export function noteActivity(ledger: Ledger, at: Date): void {
  const { account } = ledger;
  const known = account.lastActivityAt;
  if (known === null || at > known) account.lastActivityAt = at;
  // Of two activities the later one counts only if the earlier one has kept the points alive until then.
  const activities = known !== null && known > at ? [at, known] : [at];
  const sliding = [...ledger.lots.values()].filter(({ moving }) => moving?.terms.mode === 'SLIDING').sort(byId);
  for (const lot of sliding) {
    for (const instant of activities) slide(lot, instant);
    const lost = lot.expired - lot.reinstated;
    if (lost > 0n && !isLapsed(lot, ledger.now)) {
      const { availableAt, expiresAt, moving } = lot;
      reinstate(ledger, lot, lost, { life: { availableAt, expiresAt, moving }, actor: null, reason: null });
    }
  }
  settleDebt(ledger, ledger.now);
}

function slide(lot: Lot, at: Date): void {
  if (!lot.moving || isLapsed(lot, at)) return;
  const end = endOfLife(lot.moving.terms, at, lot.moving.zone);
  if (end === null || lot.expiresAt === null || end <= lot.expiresAt) return;
  lot.expiresAt = end;
  if (lot.mark === 'STORED') lot.mark = 'CHANGED';
}

const byId = (a: Lot, b: Lot): number => (a.id < b.id ? -1 : 1);
