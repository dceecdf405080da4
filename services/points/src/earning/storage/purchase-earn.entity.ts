import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a sale earned, with everything that follows from. */
@Entity('purchase_earn')
export class PurchaseEarnRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid', name: 'purchase_id' })
  purchaseId: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'site_id' })
  siteId: string;

  @Column({ type: 'uuid', name: 'merchant_id' })
  merchantId: string;

  @Column({ type: 'uuid', name: 'store_id' })
  storeId: string;

  @Column({ type: 'char', length: 3 })
  currency: string;

  @Column({ type: 'text' })
  zone: string;

  @Column({ type: 'timestamptz', name: 'occurred_at' })
  occurredAt: Date;

  @Column({ type: 'timestamptz', name: 'posted_at' })
  postedAt: Date;

  @Column({ type: 'jsonb' })
  inputs: unknown;

  @Column({ type: 'jsonb' })
  lines: unknown;

  @Column({ type: 'jsonb', nullable: true })
  bonuses: unknown;

  @Column({ type: 'jsonb', nullable: true })
  burn: unknown;

  @Column({ type: 'boolean', name: 'fully_refunded' })
  fullyRefunded: boolean;

  @Column({ type: 'timestamptz', name: 'confirmed_at', nullable: true })
  confirmedAt: Date | null;

  @Column({ type: 'bigint' })
  earned: bigint;

  @Column({ type: 'bigint' })
  reversed: bigint;

  @Column({ type: 'bigint', name: 'growth_earned' })
  growthEarned: bigint;

  @Column({ type: 'bigint', name: 'growth_reversed' })
  growthReversed: bigint;

  @Column({ type: 'bigint' })
  debt: bigint;

  @Column({ type: 'bigint', default: 0 })
  waived: bigint;

  @Column({ type: 'bigint', name: 'deducted_minor', default: 0 })
  deductedMinor: bigint;

  @Column({ type: 'bigint', name: 'deducted_points', default: 0 })
  deductedPoints: bigint;

  @Column({ type: 'bigint', default: 0 })
  covered: bigint;

  @Column({ type: 'bigint' })
  version: bigint;
}

/** Finds the owner of a sale. */
@Entity('purchase_directory')
export class PurchaseDirectoryRow {
  @PrimaryColumn({ type: 'uuid', name: 'purchase_id' })
  purchaseId: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'member_id' })
  memberId: string;
}
