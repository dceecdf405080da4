// Writes down what the clock has done: activated and expired points, lapsed holds. Twice is as good as once.
import type { Tx } from '@atrium/platform';
import { publishLedgers } from '../events/points-events';
import { countDue, type Cursor, type Due, type DueMember, findDue } from '../storage/lapse.repository';
import { openFreeLedgers, saveLedgers } from '../storage/ledger.repository';

export type { Cursor, Due, DueMember };

export const membersDue = (tx: Tx, due: Due, after: Cursor | null, limit: number): Promise<DueMember[]> =>
  findDue(tx, due, after, limit);

/** Enough for a progress line; counting further would only cost. */
const COUNT_MAX = 5_000_000;
export const numberDue = (tx: Tx, due: Due): Promise<number> => countDue(tx, due, COUNT_MAX);

const CLOCK_FACTS: ReadonlySet<string> = new Set(['EXPIRED', 'RELEASED', 'ACTIVATED']);

/**
 * How much was written down. Waits for nobody: an account that somebody else works on is left to them, whose verb lets time
 * pass as well, or to the next turn. Who waits for it waits no longer than the limit: then the database undoes it. 0: no limit.
 */
export async function letTimePass(tx: Tx, memberIds: readonly string[], limitMs = 0): Promise<number> {
  const ledgers = await openFreeLedgers(tx, memberIds, limitMs);
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  return [...ledgers.values()].reduce(
    (sum, { facts }) => sum + facts.filter(({ type }) => CLOCK_FACTS.has(type)).length,
    0,
  );
}
