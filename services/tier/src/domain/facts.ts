// What is stored about a member's sales, as facts for the fold.
import { cumulativeShare } from '@atrium/kernel';
import type { Fact } from './metrics';

export interface SaleMetric {
  purchaseId: string;
  saleAt: Date;
  currency: string;
  /** Null until the sale itself has arrived (its points may come first). */
  spendMinor: bigint | null;
  /** Totals of the newest posting. */
  growthEarned: bigint;
  growthReversed: bigint;
}

export interface RefundMetric {
  purchaseId: string;
  refundId: string;
  refundedAt: Date;
  /** Money given back; 0 until the refund itself has arrived. */
  spendMinor: bigint;
  /** Growth that this refund took back when it was posted. */
  growthReversed: bigint;
}

/**
 * One fact a sale and one a refund. The newest total of reversed growth is spread over the refunds in proportion to what each
 * took back, so that the facts add up to the totals whatever postings have arrived and however often the sale was rated.
 */
export function factsOf(sales: readonly SaleMetric[], refunds: readonly RefundMetric[]): Fact[] {
  const bySale = new Map<string, RefundMetric[]>();
  for (const refund of [...refunds].sort(byInstant)) {
    const list = bySale.get(refund.purchaseId);
    if (list) list.push(refund);
    else bySale.set(refund.purchaseId, [refund]);
  }
  return sales.flatMap((sale) => {
    const fact = {
      purchaseId: sale.purchaseId,
      saleAt: sale.saleAt,
      currency: sale.currency,
    };
    const own = bySale.get(sale.purchaseId) ?? [];
    const whole = own.reduce((sum, { growthReversed }) => sum + growthReversed, 0n);
    let done = 0n;
    const takenBack = own.map((refund): Fact => {
      const before = cumulativeShare(sale.growthReversed, done, whole);
      done += refund.growthReversed;
      return {
        ...fact,
        id: refund.refundId,
        // Clocks of two tills may differ: nothing is returned before it is sold.
        at: refund.refundedAt < sale.saleAt ? sale.saleAt : refund.refundedAt,
        kind: 'REFUND',
        spendMinor: -refund.spendMinor,
        growth: before - cumulativeShare(sale.growthReversed, done, whole),
      };
    });
    const sold: Fact = {
      ...fact,
      id: sale.purchaseId,
      at: sale.saleAt,
      kind: 'SALE',
      spendMinor: sale.spendMinor ?? 0n,
      growth: sale.growthEarned,
    };
    return [sold, ...takenBack];
  });
}

const byInstant = (a: RefundMetric, b: RefundMetric): number =>
  a.refundedAt.getTime() - b.refundedAt.getTime() || (a.refundId < b.refundId ? -1 : 1);
