import { createHash } from 'node:crypto';
import { type Result, err, ok } from '@atrium/kernel';
import type { Tx } from './database';
import { decodeJson, encodeJson } from './exact-json';

export type IdempotencyRefusal = { code: 'IDEMPOTENCY_CONFLICT' } | { code: 'IN_PROGRESS' };

export interface IdempotentCall {
  /** The caller's own key for this submission. */
  key: string;
  /** The mutation's name: the same key may be used for another verb. */
  operation: string;
  /** `caller.id`: keys of two callers never meet. */
  actor: string;
  /** Everything that makes the request what it is; compared by hash. */
  input: unknown;
}

/**
 * One key, one effect, one answer. The key is looked up under a lock; a key in flight elsewhere is told so at once instead
 * of waiting. Refusals are not kept: they wrote nothing, and the same request may succeed later.
 */
export async function idempotent<T, E>(
  tx: Tx,
  call: IdempotentCall,
  run: () => Promise<Result<T, E>>,
): Promise<Result<T, E | IdempotencyRefusal>> {
  const [answer] = await idempotentAll<T, E>(tx, [call], async () => [await run()]);
  return answer as Result<T, E | IdempotencyRefusal>;
}

/**
 * The same for many calls of one transaction, in a fixed number of statements. `run` gets the places of those that are to be
 * done and answers each in that order; a key that stands twice in the list is done once.
 */
export async function idempotentAll<T, E>(
  tx: Tx,
  calls: readonly IdempotentCall[],
  run: (places: readonly number[]) => Promise<readonly Result<T, E>[]>,
): Promise<Result<T, E | IdempotencyRefusal>[]> {
  const hashes = calls.map(({ input }) => createHash('sha256').update(encodeJson(input)).digest());
  const names = calls.map(({ actor, operation, key }) => [tx.groupId, actor, operation, key].join('\n'));
  const first = new Map<string, number>();
  names.forEach((name, i) => first.has(name) || first.set(name, i));
  const mine = await takeLocks(tx, [...first.keys()]);
  const places = [...first].filter(([name]) => mine.has(name)).map(([, i]) => i);
  const earlier = await findAnswers<T>(tx, calls, places);

  const answers = new Map<number, Result<T, E | IdempotencyRefusal>>();
  for (const [i, { hash, value }] of earlier)
    answers.set(i, hash.equals(hashes[i] as Buffer) ? ok(value) : err({ code: 'IDEMPOTENCY_CONFLICT' }));
  const fresh = places.filter((i) => !earlier.has(i));
  const done = fresh.length > 0 ? await run(fresh) : [];
  fresh.forEach((i, n) => answers.set(i, done[n] as Result<T, E>));
  await keepAnswers(
    tx,
    fresh.flatMap((i, n) => {
      const [call, inputHash, result] = [calls[i], hashes[i], done[n]];
      return call && inputHash && result?.ok ? [{ call, inputHash, value: result.value }] : [];
    }),
  );
  return names.map((name, i) => {
    const place = first.get(name) ?? i;
    const answer = answers.get(place);
    if (!answer) return err({ code: 'IN_PROGRESS' });
    const same = place === i || hashes[i]?.equals(hashes[place] as Buffer);
    return same ? answer : err({ code: answer.ok ? 'IDEMPOTENCY_CONFLICT' : 'IN_PROGRESS' });
  });
}

/** The names whose lock this transaction has now; the others are being worked on elsewhere. */
async function takeLocks(tx: Tx, names: readonly string[]): Promise<Set<string>> {
  const keys = names.map((name) => createHash('sha256').update(name).digest().readBigInt64BE());
  // A statement of its own on purpose: a look-up that began before another's commit would not see its row.
  const rows = await tx.prepared<{ locked: boolean }>(
    'platform.idempotency.lock',
    `select pg_try_advisory_xact_lock(k) as locked from unnest($1::bigint[]) with ordinality as w(k, n) order by n`,
    [keys],
  );
  return new Set(names.filter((_, i) => rows[i]?.locked));
}

async function findAnswers<T>(
  tx: Tx,
  calls: readonly IdempotentCall[],
  places: readonly number[],
): Promise<Map<number, { hash: Buffer; value: T }>> {
  if (places.length === 0) return new Map();
  const of = (name: 'actor' | 'operation' | 'key') => places.map((i) => calls[i]?.[name]);
  const rows = await tx.prepared<{ n: bigint; input_hash: Buffer; answer: { text: string } }>(
    'platform.idempotency.find',
    `select n, input_hash, answer from unnest($2::text[], $3::text[], $4::text[]) with ordinality as w(actor, operation, key, n)
       join idempotency_key using (actor, operation, key) where group_id = $1`,
    [tx.groupId, of('actor'), of('operation'), of('key')],
  );
  return new Map(
    rows.map(({ n, input_hash, answer }) => [
      places[Number(n) - 1] as number,
      { hash: input_hash, value: decodeJson(answer.text) as T },
    ]),
  );
}

const keepAnswers = (
  tx: Tx,
  answers: readonly { call: IdempotentCall; inputHash: Buffer; value: unknown }[],
): Promise<void> =>
  tx.write({
    table: 'idempotency_key',
    sql: `insert into idempotency_key (group_id, actor, operation, key, input_hash, answer, created_at)
      select $1, actor, operation, key, input_hash, answer, $7
      from unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::jsonb[]) as w(actor, operation, key, input_hash, answer)`,
    values: [
      tx.groupId,
      answers.map(({ call }) => call.actor),
      answers.map(({ call }) => call.operation),
      answers.map(({ call }) => call.key),
      answers.map(({ inputHash }) => inputHash),
      answers.map(({ value }) => JSON.stringify({ text: encodeJson(value) })),
      tx.now,
    ],
    rows: answers.length,
  });
