// A frozen account earns into pending and spends nothing (see `issue`, `passTime` and `maySpend`).
import { type Ledger, settleDebt } from './ledger';
import { activate } from './pass-time';

/** The newest version of what was said about the member counts, whatever arrives first. True when something changed. */
export function setFrozen(ledger: Ledger, frozen: boolean, version: bigint): boolean {
  const { account, now } = ledger;
  if (version <= account.freezeVersion) return false;
  account.freezeVersion = version;
  account.version += 1n;
  account.frozen = frozen;
  if (!frozen) release(ledger, now);
  return true;
}

/** What would have become available meanwhile does so now. */
function release(ledger: Ledger, now: Date): void {
  for (const lot of [...ledger.lots.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (lot.pending > 0n && lot.availableAt !== null && lot.availableAt <= now) activate(ledger, lot, now);
  }
  settleDebt(ledger, now);
}
