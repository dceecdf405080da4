// Writes down what the clock has done: lapsed holds and expired lots. Twice is as good as once.
import type { Tx } from '@atrium/platform';
import { publishLedgers } from '../events/points-events';
import { openLedgers, saveLedgers } from '../storage/ledger.repository';
import { findMembersWithLapsedHolds, findMembersWithLapsedLots, type TenantMember } from '../storage/lapse.repository';

export type { TenantMember };

export const lapsedLots = (tx: Tx, limit: number): Promise<TenantMember[]> => findMembersWithLapsedLots(tx, limit);
export const lapsedHolds = (tx: Tx, limit: number): Promise<TenantMember[]> => findMembersWithLapsedHolds(tx, limit);

/** How many lots expired and holds ended. */
export async function letTimePass(tx: Tx, memberIds: readonly string[]): Promise<number> {
  const ledgers = await openLedgers(tx, memberIds, { lock: true });
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  return [...ledgers.values()].reduce(
    (sum, { facts }) => sum + facts.filter(({ type }) => type === 'EXPIRED' || type === 'RELEASED').length,
    0,
  );
}
