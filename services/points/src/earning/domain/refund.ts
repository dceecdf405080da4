// A refund of a sale: what paid in points comes back, what was earned is taken back, both to the exact target.
import { cashPartOf, cumulativeShare } from '@atrium/kernel';
import { returnPoints } from '../../spending/domain/burn';
import { lapsedUntil } from '../../spending/domain/return-to-lots';
import { daysAfter } from '../../ledger/domain/expiry';
import type { Ledger } from '../../ledger/domain/ledger';
import { DEFAULT_PROGRAMME, type ProgrammeTerms, type SpentPointsPolicy } from '../../programme/domain/terms';
import { applyDeduction, applyRefund, postSale, type RefundState, type Sale } from './sale';
import { pointsForCash } from './spent-points';

export interface Refund extends RefundState {
  readonly refundId: string;
  readonly occurredAt: Date;
  readonly pointsReturnedCumulative: bigint;
  /** What tills kept for missing points, of all refunds of the sale so far. */
  readonly deductionCumulativeMinor: bigint;
}

/**
 * Takes a refund in, by the rules of the sale's own programme. Points come back before points are taken: what had paid for
 * the sale may pay what it had earned.
 */
export function refundSale(
  ledger: Ledger,
  sale: Sale,
  refund: Refund,
  terms: ProgrammeTerms = DEFAULT_PROGRAMME,
  spentPoints: SpentPointsPolicy = terms.refunds.spentPoints,
): void {
  const { refundId, occurredAt, deductionCumulativeMinor } = refund;
  const graceUntil = daysAfter(ledger.now, terms.lateCreditDays);
  applyRefund(sale, refund);
  applyDeduction(
    sale,
    deductionCumulativeMinor,
    pointsForCash(deductionCumulativeMinor, terms.spending, sale.currency),
  );
  returnPoints(ledger, sale, {
    refundId,
    pointsCumulative: refund.pointsReturnedCumulative,
    valueCumulativeMinor: sale.lines.reduce((sum, line) => sum + line.pointsValueRefundedMinor, 0n),
    occurredAt,
    lapsedUntil: lapsedUntil(terms, ledger.now, sale.zone),
    graceUntil,
  });
  postSale(ledger, sale, {
    cause: 'REVERSED',
    refundId,
    changedAt: occurredAt,
    life: { availableAt: ledger.now, expiresAt: graceUntil, moving: null },
    spentPoints,
  });
}

export interface PlannedRefund {
  readonly cashMinor: bigint;
  readonly state: Pick<Refund, 'lines' | 'fullyRefunded' | 'pointsReturnedCumulative'>;
}

export type PlanRefusal = { code: 'LINE_UNKNOWN'; lineNo: number } | { code: 'EXCEEDS'; leftMinor: bigint };

/**
 * What a till's wish to give back comes to: how much of each line is money and how much points, by the programme of the sale.
 * Null: everything that is left.
 */
export function planRefund(
  sale: Sale,
  amounts: ReadonlyMap<number, bigint> | null,
  mode: ProgrammeTerms['refunds']['splitTender'],
): PlannedRefund | PlanRefusal {
  const unknown = [...(amounts?.keys() ?? [])].find((no) => !sale.lines.some(({ lineNo }) => lineNo === no));
  if (unknown !== undefined) return { code: 'LINE_UNKNOWN', lineNo: unknown };
  let [cashMinor, exceeds, leftMinor, pointsValue, full] = [0n, false, 0n, 0n, true];
  const lines = sale.lines.map((line) => {
    const tenders = { cashMinor: paidOf(sale, line.lineNo), pointsMinor: pointsValueOf(sale, line.lineNo) };
    const whole = tenders.cashMinor + tenders.pointsMinor;
    const left = whole - cashBackOf(sale, line.lineNo) - line.pointsValueRefundedMinor;
    const amount = amounts ? (amounts.get(line.lineNo) ?? 0n) : left;
    if (amounts?.has(line.lineNo)) leftMinor += left;
    exceeds ||= amount > left || amount < 0n;
    const cumulative = amount > left ? whole : whole - left + amount;
    const cash = cashPartOf(mode, tenders, cumulative);
    cashMinor += cash - cashBackOf(sale, line.lineNo);
    pointsValue += cumulative - cash;
    full &&= cumulative === whole;
    return { lineNo: line.lineNo, cashCumulativeMinor: cash, pointsValueCumulativeMinor: cumulative - cash };
  });
  if (exceeds || sale.fullyRefunded) return { code: 'EXCEEDS', leftMinor: sale.fullyRefunded ? 0n : leftMinor };
  return {
    cashMinor,
    state: { lines, fullyRefunded: full, pointsReturnedCumulative: pointsBack(sale, pointsValue, full) },
  };
}

const lineOf = (sale: Sale, lineNo: number) => sale.lines.find((line) => line.lineNo === lineNo);
/** Money, whatever the programme counts as eligible. */
const paidOf = (sale: Sale, lineNo: number): bigint =>
  (lineOf(sale, lineNo)?.refundableMinor ?? 0n) - (sale.inputs.pointsCount ? pointsValueOf(sale, lineNo) : 0n);
function cashBackOf(sale: Sale, lineNo: number): bigint {
  const line = lineOf(sale, lineNo);
  return line ? line.refundedMinor - (sale.inputs.pointsCount ? line.pointsValueRefundedMinor : 0n) : 0n;
}
const pointsValueOf = ({ burn }: Sale, lineNo: number): bigint =>
  burn?.lineValues.find((line) => line.lineNo === lineNo)?.valueMinor ?? 0n;

/** As settlement shares the points of a sale out: by the worth that came back of all they paid. */
function pointsBack({ burn }: Sale, valueMinor: bigint, full: boolean): bigint {
  if (!burn) return 0n;
  if (full || burn.valueMinor === 0n) return burn.points;
  return cumulativeShare(burn.points, valueMinor, burn.valueMinor);
}
