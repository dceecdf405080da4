import {
  IdempotencyConflictError,
  type IdempotencyRefusal,
  InProgressError,
  InsufficientPointsError,
  InvalidInputError,
  type Locale,
  NotEligibleError,
  NotFoundError,
} from '@atrium/platform';
import type { AdvanceRefusal } from '../use-cases/advance-order';
import type { ChangeGiftRefusal } from '../use-cases/change-gift';
import type { OrderRefusal } from '../use-cases/order-gift';
import type { SaveGiftRefusal } from '../use-cases/save-gift';
import type { UndoRefusal } from '../use-cases/undo-order';
import { GiftOrderStatusEnum } from './gift-order.type';
import { GiftRefusalEnum, GiftStatusEnum } from './gift.type';
import {
  FAULTS,
  GiftLimitReachedError,
  GiftNotRedeemableError,
  GiftOrderStateError,
  GiftReturnOverError,
  GiftStateError,
  PickUpCodeWrongError,
  REASONS,
  refuse,
} from './texts';

type Refusal = AdvanceRefusal | ChangeGiftRefusal | OrderRefusal | SaveGiftRefusal | UndoRefusal | IdempotencyRefusal;

const SHARED = {
  NOT_FOUND: (locale: Locale) => refuse(NotFoundError, 'NOT_FOUND', locale, {}),
  IDEMPOTENCY_CONFLICT: (locale: Locale) => refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {}),
  IN_PROGRESS: (locale: Locale) => refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 }),
};

/** Any refusal of the mall as GraphQL says it. The result's union says which of them a verb can give. */
export function refusalOf(error: Refusal, locale: Locale) {
  switch (error.code) {
    case 'NOT_FOUND':
    case 'IDEMPOTENCY_CONFLICT':
    case 'IN_PROGRESS':
      return SHARED[error.code](locale);
    case 'INVALID_INPUT':
      return invalid(error.path, error.path[0] === 'price' ? 'PRICE_ID' : error.reason, locale);
    case 'INSUFFICIENT_POINTS': {
      const { available, requested } = error;
      return refuse(InsufficientPointsError, error.code, locale, { available, requested }, { available, requested });
    }
    case 'IN_DEBT':
    case 'ACCOUNT_FROZEN':
      return refuse(NotEligibleError, error.code, locale, {});
    case 'GIFT_NOT_REDEEMABLE': {
      const reason = GiftRefusalEnum[error.reason];
      return refuse(GiftNotRedeemableError, error.code, locale, { reason }, { reason: REASONS[reason][locale] });
    }
    case 'GIFT_LIMIT_REACHED': {
      const { limit, ordered } = error;
      const values = { limit: String(limit), ordered: String(ordered) };
      return refuse(GiftLimitReachedError, error.code, locale, { limit, ordered }, values);
    }
    case 'GIFT_STATE': {
      const { status } = error;
      return refuse(GiftStateError, error.code, locale, { status: GiftStatusEnum[status] }, { status });
    }
    case 'GIFT_ORDER_STATE': {
      const { status } = error;
      return refuse(GiftOrderStateError, error.code, locale, { status: GiftOrderStatusEnum[status] }, { status });
    }
    case 'PICK_UP_CODE_WRONG':
      return refuse(PickUpCodeWrongError, error.code, locale, {});
    case 'GIFT_RETURN_OVER':
      return refuse(GiftReturnOverError, error.code, locale, {});
  }
}

export const invalid = (path: string[], fault: keyof typeof FAULTS, locale: Locale): InvalidInputError =>
  refuse(InvalidInputError, 'INVALID_INPUT', locale, { path }, { reason: FAULTS[fault][locale] });
