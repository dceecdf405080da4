import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One credit of points and what became of it. */
@Entity('lot')
export class LotRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'site_id', nullable: true })
  siteId: string | null;

  @Column({ type: 'bigint' })
  issued: bigint;

  @Column({ type: 'bigint' })
  pending: bigint;

  @Column({ type: 'bigint' })
  available: bigint;

  @Column({ type: 'bigint' })
  held: bigint;

  @Column({ type: 'bigint' })
  redeemed: bigint;

  @Column({ type: 'bigint' })
  expired: bigint;

  @Column({ type: 'bigint' })
  revoked: bigint;

  @Column({ type: 'bigint' })
  reinstated: bigint;

  @Column({ type: 'timestamptz', name: 'earned_at' })
  earnedAt: Date;

  @Column({ type: 'timestamptz', name: 'available_at', nullable: true })
  availableAt: Date | null;

  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column({ type: 'jsonb', name: 'moving_expiry', nullable: true })
  movingExpiry: unknown;

  @Column({ type: 'text', name: 'source_kind', nullable: true })
  sourceKind: string | null;

  @Column({ type: 'uuid', name: 'source_id', nullable: true })
  sourceId: string | null;

  @Column({ type: 'uuid', name: 'origin_lot_id', nullable: true })
  originLotId: string | null;

  @Column({ type: 'uuid', name: 'purchase_id', nullable: true })
  purchaseId: string | null;

  @Column({ type: 'uuid', name: 'merchant_id', nullable: true })
  merchantId: string | null;

  @Column({ type: 'uuid', name: 'funder_id' })
  funderId: string;

  /** Something of it is pending, available or held: what indexes ask instead of quantities, which change with every posting. */
  @Column({ type: 'boolean' })
  alive: boolean;

  @Column({ type: 'char', length: 3, nullable: true })
  currency: string | null;
}
