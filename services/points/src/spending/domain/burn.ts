// Points that pay for a sale, and their way back when it is refunded.
import { formatMinor, type Points } from '@atrium/kernel';
import { closeCheckout, takeHeld } from './holds';
import { choose, issue, type Ledger, move, post, settleDebt, spendableLots, state } from '../../ledger/domain/ledger';
import type { Entry, LotAmount } from '../../ledger/domain/records';
import { settleGiven } from '../../ledger/domain/pass-time';
import { backIntoLots } from './return-to-lots';
import type { Burn, Sale } from '../../earning/domain/sale';

/**
 * Turns a checkout's hold into payment. A hold that lapsed or never was is made good from what is available; the sale
 * happened, so the rest is owed.
 */
export function capturePoints(
  ledger: Ledger,
  sale: Sale,
  payment: {
    checkoutId: string;
    holdId: string;
    points: Points;
    valueMinor: bigint;
    lineValues?: Burn['lineValues'];
  },
): void {
  const { checkoutId, points, valueMinor } = payment;
  let left = points;
  const used: LotAmount[] = [];
  const hold = ledger.holds.get(payment.holdId);
  if (hold?.status === 'HELD') {
    const taken = takeHeld(ledger, hold, least(points, hold.points));
    used.push(...taken);
    left -= taken.reduce((sum, { amount }) => sum + amount, 0n);
  }
  if (hold) {
    hold.status = 'CAPTURED';
    hold.captured = least(points, hold.points);
    if (hold.mark === 'STORED') hold.mark = 'CHANGED';
  } else closeCheckout(ledger, checkoutId, payment.holdId, 'CAPTURED');
  const { parts, short } = choose(spendableLots(ledger), left);
  for (const { lot, amount } of parts) {
    move(ledger, lot, 'available', 'redeemed', amount);
    used.push({ lot, amount });
  }
  if (short > 0n && ledger.account.available > 0n) throw new Error('lots that could pay were not loaded');
  ledger.account.debt += short;
  const burn: Burn = {
    checkoutId,
    points,
    valueMinor,
    debt: short,
    debtReturned: 0n,
    lots: merge(used).map(({ lot, amount }) => ({ lotId: lot.id, amount, returned: 0n })),
    returned: 0n,
    returnedValueMinor: 0n,
    lineValues: payment.lineValues ?? [],
  };
  sale.burn = burn;
  post(ledger, {
    kind: 'REDEEM',
    amount: short - points,
    debtDelta: short,
    occurredAt: sale.occurredAt,
    mallId: sale.mallId,
    purchaseId: sale.purchaseId,
    explanation: [
      { code: 'REDEEMED', value: points.toString() },
      { code: 'WORTH', value: formatMinor(valueMinor, sale.currency), args: { currency: sale.currency } },
      ...(short > 0n ? [{ code: 'OWED' as const, value: short.toString() }] : []),
    ],
    parts: merge(used).map(({ lot, amount }) => ({ lot, amount: -amount })),
  });
  state(ledger, 'CAPTURED', { sale, checkoutId, points, valueMinor, debt: short, occurredAt: sale.occurredAt });
  // What the hold did not need is available now, and pays what is owed.
  settleDebt(ledger, sale.occurredAt);
}

/**
 * Gives back points that had paid, up to the refund's cumulative figure: what was owed for them first, then the lots they
 * came from, last used first, with their own expiry; where that is over, until `lapsedUntil` (null: they expire at once).
 */
export function returnPoints(
  ledger: Ledger,
  sale: Sale,
  refund: {
    refundId: string;
    pointsCumulative: Points;
    valueCumulativeMinor: bigint;
    occurredAt: Date;
    lapsedUntil: Date | null;
    /** Until when points live that come back as a new lot. */
    graceUntil: Date;
  },
): void {
  const { burn } = sale;
  if (!burn) return;
  const whole = sale.fullyRefunded || refund.pointsCumulative > burn.points;
  const target = whole ? burn.points : refund.pointsCumulative;
  const valueTarget =
    sale.fullyRefunded || refund.valueCumulativeMinor > burn.valueMinor ? burn.valueMinor : refund.valueCumulativeMinor;
  const points = target - burn.returned;
  if (points <= 0n) return;
  const valueMinor = valueTarget > burn.returnedValueMinor ? valueTarget - burn.returnedValueMinor : 0n;
  const owed = least(points, burn.debt - burn.debtReturned);
  const forgiven = least(owed, ledger.account.debt);
  ledger.account.debt -= forgiven;
  burn.debtReturned += owed;
  // The debt was paid meanwhile by other points: they come back as a new lot.
  const anew = owed - forgiven;
  const parts = backIntoLots(ledger, burn.lots, points - owed, refund.lapsedUntil);
  if (anew > 0n) {
    const { purchaseId, mallId, merchantId, currency, occurredAt: earnedAt } = sale;
    const lot = issue(
      ledger,
      { earnedAt, expiresAt: refund.graceUntil, purchaseId, mallId, merchantId, currency },
      anew,
    );
    parts.push({ lot, amount: anew });
  }
  burn.returned += points;
  burn.returnedValueMinor += valueMinor;
  if (sale.mark === 'STORED') sale.mark = 'CHANGED';
  const entry: Entry = post(ledger, {
    kind: 'REDEEM_REVERSAL',
    amount: points - forgiven,
    debtDelta: -forgiven,
    occurredAt: refund.occurredAt,
    mallId: sale.mallId,
    purchaseId: sale.purchaseId,
    refundId: refund.refundId,
    explanation: [
      { code: 'RETURNED', value: points.toString() },
      { code: 'WORTH', value: formatMinor(valueMinor, sale.currency), args: { currency: sale.currency } },
      ...(forgiven > 0n ? [{ code: 'DEBT_REPAID' as const, value: forgiven.toString() }] : []),
    ],
    parts,
  });
  state(ledger, 'REDEMPTION_REVERSED', {
    sale,
    refundId: refund.refundId,
    points,
    valueMinor,
    pointsTotal: burn.returned,
    valueTotalMinor: burn.returnedValueMinor,
    occurredAt: refund.occurredAt,
  });
  if (forgiven > 0n) {
    state(ledger, 'DEBT_SETTLED', {
      entryId: entry.id,
      mallId: sale.mallId,
      currency: sale.currency,
      points: forgiven,
      cause: 'REPAID',
      occurredAt: refund.occurredAt,
    });
  }
  settleGiven(ledger, parts, refund.occurredAt);
}

const least = (a: Points, b: Points): Points => (a < b ? a : b);

/** A lot may have given held and available points to the same payment. */
function merge(parts: readonly LotAmount[]): LotAmount[] {
  const sums = new Map<string, LotAmount>();
  for (const { lot, amount } of parts) sums.set(lot.id, { lot, amount: (sums.get(lot.id)?.amount ?? 0n) + amount });
  return [...sums.values()];
}
