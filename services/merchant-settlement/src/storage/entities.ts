import type { EntityClass } from '@atrium/platform';
import { Check, Column, type ColumnOptions, Entity, Index, PrimaryColumn } from 'typeorm';

/** The tables as classes: columns only, for administration and for the check that code and migrations agree. */

const amount: ColumnOptions = { type: 'bigint' };
const id: ColumnOptions = { type: 'uuid' };
const time: ColumnOptions = { type: 'timestamptz' };
const key = (table: string) => ({ type: 'uuid' as const, primaryKeyConstraintName: `${table}_pk` });

@Entity('contract')
@Index('contract_version', { synchronize: false })
@Check('contract_status', 'status')
@Check('contract_unit_value_not_negative', 'point_unit_value')
@Check('contract_price_not_negative', 'point_price_at_earn')
@Check('contract_burn_share', 'burn_share_bps')
@Check('contract_coupon_share', 'coupon_share_bps')
export class ContractEntity {
  @PrimaryColumn(key('contract')) group_id: string;
  @PrimaryColumn(key('contract')) id: string;
  @Column(id) node_id: string;
  @Column({ type: 'integer' }) version: number;
  @Column({ type: 'text' }) status: string;
  @Column(time) effective_from: Date;
  @Column({ type: 'numeric' }) point_unit_value: string;
  @Column({ type: 'numeric' }) point_price_at_earn: string;
  @Column({ type: 'integer' }) burn_share_bps: number;
  @Column({ type: 'integer' }) coupon_share_bps: number;
  @Column(time) created_at: Date;
  @Column({ type: 'text' }) created_by: string;
}

@Entity('member')
@Index('member_merged', { synchronize: false })
export class MemberEntity {
  @PrimaryColumn(key('member')) id: string;
  @Column(id) group_id: string;
  @Column(time) joined_at: Date;
  @Column({ ...id, nullable: true }) merged_into: string | null;
}

@Entity('member_identifier')
export class MemberIdentifierEntity {
  @PrimaryColumn(key('member_identifier')) group_id: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'member_identifier_pk' }) blind_index: string;
  @Column({ type: 'text' }) type: string;
  @Column(id) member_id: string;
  @Column(time) valid_from: Date;
  @Column({ ...time, nullable: true }) valid_until: Date | null;
  @Column({ ...id, nullable: true }) used_by: string | null;
}

/** Whose a site's name is, among all groups of this hub. */
@Entity('site')
export class SiteEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'site_pk' }) name: string;
  @Column(id) group_id: string;
  @Column(id) mall_id: string;
}

@Entity('site_refund')
export class SiteRefundEntity {
  @PrimaryColumn(key('site_refund')) group_id: string;
  @PrimaryColumn(key('site_refund')) refund_id: string;
  @Column({ type: 'text' }) site: string;
}

@Entity('checkout')
export class CheckoutEntity {
  @PrimaryColumn(key('checkout')) id: string;
  @Column(id) group_id: string;
  @Column(id) site_id: string;
  @Column(id) member_id: string;
  @Column(id) store_id: string;
  @Column({ type: 'char', length: 3 }) currency: string;
  @Column(amount) to_pay_minor: bigint;
  @Column(amount) points_used: bigint;
  @Column(amount) points_value_minor: bigint;
  @Column(time) reserved_until: Date;
  @Column({ type: 'jsonb' }) lines: unknown;
  @Column({ ...id, nullable: true }) purchase_id: string | null;
}

@Entity('checkout_release')
export class CheckoutReleaseEntity {
  @PrimaryColumn(key('checkout_release')) checkout_id: string;
  @Column(id) group_id: string;
  @Column({ type: 'text' }) cause: string;
  @Column(time) released_at: Date;
}

@Entity('purchase')
@Index('purchase_of_member', { synchronize: false })
@Check('purchase_status', 'status')
@Check('purchase_cash_back_within_paid', 'cash_refunded_minor')
@Check('purchase_points_back_within_used', 'points_returned')
export class PurchaseEntity {
  @PrimaryColumn(key('purchase')) id: string;
  @Column(id) group_id: string;
  @Column(id) site_id: string;
  @Column(id) merchant_id: string;
  @Column(id) store_id: string;
  @Column({ type: 'text' }) source_system: string;
  @Column({ type: 'text' }) external_id: string;
  @Column({ ...id, nullable: true }) member_id: string | null;
  @Column({ type: 'text', nullable: true }) identifier_index: string | null;
  @Column({ ...id, nullable: true }) checkout_id: string | null;
  @Column(id) contract_id: string;
  @Column(time) occurred_at: Date;
  @Column(time) received_at: Date;
  @Column({ type: 'date' }) business_date: string;
  @Column({ type: 'text' }) time_zone: string;
  @Column({ type: 'char', length: 3 }) currency: string;
  @Column(amount) gross_minor: bigint;
  @Column(amount) paid_minor: bigint;
  @Column(amount) points_used: bigint;
  @Column(amount) points_value_minor: bigint;
  @Column({ type: 'text', nullable: true }) channel: string | null;
  @Column({ type: 'jsonb', nullable: true }) payments: unknown;
  @Column({ type: 'text' }) status: string;
  @Column(amount) cash_refunded_minor: bigint;
  @Column(amount) points_value_refunded_minor: bigint;
  @Column(amount) points_returned: bigint;
  @Column(amount) refund_no: bigint;
  @Column({ type: 'bytea' }) content_hash: Buffer;
  @Column({ ...amount, default: 0 }) points_deduction_minor: bigint;
  @Column({ type: 'boolean', default: false }) recorded_at_site: boolean;
}

