import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A member's order in the points mall. */
@Entity('gift_order')
export class GiftOrderRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'site_id', nullable: true })
  siteId: string | null;

  @Column({ type: 'uuid', name: 'gift_id' })
  giftId: string;

  @Column({ type: 'bigint', name: 'gift_version' })
  giftVersion: bigint;

  @Column({ type: 'text', name: 'gift_code' })
  giftCode: string;

  @Column({ type: 'uuid', array: true })
  path: string[];

  @Column({ type: 'text', name: 'price_id' })
  priceId: string;

  @Column({ type: 'int' })
  quantity: number;

  @Column({ type: 'bigint' })
  points: bigint;

  @Column({ type: 'bigint', name: 'cash_minor' })
  cashMinor: bigint;

  @Column({ type: 'char', length: 3, nullable: true })
  currency: string | null;

  @Column({ type: 'text' })
  delivery: string;

  @Column({ type: 'uuid', name: 'store_id', nullable: true })
  storeId: string | null;

  @Column({ type: 'text', name: 'address_ref', nullable: true })
  addressRef: string | null;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'date', name: 'business_date' })
  businessDate: string;

  @Column({ type: 'timestamptz', name: 'placed_at' })
  placedAt: Date;

  @Column({ type: 'timestamptz', name: 'pay_until', nullable: true })
  payUntil: Date | null;

  @Column({ type: 'text', name: 'payment_ref', nullable: true })
  paymentRef: string | null;

  @Column({ type: 'bytea', name: 'pick_up_hash', nullable: true })
  pickUpHash: Buffer | null;

  @Column({ type: 'text', name: 'tracking_ref', nullable: true })
  trackingRef: string | null;

  @Column({ type: 'timestamptz', name: 'fulfilled_at', nullable: true })
  fulfilledAt: Date | null;

  @Column({ type: 'timestamptz', name: 'return_until', nullable: true })
  returnUntil: Date | null;

  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}

/** Whose an order is, for staff who know only its id. */
@Entity('gift_order_directory')
export class GiftOrderDirectoryRow {
  @PrimaryColumn({ type: 'uuid', name: 'order_id' })
  orderId: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'member_id' })
  memberId: string;
}
