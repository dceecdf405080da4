import {
  IdempotencyConflictError,
  type IdempotencyRefusal,
  InProgressError,
  InvalidInputError,
  type Locale,
  NotFoundError,
  PublicError,
  refusals,
} from '@atrium/platform';
import type { InvalidInput } from '../domain/template';

const refuse = refusals({});
const RETRY_AFTER_MS = 250;

export const invalidInput = (refusal: InvalidInput, locale: Locale): InvalidInputError =>
  refuse(InvalidInputError, 'INVALID_INPUT', locale, { path: refusal.path }, { reason: refusal.reason });

export const notFound = (locale: Locale): NotFoundError => refuse(NotFoundError, 'NOT_FOUND', locale, {});

export function repeated(refusal: IdempotencyRefusal, locale: Locale): IdempotencyConflictError | InProgressError {
  switch (refusal.code) {
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
    case 'IN_PROGRESS':
      return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: RETRY_AFTER_MS });
  }
}

/** A key is the caller's own text; without one a repeat could not be told from a new request. */
export function requireKey(key: string): string {
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new PublicError('BAD_REQUEST', '`idempotencyKey` must be 1 to 200 visible ASCII characters.');
  }
  return key;
}
