// Points that had been spent go back into the lots they came from, with their own expiry.
import type { Points } from '@atrium/kernel';
import { daysAfter, lifeOf } from '../../ledger/domain/expiry';
import { isLapsed, type Ledger, move } from '../../ledger/domain/ledger';
import type { LotAmount } from '../../ledger/domain/records';
import { lotOf } from '../../ledger/domain/pass-time';
import type { ProgrammeTerms } from '../../programme/domain/terms';

/** What a lot gave to a payment, and what of that came back. */
export interface UsedLot {
  readonly lotId: string;
  readonly amount: Points;
  returned: Points;
}

/** Until when points live that come back after their lot's time; null: they expire at once. Never for ever. */
export function lapsedUntil(
  terms: Pick<ProgrammeTerms, 'refunds' | 'expiry' | 'lateCreditDays'>,
  now: Date,
  zone: string,
): Date | null {
  const { afterExpiry } = terms.refunds;
  switch (afterExpiry.mode) {
    case 'EXPIRED':
      return null;
    case 'GRACE_DAYS':
      return daysAfter(now, afterExpiry.days);
    case 'NEW_POLICY':
      return lifeOf(terms, { earnedAt: now, zone, postedAt: now }).expiresAt ?? daysAfter(now, terms.lateCreditDays);
  }
}

/** Moves points back, last used first. `amount` is at most what has not come back yet. */
export function backIntoLots(
  ledger: Ledger,
  used: readonly UsedLot[],
  amount: Points,
  until: Date | null,
): LotAmount[] {
  let left = amount;
  const parts: LotAmount[] = [];
  for (const part of [...used].reverse()) {
    const open = part.amount - part.returned;
    const back = left < open ? left : open;
    if (back === 0n) continue;
    const lot = lotOf(ledger, part.lotId);
    move(ledger, lot, 'redeemed', 'available', back);
    if (isLapsed(lot, ledger.now) && until !== null) lot.expiresAt = until;
    part.returned += back;
    left -= back;
    parts.push({ lot, amount: back });
  }
  if (left > 0n) throw new Error('more came back than had been spent');
  return parts;
}
