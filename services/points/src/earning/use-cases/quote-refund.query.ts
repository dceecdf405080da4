// What giving back a part of a sale would do to points. A till asks before it pays back; changes nothing.
import { err, ok, type Result } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { openLedgers, readOneMoment } from '../../ledger/storage/ledger.repository';
import { DEFAULT_PROGRAMME, type SpentPointsPolicy } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';
import { planRefund, type PlanRefusal, refundSale } from '../domain/refund';
import { cashForPoints, pointsForCash, settleMissing } from '../domain/spent-points';
import { findSalesById } from '../storage/sale.repository';
import { termsOf } from './refund-points';

export interface RefundQuoted {
  currency: string;
  policy: SpentPointsPolicy['mode'];
  /** Money and points that go back to the customer, before any deduction. */
  cashMinor: bigint;
  pointsReturned: bigint;
  /** Earned points that the refund takes from the account, of what there is. */
  pointsTaken: bigint;
  /** What it should take and is not there: spent. */
  pointsMissing: bigint;
  /** Of the missing: owed afterwards, left to the member, or kept by the till as cash. */
  pointsOwed: bigint;
  pointsWaived: bigint;
  deductionMinor: bigint;
  /** False: the programme wants that the till does not refund. */
  allowed: boolean;
}

export type QuoteRefundRefusal = { code: 'NOT_FOUND' } | PlanRefusal;

export async function quoteRefund(
  tx: Tx,
  purchaseId: string,
  amounts: ReadonlyMap<number, bigint> | null,
): Promise<Result<RefundQuoted, QuoteRefundRefusal>> {
  await readOneMoment(tx);
  const sale = (await findSalesById(tx, [purchaseId])).get(purchaseId);
  if (!sale) return err({ code: 'NOT_FOUND' });
  const terms = termsOf(await findRules(tx), sale) ?? DEFAULT_PROGRAMME;
  const plan = planRefund(sale, amounts, terms.refunds.splitTender);
  if ('code' in plan) return err(plan);
  const ledgers = await openLedgers(tx, [sale.memberId], {
    lock: false,
    spending: [sale.memberId],
    lots: sale.burn?.lots.map(({ lotId }) => lotId) ?? [],
  });
  const ledger = ledgers.get(sale.memberId);
  if (!ledger) throw new Error('an opened ledger is there');
  const before = { returned: sale.burn?.returned ?? 0n, waived: sale.waived };
  const entries = ledger.entries.length;
  const { deductedMinor: deductionCumulativeMinor } = sale;
  // With CLAMP nothing is owed: what is waived is what is missing.
  const refund = { ...plan.state, refundId: purchaseId, occurredAt: tx.now, deductionCumulativeMinor };
  refundSale(ledger, sale, refund, terms, { mode: 'CLAMP' });
  const pointsMissing = sale.waived - before.waived;
  const pointsTaken = ledger.entries
    .slice(entries)
    .filter(({ kind }) => kind === 'EARN_REVERSAL')
    .reduce((sum, { amount }) => sum - amount, 0n);
  const policy = terms.refunds.spentPoints;
  const worth =
    policy.mode === 'DEDUCT_FROM_CASH_REFUND' ? cashForPoints(pointsMissing, terms.spending, sale.currency) : 0n;
  const deductionMinor = worth < plan.cashMinor ? worth : plan.cashMinor;
  const inCash = pointsForCash(deductionMinor, terms.spending, sale.currency);
  const rest = inCash < pointsMissing ? pointsMissing - inCash : 0n;
  const settled = settleMissing(policy, rest, ledger.account.debt);
  return ok({
    currency: sale.currency,
    policy: policy.mode,
    cashMinor: plan.cashMinor,
    pointsReturned: (sale.burn?.returned ?? 0n) - before.returned,
    pointsTaken,
    pointsMissing,
    pointsOwed: settled.owed,
    pointsWaived: settled.waived,
    deductionMinor,
    allowed: policy.mode !== 'REJECT' || pointsMissing === 0n,
  });
}
