// Gives the points of checkouts back. Safe to repeat, and safe before the hold: a late hold is then refused.
import type { Tx } from '@atrium/platform';
import { releaseHold } from '../domain/holds';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { holdIdOf } from '../../earning/use-cases/earn-points';

export interface ReleaseCommand {
  checkoutId: string;
  memberId: string;
}

export type ReleaseOutcome = 'RELEASED' | 'NOT_HELD' | 'CAPTURED';

/** Answers in the order of the commands. */
export async function releasePoints(tx: Tx, commands: readonly ReleaseCommand[]): Promise<ReleaseOutcome[]> {
  const memberIds = commands.map(({ memberId }) => memberId);
  const ledgers = await openLedgers(tx, memberIds, {
    lock: true,
    checkouts: commands.map(({ checkoutId }) => checkoutId),
  });
  const outcomes = commands.map(({ memberId, checkoutId }): ReleaseOutcome => {
    const ledger = ledgers.get(memberId);
    return ledger ? releaseHold(ledger, checkoutId, holdIdOf(checkoutId)) : 'NOT_HELD';
  });
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  return outcomes;
}
