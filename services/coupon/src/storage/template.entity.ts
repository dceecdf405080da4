import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('coupon_template')
@Index('coupon_template_code', ['groupId', 'code'], { unique: true })
export class CouponTemplateRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'mall_id', nullable: true })
  mallId: string | null;

  @Column({ type: 'text' })
  code: string;

  @Column({ type: 'boolean', default: false })
  paused: boolean;

  @Column({ type: 'bigint' })
  version: bigint;
}

@Entity('coupon_template_version')
@Check('coupon_template_type', `type in ('CASH', 'PERCENT')`)
export class CouponTemplateVersionRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'template_id' })
  templateId: string;

  @PrimaryColumn({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'text' })
  type: string;

  @Column({ type: 'jsonb' })
  names: object;

  @Column({ type: 'jsonb' })
  descriptions: object;

  @Column({ type: 'char', length: 3 })
  currency: string;

  @Column({ type: 'bigint', name: 'face_minor', nullable: true })
  faceMinor: bigint | null;

  @Column({ type: 'integer', name: 'percent_off_bps', nullable: true })
  percentOffBps: number | null;

  @Column({ type: 'bigint', name: 'max_off_minor', nullable: true })
  maxOffMinor: bigint | null;

  @Column({ type: 'bigint', name: 'threshold_minor' })
  thresholdMinor: bigint;

  @Column({ type: 'jsonb' })
  scope: object;

  @Column({ type: 'jsonb' })
  validity: object;

  @Column({ type: 'text', name: 'time_zone' })
  timeZone: string;

  @Column({ type: 'timestamptz', name: 'effective_from' })
  effectiveFrom: Date;

  @Column({ type: 'timestamptz', name: 'effective_to', nullable: true })
  effectiveTo: Date | null;

  @Column({ type: 'bigint', nullable: true })
  stock: bigint | null;

  @Column({ type: 'integer', name: 'claim_limit' })
  claimLimit: number;

  @Column({ type: 'jsonb' })
  funding: object;

  @Column({ type: 'text', array: true, name: 'grant_on_tier' })
  grantOnTier: string[];

  @Column({ type: 'boolean' })
  claimable: boolean;

  @Column({ type: 'text', array: true })
  tiers: string[];

  @Column({ type: 'text', name: 'stack_category' })
  stackCategory: string;

  @Column({ type: 'timestamptz', name: 'published_at' })
  publishedAt: Date;

  @Column({ type: 'text', name: 'published_by' })
  publishedBy: string;
}

@Entity('coupon_stock_slot')
@Check('coupon_stock_not_negative', `stock_left >= 0`)
export class CouponStockSlotRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'template_id' })
  templateId: string;

  @PrimaryColumn({ type: 'bigint' })
  version: bigint;

  @PrimaryColumn({ type: 'smallint' })
  slot: number;

  @Column({ type: 'bigint', name: 'stock_left' })
  stockLeft: bigint;
}

@Entity('checkout_policy')
@Index('checkout_policy_version', ['groupId', 'version'], { unique: true })
export class CheckoutPolicyRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'integer', name: 'hold_minutes' })
  holdMinutes: number;

  @Column({ type: 'integer', name: 'quote_minutes' })
  quoteMinutes: number;

  @Column({ type: 'integer', name: 'max_coupons' })
  maxCoupons: number;

  @Column({ type: 'timestamptz', name: 'effective_from' })
  effectiveFrom: Date;

  @Column({ type: 'timestamptz', name: 'published_at' })
  publishedAt: Date;

  @Column({ type: 'text', name: 'published_by' })
  publishedBy: string;
}
