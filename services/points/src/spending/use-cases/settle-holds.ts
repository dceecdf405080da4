// What becomes of an order's hold: captured, released, or given more time.
import { err, ok } from '@atrium/kernel';
import { programmeAt } from '../../programme/domain/rules';
import { captureHold, type CaptureRefusal, endHold, extendHold } from '../domain/holds';
import { holdEnd } from '../domain/order';
import {
  forOrders,
  type HoldView,
  type OrderCommand,
  type OrderRefusal,
  type RedemptionView,
  toHoldView,
  toRedemptionView,
} from './order-commands';

export interface CaptureHold extends OrderCommand {
  /** Null: all that is held. Less: the rest is released. */
  readonly points: bigint | null;
}

export type CaptureHoldRefusal = OrderRefusal | CaptureRefusal;

export const captureHolds = forOrders<CaptureHold, { hold: HoldView; redemption: RedemptionView }, CaptureHoldRefusal>({
  operation: 'capturePointsHold',
  inputOf: ({ points }) => ({ points }),
  decide: ({ points }, { ledger, redemptionId, hold, keep }) => {
    if (points !== null && points <= 0n) return err({ code: 'INVALID_INPUT', path: 'points', reason: 'NOT_POSITIVE' });
    if (!hold) return err({ code: 'NOT_FOUND' });
    const captured = captureHold(ledger, hold, { points, redemptionId, occurredAt: ledger.now });
    if (!captured.ok) return captured;
    keep(captured.value);
    return ok({ hold: toHoldView(hold), redemption: toRedemptionView(captured.value) });
  },
});

export type ReleaseHoldRefusal = OrderRefusal | { code: 'HOLD_CLOSED'; status: 'CAPTURED' };

/** Safe to repeat, and after the hold's time. */
export const releaseHolds = forOrders<OrderCommand, HoldView, ReleaseHoldRefusal>({
  operation: 'releasePointsHold',
  inputOf: () => ({}),
  decide: (_, { ledger, hold }) => {
    if (!hold) return err({ code: 'NOT_FOUND' });
    const ended = endHold(ledger, hold);
    return ended === 'CAPTURED' ? err({ code: 'HOLD_CLOSED', status: ended }) : ok(toHoldView(hold));
  },
});

export type ExtendHoldRefusal =
  OrderRefusal | { code: 'HOLD_CLOSED'; status: 'CAPTURED' | 'RELEASED' | 'EXPIRED' } | { code: 'ALREADY_EXTENDED' };

export const extendHolds = forOrders<OrderCommand, HoldView, ExtendHoldRefusal>({
  operation: 'extendPointsHold',
  inputOf: () => ({}),
  decide: ({ kind }, { ledger, rules, hold }) => {
    const terms = programmeAt(rules, ledger.now)?.terms.spending;
    if (!hold || !terms) return err({ code: 'NOT_FOUND' });
    const extended = extendHold(ledger, hold, holdEnd(terms, kind, ledger.now, null));
    return extended.ok ? ok(toHoldView(hold)) : extended;
  },
});
