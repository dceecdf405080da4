// Refusals of the spending verbs as members of their result unions.
import {
  IdempotencyConflictError,
  InProgressError,
  InsufficientPointsError,
  InvalidInputError,
  type Locale,
  NotFoundError,
} from '@atrium/platform';
import type { SpendOrderRefusal } from '../use-cases/hold-orders';
import type { OrderRefusal } from '../use-cases/order-commands';
import {
  PointsAlreadyHeldError,
  PointsAlreadyRedeemedError,
  PointsCutReason,
  PointsFrozenError,
  PointsInDebtError,
  PointsNotAllowedError,
} from './errors.type';
import { toHold } from './order.type';
import { CUTS, FAULTS, refuse } from './texts';

/** What every verb over an order may answer. */
export function refuseOrder(error: OrderRefusal, locale: Locale) {
  switch (error.code) {
    case 'NOT_FOUND':
      return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    case 'INVALID_INPUT':
      return refuse(
        InvalidInputError,
        'INVALID_INPUT',
        locale,
        { path: [error.path] },
        { reason: FAULTS[error.reason][locale] },
      );
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
    case 'IN_PROGRESS':
      return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
  }
}

export function refuseSpending(error: SpendOrderRefusal, locale: Locale) {
  switch (error.code) {
    case 'IN_DEBT':
      return refuse(PointsInDebtError, 'IN_DEBT', locale, {});
    case 'ACCOUNT_FROZEN':
      return refuse(PointsFrozenError, 'ACCOUNT_FROZEN', locale, {});
    case 'INSUFFICIENT_POINTS': {
      const { available, requested } = error;
      return refuse(InsufficientPointsError, error.code, locale, { available, requested }, { available, requested });
    }
    case 'NOT_ALLOWED': {
      const { reason, allowed } = error;
      const text = CUTS[reason]?.[locale] ?? '';
      const fields = { reason: PointsCutReason[reason], allowed };
      return refuse(PointsNotAllowedError, 'POINTS_NOT_ALLOWED', locale, fields, { reason: text, allowed });
    }
    case 'ALREADY_HELD':
      return refuse(PointsAlreadyHeldError, 'POINTS_ALREADY_HELD', locale, { hold: toHold(error.hold) });
    case 'ALREADY_REDEEMED':
      return refuse(PointsAlreadyRedeemedError, 'POINTS_ALREADY_REDEEMED', locale, {
        redemptionId: error.redemptionId,
      });
    default:
      return refuseOrder(error, locale);
  }
}
