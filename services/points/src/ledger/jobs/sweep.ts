// Work of the clock for any number of members: short transactions in a row, each with a bounded number of members.
import type { Job } from '@atrium/platform';
import type { Cursor, Due, DueMember } from '../use-cases/let-time-pass';

export interface Sweeps {
  membersDue(due: Due, after: Cursor | null, limit: number): Promise<DueMember[]>;
  numberDue(due: Due): Promise<number>;
  letTimePass(groupId: string, memberIds: readonly string[], limitMs: number): Promise<number>;
}

type Run = Parameters<Job['run']>;

/** Found by one search: enough for many transactions. */
const PAGE = 2_000;
/** Transactions at once: one is decided while the other's statements run. */
const LANES = 2;
/** A transaction that took longer than this is followed by a smaller one: somebody at a till may be waiting for it. */
const AIM_MS = 40;
const LEAST = 10;
const MOST = 200;
/** A transaction that takes longer is undone, and followed by the smallest: nobody waits longer for it. */
const LIMIT_MS = 150;
/** So many in a row keep to the limit. Each after them has twice as long: on a machine without time it must end some day. */
const STRICT = 8;
const LATE_MAX = 14;
const REPORT_MS = 10_000;

/**
 * Goes through all that is due, once, in the order in which it fell due. Several may do so at once: each leaves to the others what
 * they are at. Whoever is stopped or killed has finished its transactions; the next run finds what is left.
 */
export async function sweep(app: Sweeps, name: string, due: Due, log: Run[1], stop?: Run[2]): Promise<number> {
  const began = Date.now();
  let [done, late, size, reported] = [0, 0, 50, began];
  let total: number | null = null;
  let after: Cursor | null = null;

  const lane = async (groupId: string, waiting: string[]): Promise<void> => {
    while (waiting.length > 0 && !stop?.aborted) {
      const from = Date.now();
      const limitMs = LIMIT_MS << Math.max(0, late - STRICT);
      try {
        done += await app.letTimePass(groupId, waiting.splice(0, size), limitMs);
        late = 0;
      } catch (err) {
        if (Date.now() - from < limitMs || ++late > LATE_MAX) throw err;
        log.warn({ job: name, err, limitMs }, 'took too long and was undone: the next turn finds it again');
        size = LEAST;
      }
      size = Date.now() - from > AIM_MS ? Math.max(LEAST, size >> 1) : Math.min(MOST, size + 10);
    }
  };
  const report = async (): Promise<void> => {
    if (Date.now() - reported < REPORT_MS) return;
    reported = Date.now();
    total ??= done + (await app.numberDue(due));
    const perSecond = Math.round((done * 1000) / (reported - began));
    log.info({ job: name, done, perSecond, left: Math.max(0, total - done) }, 'job goes on');
  };

  while (!stop?.aborted) {
    const rows: DueMember[] = await app.membersDue(due, after, PAGE);
    const last = rows.at(-1);
    if (!last) break;
    after = last;
    for (const [groupId, waiting] of byGroup(rows)) {
      await allOf(Array.from({ length: LANES }, () => lane(groupId, waiting)));
      await report();
    }
  }
  return done;
}

/** Like Promise.all, but leaves nothing under way when one fails. */
async function allOf(lanes: readonly Promise<void>[]): Promise<void> {
  for (const lane of await Promise.allSettled(lanes)) if (lane.status === 'rejected') throw lane.reason;
}

function byGroup(rows: readonly DueMember[]): Map<string, string[]> {
  const groups = new Map<string, Set<string>>();
  for (const { groupId, memberId } of rows) groups.set(groupId, (groups.get(groupId) ?? new Set()).add(memberId));
  return new Map([...groups].map(([groupId, members]) => [groupId, [...members]]));
}
