// What a refund gives back: line by line, over money and points as the programme says, so that any steps end in the same sums.
import { cashPartOf, cumulativeShare, err, ok, type Result, type SplitTender } from '@atrium/kernel';
import { invalid, type Invalid, readAmount, type StatedMoney } from './sale';

export interface RefundableLine {
  lineNo: number;
  paidMinor: bigint;
  pointsValueMinor: bigint;
  cashRefundedMinor: bigint;
  pointsValueRefundedMinor: bigint;
}

export interface RefundableSale {
  currency: string;
  pointsUsed: bigint;
  pointsReturned: bigint;
  refunded: boolean;
  /** Of the sale's own programme. */
  splitTender: SplitTender;
  lines: readonly RefundableLine[];
}

export interface StatedRefundLine {
  lineNo: number;
  amount: StatedMoney;
}

export interface RefundedLine {
  lineNo: number;
  cashMinor: bigint;
  pointsValueMinor: bigint;
  cashCumulativeMinor: bigint;
  pointsValueCumulativeMinor: bigint;
}

export interface RefundSplit {
  /** What the till keeps of it included. */
  cashMinor: bigint;
  deductionMinor: bigint;
  pointsValueMinor: bigint;
  pointsReturned: bigint;
  pointsReturnedCumulative: bigint;
  fullyRefunded: boolean;
  /** Every line of the sale with what has been given back of it so far. */
  lines: RefundedLine[];
}

export type RefundRefusal = ({ code: 'INVALID' } & Invalid) | { code: 'EXCEEDS'; leftMinor: bigint; currency: string };

const refundable = (line: RefundableLine) => line.paidMinor + line.pointsValueMinor;
const refundedOf = (line: RefundableLine) => line.cashRefundedMinor + line.pointsValueRefundedMinor;
const leftOf = (line: RefundableLine) => refundable(line) - refundedOf(line);

/**
 * Splits a refund over tenders. Without lines it is everything that is left.
 * @param deduction what the till keeps of the cash, for points that were spent
 */
export function splitRefund(
  sale: RefundableSale,
  stated: readonly StatedRefundLine[] | null,
  deduction: StatedMoney | null = null,
): Result<RefundSplit, RefundRefusal> {
  const amounts = stated ? readLines(sale, stated) : everythingLeft(sale);
  if (!amounts.ok) return amounts;
  const lines = sale.lines.map((line) => refundLine(line, amounts.value.get(line.lineNo) ?? 0n, sale.splitTender));
  const sum = (of: (line: RefundedLine) => bigint) => lines.reduce((total, line) => total + of(line), 0n);
  const cashMinor = sum((line) => line.cashMinor);
  const kept = readDeduction(deduction, sale.currency, cashMinor);
  if (!kept.ok) return refuse(kept.error);
  const pointsValueTotal = sale.lines.reduce((total, line) => total + line.pointsValueMinor, 0n);
  const pointsValueCumulative = sum((line) => line.pointsValueCumulativeMinor);
  const fullyRefunded = lines.every((line, i) => {
    const whole = sale.lines[i];
    return whole && line.cashCumulativeMinor + line.pointsValueCumulativeMinor === refundable(whole);
  });
  const pointsReturnedCumulative = fullyRefunded
    ? sale.pointsUsed
    : cumulativeShare(sale.pointsUsed, pointsValueCumulative, pointsValueTotal);
  return ok({
    cashMinor,
    deductionMinor: kept.value,
    pointsValueMinor: sum((line) => line.pointsValueMinor),
    pointsReturned: pointsReturnedCumulative - sale.pointsReturned,
    pointsReturnedCumulative,
    fullyRefunded,
    lines,
  });
}

function refundLine(line: RefundableLine, amount: bigint, mode: SplitTender): RefundedLine {
  const cumulative = refundedOf(line) + amount;
  const tenders = { cashMinor: line.paidMinor, pointsMinor: line.pointsValueMinor };
  // Where the rule became known between two refunds, what was given back stays given back.
  const cashCumulativeMinor = within(
    cashPartOf(mode, tenders, cumulative),
    line.cashRefundedMinor,
    line.cashRefundedMinor + amount,
  );
  const pointsValueCumulativeMinor = cumulative - cashCumulativeMinor;
  return {
    lineNo: line.lineNo,
    cashMinor: cashCumulativeMinor - line.cashRefundedMinor,
    pointsValueMinor: pointsValueCumulativeMinor - line.pointsValueRefundedMinor,
    cashCumulativeMinor,
    pointsValueCumulativeMinor,
  };
}

function within(value: bigint, least: bigint, most: bigint): bigint {
  if (value < least) return least;
  return value > most ? most : value;
}

function readDeduction(stated: StatedMoney | null, currency: string, cashMinor: bigint): Result<bigint, Invalid> {
  if (!stated) return ok(0n);
  const kept = readAmount(stated, currency, ['pointsDeduction']);
  if (!kept.ok) return kept;
  return kept.value > cashMinor ? invalid('DEDUCTION_EXCEEDS_CASH', 'pointsDeduction', 'amount') : kept;
}

function everythingLeft(sale: RefundableSale): Result<Map<number, bigint>, RefundRefusal> {
  // A sale that was given back as a whole has nothing left, also one of 0.00.
  if (sale.refunded) return err({ code: 'EXCEEDS', leftMinor: 0n, currency: sale.currency });
  return ok(new Map(sale.lines.map((line) => [line.lineNo, leftOf(line)])));
}

function readLines(
  sale: RefundableSale,
  stated: readonly StatedRefundLine[],
): Result<Map<number, bigint>, RefundRefusal> {
  const lines = new Map(sale.lines.map((line) => [line.lineNo, line]));
  const amounts = new Map<number, bigint>();
  let left = 0n;
  let exceeds = sale.refunded;
  for (const [i, { lineNo, amount }] of stated.entries()) {
    const at = ['lines', String(i)];
    const line = lines.get(lineNo);
    if (!line) return refuse(invalid('LINE_UNKNOWN', ...at, 'lineNo').error);
    const value = readAmount(amount, sale.currency, [...at, 'amount']);
    if (!value.ok) return refuse(value.error);
    amounts.set(lineNo, value.value);
    left += leftOf(line);
    exceeds ||= value.value > leftOf(line);
  }
  return exceeds ? err({ code: 'EXCEEDS', leftMinor: left, currency: sale.currency }) : ok(amounts);
}

const refuse = (why: Invalid) => err<RefundRefusal>({ code: 'INVALID', ...why });

/** What can be said about a stated refund before its sale is known. */
export function checkRefund(stated: readonly StatedRefundLine[] | null, deduction: StatedMoney | null): Invalid | null {
  const kept = deduction && readAmount(deduction, deduction.currency, ['pointsDeduction']);
  if (kept && !kept.ok) return kept.error;
  if (!stated) return null;
  if (stated.length === 0) return { path: ['lines'], reason: 'NO_LINES' };
  const seen = new Set<number>();
  for (const [i, { lineNo, amount }] of stated.entries()) {
    const at = ['lines', String(i)];
    if (seen.has(lineNo)) return { path: [...at, 'lineNo'], reason: 'LINE_TWICE' };
    seen.add(lineNo);
    const value = readAmount(amount, amount.currency, [...at, 'amount']);
    if (!value.ok) return value.error;
  }
  return null;
}
