// Pending points that wait for a word, not for a time.
import type { Points } from '@atrium/kernel';
import { confirmed } from './expiry';
import { type Ledger, settleDebt } from './ledger';
import type { Source } from './records';
import { activate } from './pass-time';

/**
 * The points of a source can be spent from now on (a frozen account's when it is released). The ledger was opened with the
 * member's unspent lots. Gives how many points were waiting.
 */
export function confirmPending(ledger: Ledger, source: Source): Points {
  let points = 0n;
  for (const lot of [...ledger.lots.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const ofSale = source.kind === 'PURCHASE' && lot.purchaseId === source.id;
    const same = ofSale || (lot.source?.kind === source.kind && lot.source.id === source.id);
    if (!same || lot.pending === 0n || lot.availableAt !== null) continue;
    Object.assign(lot, confirmed(lot, ledger.now));
    if (lot.mark === 'STORED') lot.mark = 'CHANGED';
    ledger.account.version += 1n;
    points += lot.pending;
    if (!ledger.account.frozen) activate(ledger, lot, ledger.now);
  }
  settleDebt(ledger, ledger.now);
  return points;
}
