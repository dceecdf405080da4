import { make, type OrgNode, toMoneyType } from '@atrium/platform';
import type { PostingView } from '../use-cases/ledger.query';
import type { ContractVersion } from '../use-cases/organisation.query';
import type { PurchaseLineRow, PurchaseRow } from '../use-cases/purchase.query';
import type { RefundRow } from '../use-cases/refund-purchase';
import { type ContractStatus, ContractType } from './contract.type';
import { MallGroupType, MallType, MerchantType, StoreType } from './organisation.type';
import { PostingLineType, PostingType } from './posting.type';
import { PurchaseLineType, type PurchaseStatus, PurchaseType, RefundType } from './purchase.type';

/** Rows -> GraphQL types. */

export const toMallGroup = (n: OrgNode): MallGroupType =>
  make(MallGroupType, {
    id: n.id,
    code: n.code,
    name: n.name,
    timeZone: n.timeZone,
    currency: n.currency,
    dayCutMinutes: n.dayCutMinutes,
  });

export const toMall = (n: OrgNode): MallType =>
  make(MallType, {
    id: n.id,
    code: n.code,
    name: n.name,
    timeZone: n.timeZone,
    currency: n.currency,
    path: n.path,
  });

export const toMerchant = (n: OrgNode): MerchantType =>
  make(MerchantType, { id: n.id, code: n.code, name: n.name, path: n.path, currency: n.currency });

export const toStore = (n: OrgNode): StoreType =>
  make(StoreType, { id: n.id, code: n.code, name: n.name, path: n.path });

export const toContract = (c: ContractVersion): ContractType =>
  make(ContractType, { ...c, status: c.status as ContractStatus });

export const toPurchase = (p: PurchaseRow, groupId: string): PurchaseType =>
  make(PurchaseType, {
    id: p.id,
    sourceSystem: p.sourceSystem,
    externalId: p.externalId,
    occurredAt: p.occurredAt,
    businessDate: p.businessDate,
    status: p.status as PurchaseStatus,
    paid: toMoneyType(p.paidMinor, p.currency),
    refunded: toMoneyType(p.cashRefundedMinor, p.currency),
    storeId: p.storeId,
    merchantId: p.merchantId,
    memberId: p.memberId,
    currency: p.currency,
    path: [groupId, p.siteId, p.merchantId, p.storeId],
  });

export const toPurchaseLine = (l: PurchaseLineRow, currency: string): PurchaseLineType =>
  make(PurchaseLineType, {
    lineNo: l.lineNo,
    sku: l.sku,
    category: l.category,
    quantity: l.quantity,
    gross: toMoneyType(l.grossMinor, currency),
    discount: toMoneyType(l.shopDiscountMinor + l.tierDiscountMinor + l.couponDiscountMinor, currency),
    paid: toMoneyType(l.paidMinor, currency),
    refunded: toMoneyType(l.cashRefundedMinor + l.pointsValueRefundedMinor, currency),
  });

export const toRefund = (r: RefundRow, currency: string): RefundType =>
  make(RefundType, {
    id: r.id,
    externalId: r.externalId,
    occurredAt: r.occurredAt,
    amount: toMoneyType(r.cashMinor + r.pointsValueMinor, currency),
    cash: toMoneyType(r.cashMinor - r.pointsDeductionMinor, currency),
    pointsDeduction: toMoneyType(r.pointsDeductionMinor, currency),
    points: r.points,
  });

export const toPosting = (p: PostingView): PostingType =>
  make(PostingType, {
    id: p.id,
    kind: p.kind,
    occurredAt: p.occurredAt,
    postedAt: p.postedAt,
    purchaseId: p.purchaseId,
    lines: p.lines.map((l) =>
      make(PostingLineType, {
        account: l.account,
        debit: l.debitMinor > 0n ? toMoneyType(l.debitMinor, p.currency) : null,
        credit: l.creditMinor > 0n ? toMoneyType(l.creditMinor, p.currency) : null,
        memo: l.memo,
      }),
    ),
  });
