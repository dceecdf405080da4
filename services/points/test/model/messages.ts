// Sales and refunds as settlement tells them.
import type { PurchaseRecordedSchema, PurchaseRefundedSchema } from '@atrium/contracts';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ModelSale } from './rating-model';
import type { ModelRefund } from './tenant-model';
import type { Tenant } from './world';

const placeOf = (tenant: Tenant, sale: ModelSale) => ({
  storeId: tenant.id(`${sale.merchant}-1`),
  merchantId: tenant.id(sale.merchant),
  mallId: tenant.id('mall'),
  memberId: tenant.id(sale.member),
  currency: 'CNY',
});

export function saleMessage(
  tenant: Tenant,
  sale: ModelSale,
  externalId: string,
  payment: { hold: string; points: bigint } | null,
): MessageInitShape<typeof PurchaseRecordedSchema> {
  const instant = new Date(sale.at).toISOString();
  return {
    ...placeOf(tenant, sale),
    purchaseId: sale.id,
    sourceSystem: 'POS',
    externalId,
    checkoutId: payment ? tenant.id(payment.hold) : '',
    occurredAt: instant,
    receivedAt: instant,
    businessDate: sale.day,
    timeZone: sale.zone,
    paidMinor: sale.lines.reduce((sum, { paid }) => sum + paid, 0n),
    pointsUsed: payment?.points ?? 0n,
    pointsValueMinor: payment?.points ?? 0n,
    channel: sale.channel ?? '',
    payments: sale.payments.map(({ method, minor }) => ({ method, amountMinor: minor })),
    lines: sale.lines.map((line, i) => ({
      lineNo: i + 1,
      sku: `S${i}`,
      category: line.category,
      quantity: '1',
      grossMinor: line.gross,
      couponDiscountMinor: line.coupon,
      pointsValueMinor: line.points,
      paidMinor: line.paid,
    })),
  };
}

export const refundMessage = (
  tenant: Tenant,
  sale: ModelSale,
  refund: ModelRefund & { no: number },
  now: Date,
): MessageInitShape<typeof PurchaseRefundedSchema> => ({
  ...placeOf(tenant, sale),
  refundId: tenant.id(`R-${sale.id}-${refund.no}`),
  purchaseId: sale.id,
  externalId: `R${refund.no}`,
  occurredAt: now.toISOString(),
  timeZone: sale.zone,
  pointsReturnedCumulative: refund.pointsBack,
  pointsDeductionCumulativeMinor: refund.kept,
  fullyRefunded: refund.all,
  refundNo: BigInt(refund.no),
  lines: refund.cash.map((cashCumulativeMinor, i) => ({
    lineNo: i + 1,
    cashCumulativeMinor,
    pointsValueCumulativeMinor: refund.worth[i] ?? 0n,
  })),
});
