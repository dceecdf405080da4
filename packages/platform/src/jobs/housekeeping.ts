import { LIMITS } from '@atrium/contracts';
import { job } from './job';

const KEEP_ANSWERS_DAYS = 7;
const DAY_MS = 86_400_000;
const BATCH = 5_000;

/** Forgets what nothing needs any more: published facts, taken messages and stored answers past their time. */
export const housekeeping = job({
  name: 'housekeeping',
  everySeconds: 600,
  run: async (db) => {
    const now = db.clock.now().getTime();
    const retention = new Date(now - LIMITS.retentionSeconds * 1000);
    // A repeat may come as long as the stream keeps the message; a day more for clocks that differ.
    const inbox = new Date(now - LIMITS.retentionSeconds * 1000 - DAY_MS);
    const answers = new Date(now - KEEP_ANSWERS_DAYS * DAY_MS);
    const statements: [string, Date][] = [
      [`delete from outbox where id in (select id from outbox where published_at < $1 limit ${BATCH})`, retention],
      [`delete from inbox where ctid in (select ctid from inbox where received_at < $1 limit ${BATCH})`, inbox],
      [
        `delete from idempotency_key where ctid in (select ctid from idempotency_key where created_at < $1 limit ${BATCH})`,
        answers,
      ],
    ];
    let removed = 0;
    for (const [sql, before] of statements) {
      for (let rows = BATCH; rows === BATCH; removed += rows) {
        rows = await db.inSystemTransaction(async (tx) => (await tx.query(`${sql} returning 1`, [before])).length);
      }
    }
    return removed;
  },
});
