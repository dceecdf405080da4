import type { Operation } from './persisted';
import { isObject, type Answer } from './errors';

export interface RetryPolicy {
  /** Tries in all; 1 for none again. */
  readonly attempts: number;
  /** The first pause is up to this long, the next up to twice as long, and so on. */
  readonly baseMs: number;
  /** No pause is longer. A server that asks for a longer one is not asked again: the caller decides. */
  readonly maxMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, baseMs: 200, maxMs: 10_000 };

/**
 * How long to wait before the same request is sent again; null for not again. What is sent again carries the same
 * idempotency key, so that a mutation whose answer was lost is done once.
 */
export function pauseBefore<T>(
  attempt: number,
  answer: Answer<T>,
  operation: Operation,
  repeatable: boolean,
  policy: RetryPolicy,
  random: () => number = Math.random,
): number | null {
  if (attempt >= policy.attempts) return null;
  const asked = waitAskedFor(answer, operation);
  if (asked === null) return null;
  // 429 is refused before anything is done; everything else may have been done.
  const refused = answer.state === 'failed' && answer.failure.status === 429;
  if (!repeatable && !refused) return null;
  if (asked > policy.maxMs) return null;
  const jitter = random() * Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1));
  return Math.min(policy.maxMs, asked + jitter);
}

/** A query reads; a mutation may be sent again when every one of its inputs has an idempotency key. */
export function isRepeatable(operation: Operation, variables: unknown): boolean {
  if (operation.type === 'query') return true;
  if (operation.type === 'subscription' || !isObject(variables)) return false;
  if (typeof variables['idempotencyKey'] === 'string') return true;
  const inputs = Object.values(variables).filter(isObject);
  return inputs.length > 0 && inputs.every((input) => typeof input['idempotencyKey'] === 'string');
}

/** Milliseconds that the answer asks to wait at least; null when there is nothing to wait for. */
function waitAskedFor<T>(answer: Answer<T>, operation: Operation): number | null {
  if (answer.state === 'failed') return answer.failure.retryable ? (answer.failure.retryAfterMs ?? 0) : null;
  if (operation.type !== 'mutation') return null; // what is there of a screen is shown
  if (answer.state === 'partial' && answer.errors.some(({ retryable }) => retryable)) return 0;
  return inProgress(answer.data);
}

/** The same submission is being worked on: its answer is there soon. */
function inProgress(data: unknown): number | null {
  if (!isObject(data)) return null;
  const busy = Object.values(data).find((field) => isObject(field) && field['__typename'] === 'InProgressError');
  if (!isObject(busy)) return null;
  return typeof busy['retryAfterMs'] === 'number' ? busy['retryAfterMs'] : 0;
}

/** `Retry-After` is a number of seconds or a date. */
export function retryAfterOf(header: string | null, now: number = Date.now()): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** Resolves after the time, or at once when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
