// Work of the clock for any number of members: short transactions in a row, each with a bounded number of members.
import type { Job } from '@atrium/platform';
import type { Cursor, Due, DueMember } from '../use-cases/let-time-pass';

export interface Sweeps {
  membersDue(due: Due, after: Cursor | null, limit: number): Promise<DueMember[]>;
  numberDue(due: Due): Promise<number>;
  letTimePass(groupId: string, memberIds: readonly string[]): Promise<number>;
}

/** A transaction that took longer than this is followed by a smaller one: somebody at a till may be waiting for it. */
const AIM_MS = 60;
const LEAST = 5;
const MOST = 200;
const REPORT_MS = 10_000;

/**
 * Goes through all that is due, once, in the order in which it fell due. Several may do so at once: each leaves to the others what
 * they are at. Whoever is killed has finished its transactions; the next run finds what is left.
 */
export async function sweep(app: Sweeps, name: string, due: Due, log: Parameters<Job['run']>[1]): Promise<number> {
  const began = Date.now();
  let [done, size, reported] = [0, 50, began];
  let total: number | null = null;
  let after: Cursor | null = null;
  for (;;) {
    const rows = await app.membersDue(due, after, size);
    const last = rows.at(-1);
    if (!last) break;
    after = last;
    for (const [groupId, memberIds] of byGroup(rows)) {
      const from = Date.now();
      done += await app.letTimePass(groupId, memberIds);
      size = Date.now() - from > AIM_MS ? Math.max(LEAST, size >> 1) : Math.min(MOST, size + 10);
    }
    if (Date.now() - reported < REPORT_MS) continue;
    reported = Date.now();
    total ??= done + (await app.numberDue(due));
    const seconds = (reported - began) / 1000;
    log.info(
      { job: name, done, perSecond: Math.round(done / seconds), left: Math.max(0, total - done) },
      'job goes on',
    );
  }
  return done;
}

function byGroup(rows: readonly DueMember[]): Map<string, string[]> {
  const groups = new Map<string, Set<string>>();
  for (const { groupId, memberId } of rows) groups.set(groupId, (groups.get(groupId) ?? new Set()).add(memberId));
  return new Map([...groups].map(([groupId, members]) => [groupId, [...members]]));
}