@Entity('purchase_line')
@Check('purchase_line_cash_back_within_paid', 'cash_refunded_minor')
@Check('purchase_line_points_back_within_value', 'points_value_refunded_minor')
export class PurchaseLineEntity {
  @PrimaryColumn(key('purchase_line')) purchase_id: string;
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'purchase_line_pk' }) line_no: number;
  @Column(id) group_id: string;
  @Column({ type: 'text' }) sku: string;
  @Column({ type: 'text' }) category: string;
  @Column({ type: 'numeric' }) quantity: string;
  @Column(amount) gross_minor: bigint;
  @Column(amount) shop_discount_minor: bigint;
  @Column(amount) tier_discount_minor: bigint;
  @Column(amount) coupon_discount_minor: bigint;
  @Column(amount) points_value_minor: bigint;
  @Column(amount) paid_minor: bigint;
  @Column(amount) cash_refunded_minor: bigint;
  @Column(amount) points_value_refunded_minor: bigint;
}

@Entity('refund')
@Index('refund_number', { synchronize: false })
export class RefundEntity {
  @PrimaryColumn(key('refund')) purchase_id: string;
  @PrimaryColumn(key('refund')) id: string;
  @Column(id) group_id: string;
  @Column(amount) refund_no: bigint;
  @Column({ type: 'text' }) source_system: string;
  @Column({ type: 'text' }) external_id: string;
  @Column(time) occurred_at: Date;
  @Column(time) received_at: Date;
  @Column({ type: 'date' }) business_date: string;
  @Column(amount) cash_minor: bigint;
  @Column(amount) points_value_minor: bigint;
  @Column(amount) points: bigint;
  @Column({ type: 'jsonb' }) lines: unknown;
  @Column({ ...amount, default: 0 }) points_deduction_minor: bigint;
}

@Entity('refund_request')
@Index('refund_request_parked', { synchronize: false })
@Index('refund_request_until', { synchronize: false })
@Check('refund_request_state', 'state')
export class RefundRequestEntity {
  @PrimaryColumn(key('refund_request')) id: string;
  @Column(id) group_id: string;
  @Column(id) purchase_id: string;
  @Column({ type: 'text' }) external_id: string;
  @Column({ type: 'bytea' }) content_hash: Buffer;
  @Column(time) occurred_at: Date;
  @Column({ type: 'jsonb', nullable: true }) lines: unknown;
  @Column({ type: 'uuid', array: true, nullable: true }) reach: string[] | null;
  @Column({ type: 'text' }) state: string;
  @Column({ type: 'text', nullable: true }) reason: string | null;
  @Column(time) requested_at: Date;
  @Column(time) until: Date;
  @Column({ type: 'text', nullable: true }) source_system: string | null;
  @Column({ type: 'text', nullable: true }) purchase_external_id: string | null;
  @Column(amount) unmatched_version: bigint;
  @Column({ type: 'text', nullable: true }) note: string | null;
  @Column({ type: 'text', nullable: true }) resolved_by: string | null;
  @Column({ type: 'jsonb', nullable: true }) points_deduction: unknown;
}

@Entity('points_programme')
export class PointsProgrammeEntity {
  @PrimaryColumn(key('points_programme')) group_id: string;
  @PrimaryColumn(key('points_programme')) id: string;
  @Column({ type: 'bigint' }) version: bigint;
  @Column(time) effective_from: Date;
  @Column({ ...time, nullable: true }) effective_to: Date | null;
  @Column(time) published_at: Date;
  @Column({ type: 'text' }) split_tender: string;
}

@Entity('obligation')
export class ObligationEntity {
  @PrimaryColumn(key('obligation')) merchant_id: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'obligation_pk' }) kind: string;
  @PrimaryColumn(key('obligation')) source_id: string;
  @Column(id) group_id: string;
  @Column({ type: 'jsonb' }) facts: unknown;
  @Column({ type: 'jsonb' }) posted: unknown;
}

@Entity('posting')
@Index('posting_of_purchase', { synchronize: false })
@Index('posting_by_time', { synchronize: false })
export class PostingEntity {
  @PrimaryColumn(key('posting')) merchant_id: string;
  @PrimaryColumn(key('posting')) id: string;
  @Column(id) group_id: string;
  @Column({ ...id, nullable: true }) site_id: string | null;
  @Column({ type: 'text' }) kind: string;
  @Column(id) source_id: string;
  @Column({ ...id, nullable: true }) purchase_id: string | null;
  @Column(id) contract_id: string;
  @Column(time) occurred_at: Date;
  @Column(time) posted_at: Date;
  @Column({ type: 'date' }) business_date: string;
  @Column({ type: 'char', length: 3 }) currency: string;
}

@Entity('posting_line')
@Index('posting_line_balance', { synchronize: false })
@Check('posting_line_one_side', 'debit_minor')
export class PostingLineEntity {
  @PrimaryColumn(key('posting_line')) merchant_id: string;
  @PrimaryColumn(key('posting_line')) posting_id: string;
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'posting_line_pk' }) line_no: number;
  @Column(id) group_id: string;
  @Column({ type: 'text' }) account: string;
  @Column(amount) debit_minor: bigint;
  @Column(amount) credit_minor: bigint;
  @Column({ type: 'text', nullable: true }) memo: string | null;
}

export const entities: EntityClass[] = [
  ContractEntity,
  MemberEntity,
  MemberIdentifierEntity,
  SiteEntity,
  SiteRefundEntity,
  CheckoutEntity,
  CheckoutReleaseEntity,
  PurchaseEntity,
  PurchaseLineEntity,
  RefundEntity,
  RefundRequestEntity,
  PointsProgrammeEntity,
  ObligationEntity,
  PostingEntity,
  PostingLineEntity,
];
