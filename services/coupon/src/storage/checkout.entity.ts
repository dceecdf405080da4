import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('checkout')
@Check('checkout_status', `status in ('RESERVING', 'RESERVED', 'COMMITTED', 'CANCELLED', 'EXPIRED', 'FAILED')`)
@Index('checkout_open', ['status', 'reservedUntil'], { where: `status in ('RESERVING', 'RESERVED')` })
export class CheckoutRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'site_id' })
  siteId: string;

  @Column({ type: 'uuid', name: 'store_id' })
  storeId: string;

  @Column({ type: 'uuid', name: 'merchant_id' })
  merchantId: string;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'jsonb' })
  quote: object;

  @Column({ type: 'uuid', array: true, name: 'coupon_ids' })
  couponIds: string[];

  @Column({ type: 'uuid', array: true, name: 'missed_coupon_ids' })
  missedCouponIds: string[];

  @Column({ type: 'timestamptz', name: 'reserved_until' })
  reservedUntil: Date;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'text' })
  actor: string;

  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'uuid', name: 'purchase_id', nullable: true })
  purchaseId: string | null;
}

@Entity('checkout_directory')
export class CheckoutDirectoryRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'member_id' })
  memberId: string;
}

@Entity('checkout_key')
@Index('checkout_key_created', ['createdAt'])
export class CheckoutKeyRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'text' })
  actor: string;

  @PrimaryColumn({ type: 'text' })
  key: string;

  @Column({ type: 'bytea', name: 'input_hash' })
  inputHash: Buffer;

  @Column({ type: 'uuid', name: 'checkout_id' })
  checkoutId: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;
}

@Entity('purchase')
export class PurchaseRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'site_id' })
  siteId: string;

  @Column({ type: 'uuid', name: 'merchant_id' })
  merchantId: string;

  @Column({ type: 'uuid', name: 'store_id' })
  storeId: string;

  @Column({ type: 'uuid', name: 'member_id', nullable: true })
  memberId: string | null;

  @Column({ type: 'uuid', name: 'checkout_id', nullable: true })
  checkoutId: string | null;
}
