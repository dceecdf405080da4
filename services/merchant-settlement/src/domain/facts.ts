// What is known of a sale, a refund and a posting once they are made.

export type PurchaseStatus = 'RECORDED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';

export interface Purchase {
  id: string;
  siteId: string;
  merchantId: string;
  storeId: string;
  sourceSystem: string;
  externalId: string;
  memberId: string | null;
  /** Of an identifier that named nobody: the sale may still be claimed. */
  identifierIndex: string | null;
  checkoutId: string | null;
  /** The terms as of the sale; they stay, whatever is published later. */
  contractId: string;
  occurredAt: Date;
  receivedAt: Date;
  businessDate: string;
  timeZone: string;
  currency: string;
  grossMinor: bigint;
  paidMinor: bigint;
  pointsUsed: bigint;
  pointsValueMinor: bigint;
  channel: string | null;
  payments: readonly { method: string; amountMinor: bigint }[];
  status: PurchaseStatus;
  cashRefundedMinor: bigint;
  pointsValueRefundedMinor: bigint;
  pointsReturned: bigint;
  /** Of the refunded cash: kept by tills for points that were spent. */
  pointsDeductionMinor: bigint;
  refundNo: bigint;
}

export interface Refund {
  id: string;
  purchaseId: string;
  refundNo: bigint;
  sourceSystem: string;
  externalId: string;
  occurredAt: Date;
  businessDate: string;
  /** What the till kept of it included. */
  cashMinor: bigint;
  pointsDeductionMinor: bigint;
  pointsValueMinor: bigint;
  points: bigint;
}

export interface Posting {
  id: string;
  /** The merchant, or the mall itself where no merchant is concerned. */
  merchantId: string;
  siteId: string | null;
  kind: string;
  sourceId: string;
  purchaseId: string | null;
  contractId: string;
  occurredAt: Date;
  postedAt: Date;
  businessDate: string;
  currency: string;
}
