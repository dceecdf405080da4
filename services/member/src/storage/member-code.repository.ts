import type { Database, Tx } from '@atrium/platform';

/** Ends the codes that a member still shows. */
export async function endCodes(tx: Tx, memberId: string): Promise<void> {
  await tx.prepared(
    'code.end',
    `update member_code set valid_until = $3
     where group_id = $1 and member_id = $2 and used_at is null and valid_until > $3`,
    [tx.groupId, memberId, tx.now],
  );
}

/** Takes a code for a member; false when another member shows it at the moment. */
export async function takeCode(tx: Tx, memberId: string, codeIndex: string, validUntil: Date): Promise<boolean> {
  const rows = await tx.prepared(
    'code.take',
    `insert into member_code (group_id, code_index, member_id, shown_at, valid_until) values ($1, $2, $3, $4, $5)
     on conflict (group_id, code_index) do update
       set member_id = excluded.member_id, shown_at = excluded.shown_at, valid_until = excluded.valid_until, used_at = null
       where member_code.valid_until <= $4
     returning 1`,
    [tx.groupId, codeIndex, memberId, tx.now, validUntil],
  );
  return rows.length > 0;
}

/** Uses a code up: of any number who try, one gets the member. */
export async function consumeCode(tx: Tx, codeIndex: string): Promise<string | null> {
  const rows = await tx.prepared<{ member_id: string }>(
    'code.consume',
    `update member_code set used_at = $3
     where group_id = $1 and code_index = $2 and used_at is null and valid_until > $3 returning member_id`,
    [tx.groupId, codeIndex, tx.now],
  );
  return rows[0]?.member_id ?? null;
}

/** Counts an attempt with a code and answers how many the caller made in this minute. */
export async function countAttempt(tx: Tx, callerId: string, minute: Date): Promise<number> {
  const rows = await tx.prepared<{ attempts: number }>(
    'code.attempt',
    `insert into code_attempt (group_id, caller_id, minute, attempts) values ($1, $2, $3, 1)
     on conflict (group_id, caller_id, minute) do update set attempts = code_attempt.attempts + 1 returning attempts`,
    [tx.groupId, callerId, minute],
  );
  return rows[0]?.attempts ?? 0;
}

const BATCH = 5_000;

/** Removes ended codes and old counts, of all tenants, in bounded batches. */
export async function forgetCodes(db: Database, before: Date): Promise<number> {
  let removed = 0;
  for (const [table, column] of [
    ['member_code', 'valid_until'],
    ['code_attempt', 'minute'],
  ] as const) {
    for (let rows = BATCH; rows === BATCH; removed += rows) {
      rows = await db.inSystemTransaction(async (tx) => {
        const gone = await tx.query(
          `delete from ${table} where ctid in (select ctid from ${table} where ${column} < $1 limit ${BATCH}) returning 1`,
          [before],
        );
        return gone.length;
      });
    }
  }
  return removed;
}
