import { hash } from 'node:crypto';
import { type Result, err, ok } from '@atrium/kernel';
import type { Tx } from './database';
import { decodeJson, encodeJson } from './exact-json';
import { insertion } from './rows';

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
  const hashes = calls.map(({ input }) => hash('sha256', encodeJson(input), 'buffer'));
  const names = calls.map(({ actor, operation, key }) => [tx.groupId, actor, operation, key].join('\n'));
  const first = new Map<string, number>();
  names.forEach((name, i) => first.has(name) || first.set(name, i));
  const asked = [...first.values()];
  // Two statements on purpose: a look-up that began before another's commit would not see its row.
  const [locked, earlier] = await Promise.all([takeLocks(tx, [...first.keys()]), findAnswers(tx, calls, asked)]);
  const places = asked.filter((_, n) => locked[n]);

  const answers = new Map<number, Result<T, E | IdempotencyRefusal>>();
  for (const i of places) {
    const found = earlier.get(i);
    if (!found) continue;
    const same = found.inputHash.equals(hashes[i] as Buffer);
    answers.set(i, same ? ok(decodeJson(found.answer.text) as T) : err({ code: 'IDEMPOTENCY_CONFLICT' }));
  }
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

/** For each name, whether this transaction has its lock now; the others are being worked on elsewhere. */
async function takeLocks(tx: Tx, names: readonly string[]): Promise<boolean[]> {
  const rows = await tx.prepared<{ locked: boolean }>(
    'platform.idempotency.lock',
    `select pg_try_advisory_xact_lock(hashtextextended(name, 0)) as locked
     from unnest($1::text[]) with ordinality as w(name, n) order by n`,
    [names],
  );
  return rows.map(({ locked }) => locked);
}

interface Kept {
  inputHash: Buffer;
  answer: { text: string };
}

async function findAnswers(
  tx: Tx,
  calls: readonly IdempotentCall[],
  places: readonly number[],
): Promise<Map<number, Kept>> {
  const of = (name: 'actor' | 'operation' | 'key') => places.map((i) => calls[i]?.[name]);
  const rows = await tx.prepared<Kept & { n: bigint }>(
    'platform.idempotency.find',
    `select n, input_hash as "inputHash", answer
     from unnest($2::text[], $3::text[], $4::text[]) with ordinality as w(actor, operation, key, n)
       join idempotency_key using (actor, operation, key) where group_id = $1`,
    [tx.groupId, of('actor'), of('operation'), of('key')],
  );
  return new Map(rows.map((row) => [places[Number(row.n) - 1] as number, row]));
}

const keepAnswers = (
  tx: Tx,
  answers: readonly { call: IdempotentCall; inputHash: Buffer; value: unknown }[],
): Promise<void> =>
  tx.write(
    insertion(
      'idempotency_key',
      answers.map(({ call: { actor, operation, key }, inputHash, value }) => ({
        group_id: tx.groupId,
        actor,
        operation,
        key,
        input_hash: inputHash,
        answer: { text: encodeJson(value) },
        created_at: tx.now,
      })),
    ),
  );
