// The effect of a freeze on points: for whoever hears that a member was frozen or released.
import type { Tx } from '@atrium/platform';
import { setFrozen } from '../domain/freeze';
import { publishLedgers } from '../events/points-events';
import { openLedgers, saveLedgers } from '../storage/ledger.repository';

export interface FreezeChange {
  memberId: string;
  frozen: boolean;
  /** Rises with each freeze and release of the member; the newest counts. */
  version: bigint;
}

export async function applyFreezes(tx: Tx, changes: readonly FreezeChange[]): Promise<void> {
  if (changes.length === 0) return;
  const ledgers = await openLedgers(
    tx,
    changes.map(({ memberId }) => memberId),
    { lock: true },
  );
  for (const { memberId, frozen, version } of changes) {
    const ledger = ledgers.get(memberId);
    // What was said about somebody before they were merged is about nobody now.
    if (ledger?.memberId === memberId) setFrozen(ledger, frozen, version);
  }
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
}

export const freezeAccount = (tx: Tx, memberId: string, version: bigint): Promise<void> =>
  applyFreezes(tx, [{ memberId, frozen: true, version }]);

export const unfreezeAccount = (tx: Tx, memberId: string, version: bigint): Promise<void> =>
  applyFreezes(tx, [{ memberId, frozen: false, version }]);
