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
  const inputHash = createHash('sha256').update(encodeJson(call.input)).digest();
  const lockKey = createHash('sha256')
    .update([tx.groupId, call.actor, call.operation, call.key].join('\n'))
    .digest()
    .readBigInt64BE();
  // Two statements on purpose: a look-up that began before another's commit would not see its row.
  const [lock] = await tx.prepared<{ locked: boolean }>(
    'platform.idempotency.lock',
    `select pg_try_advisory_xact_lock($1) as locked`,
    [lockKey],
  );
  if (!lock?.locked) return err({ code: 'IN_PROGRESS' });
  const [earlier] = await tx.prepared<{ input_hash: Buffer; answer: { text: string } }>(
    'platform.idempotency.find',
    `select input_hash, answer from idempotency_key where group_id = $1 and actor = $2 and operation = $3 and key = $4`,
    [tx.groupId, call.actor, call.operation, call.key],
  );
  if (earlier) {
    if (!earlier.input_hash.equals(inputHash)) return err({ code: 'IDEMPOTENCY_CONFLICT' });
    return ok(decodeJson(earlier.answer.text) as T);
  }
  const result = await run();
  if (result.ok) {
    await tx.prepared(
      'platform.idempotency.keep',
      `insert into idempotency_key (group_id, actor, operation, key, input_hash, answer, created_at) values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        tx.groupId,
        call.actor,
        call.operation,
        call.key,
        inputHash,
        JSON.stringify({ text: encodeJson(result.value) }),
        tx.now,
      ],
    );
  }
  return result;
}
