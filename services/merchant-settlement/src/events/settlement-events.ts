import {
  ContractPublishedSchema,
  OrgNodeKind,
  OrgNodeRecordedSchema,
  PurchaseRecordedSchema,
  PurchaseRefundedSchema,
  RefundUnmatchedSchema,
  UnmatchedRefundClosedSchema,
} from '@atrium/contracts';
import { event, type Fact, type FactAddress, type OrgNode } from '@atrium/platform';
import type { Purchase, Refund } from '../domain/facts';
import type { RefundSplit } from '../domain/refund';
import type { SaleLine } from '../domain/sale';
import type { ContractVersion } from '../domain/terms';

type Announcement = readonly [Fact, FactAddress];

const KINDS = {
  GROUP: OrgNodeKind.GROUP,
  MALL: OrgNodeKind.MALL,
  MERCHANT: OrgNodeKind.MERCHANT,
  STORE: OrgNodeKind.STORE,
} as const;

export const nodeRecorded = (node: OrgNode, at: Date): Announcement => [
  event(OrgNodeRecordedSchema, {
    nodeId: node.id,
    kind: KINDS[node.kind],
    path: node.path,
    code: node.code,
    name: node.name,
    timeZone: node.timeZone,
    currency: node.currency,
    dayCutMinutes: node.dayCutMinutes,
    version: node.version,
  }),
  // One owner for the whole organisation: its nodes arrive in the order in which they were made.
  { aggregateId: node.id, ownerId: node.path[0] ?? node.id, version: node.version, occurredAt: at },
];

export const contractPublished = (contract: ContractVersion, node: OrgNode, at: Date): Announcement => [
  event(ContractPublishedSchema, {
    contractId: contract.id,
    merchantId: node.kind === 'MERCHANT' ? node.id : '',
    version: BigInt(contract.version),
    effectiveFrom: contract.effectiveFrom.toISOString(),
    nodeId: node.id,
    pointUnitValue: contract.pointUnitValue,
    pointPriceAtEarn: contract.pointPriceAtEarn,
    burnShareBps: contract.burnShareBps,
    couponShareBps: contract.couponShareBps,
  }),
  {
    aggregateId: node.id,
    ownerId: node.id,
    siteId: node.path[1] ?? null,
    version: BigInt(contract.version),
    occurredAt: at,
  },
];

/** A sale and its refunds keep their order in the lane of the member, or of the sale itself when nobody is known. */
const addressOf = (purchase: Purchase, site: string | null, version: bigint, occurredAt: Date): FactAddress => ({
  aggregateId: purchase.id,
  ownerId: purchase.memberId ?? purchase.id,
  siteId: purchase.siteId,
  site,
  version,
  occurredAt,
});

export const purchaseRecorded = (purchase: Purchase, lines: readonly SaleLine[], site: string | null): Announcement => [
  event(PurchaseRecordedSchema, {
    purchaseId: purchase.id,
    sourceSystem: purchase.sourceSystem,
    externalId: purchase.externalId,
    storeId: purchase.storeId,
    merchantId: purchase.merchantId,
    mallId: purchase.siteId,
    memberId: purchase.memberId ?? '',
    checkoutId: purchase.checkoutId ?? '',
    occurredAt: purchase.occurredAt.toISOString(),
    businessDate: purchase.businessDate,
    timeZone: purchase.timeZone,
    currency: purchase.currency,
    paidMinor: purchase.paidMinor,
    pointsUsed: purchase.pointsUsed,
    pointsValueMinor: purchase.pointsValueMinor,
    lines: lines.map((line) => ({ ...line })),
    channel: purchase.channel ?? '',
    payments: purchase.payments.map((payment) => ({ ...payment })),
    receivedAt: purchase.receivedAt.toISOString(),
  }),
  addressOf(purchase, site, 1n, purchase.occurredAt),
];

export const purchaseRefunded = (
  purchase: Purchase,
  refund: Refund,
  split: RefundSplit,
  site: string | null,
): Announcement => [
  event(PurchaseRefundedSchema, {
    refundId: refund.id,
    purchaseId: purchase.id,
    externalId: refund.externalId,
    storeId: purchase.storeId,
    merchantId: purchase.merchantId,
    mallId: purchase.siteId,
    memberId: purchase.memberId ?? '',
    checkoutId: purchase.checkoutId ?? '',
    occurredAt: refund.occurredAt.toISOString(),
    purchaseOccurredAt: purchase.occurredAt.toISOString(),
    businessDate: refund.businessDate,
    timeZone: purchase.timeZone,
    currency: purchase.currency,
    cashMinor: refund.cashMinor,
    pointsValueMinor: refund.pointsValueMinor,
    pointsReturned: refund.points,
    pointsReturnedCumulative: split.pointsReturnedCumulative,
    fullyRefunded: split.fullyRefunded,
    refundNo: refund.refundNo,
    pointsDeductionMinor: refund.pointsDeductionMinor,
    pointsDeductionCumulativeMinor: purchase.pointsDeductionMinor + refund.pointsDeductionMinor,
    // Every line that anything was given back of, so that the newest refund alone says how the sale stands.
    lines: split.lines
      .filter((line) => split.fullyRefunded || line.cashCumulativeMinor + line.pointsValueCumulativeMinor > 0n)
      .map((line) => ({ ...line })),
  }),
  addressOf(purchase, site, refund.refundNo + 1n, refund.occurredAt),
];

/** The parts of a refund request that are told when a person has to look at it. */
export interface UnmatchedRefund {
  id: string;
  purchaseId: string;
  sourceSystem: string | null;
  externalId: string;
  purchaseExternalId: string | null;
  occurredAt: Date;
}

export const refundUnmatched = (
  refund: UnmatchedRefund,
  reason: string,
  version: bigint,
  nodeId: string | null,
  site: string | null,
): Announcement => [
  event(RefundUnmatchedSchema, {
    refundId: refund.id,
    purchaseId: refund.purchaseId,
    sourceSystem: refund.sourceSystem ?? '',
    externalId: refund.externalId,
    purchaseExternalId: refund.purchaseExternalId ?? '',
    mallId: nodeId ?? '',
    occurredAt: refund.occurredAt.toISOString(),
    reason,
    version,
  }),
  {
    aggregateId: refund.id,
    ownerId: refund.purchaseId,
    siteId: null,
    site,
    version,
    occurredAt: refund.occurredAt,
  },
];

export const unmatchedRefundClosed = (
  refund: UnmatchedRefund,
  outcome: string,
  actor: string,
  version: bigint,
  closedAt: Date,
  site: string | null,
): Announcement => [
  event(UnmatchedRefundClosedSchema, {
    refundId: refund.id,
    purchaseId: refund.purchaseId,
    outcome,
    actor,
    version,
    closedAt: closedAt.toISOString(),
  }),
  { aggregateId: refund.id, ownerId: refund.purchaseId, siteId: null, site, version, occurredAt: closedAt },
];
