import type { Database } from '../database/database';

const BATCH = 1_000;

/** By the time at which the facts were published: from inclusive, to exclusive. */
export interface RepublishRange {
  from: Date;
  to?: Date;
}

/**
 * Makes the relay publish facts again, for a broker that has lost them. Consumers that took them before skip them by their
 * inbox. Goes through the outbox once, in bounded transactions; what is published meanwhile is not taken twice. Returns how
 * many facts will be published again.
 */
export async function republish(db: Database, range: RepublishRange): Promise<number> {
  const [end] = await db.inSystemTransaction((tx) =>
    tx.query<{ last: bigint | null }>(`select max(id) as last from outbox`),
  );
  const last = end?.last ?? null;
  if (last === null) return 0;
  let after = 0n;
  for (let total = 0; ;) {
    const rows = await db.inSystemTransaction((tx) =>
      tx.query<{ id: bigint }>(
        `update outbox set published_at = null where id in (
           select id from outbox
           where id > $1 and id <= $2 and published_at >= $3 and ($4::timestamptz is null or published_at < $4)
           order by id limit ${BATCH})
         returning id`,
        [after, last, range.from, range.to ?? null],
      ),
    );
    total += rows.length;
    if (rows.length < BATCH) return total;
    after = rows.reduce((highest, { id }) => (id > highest ? id : highest), after);
  }
}
