import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Points set aside for a checkout or an order, or the mark that it can hold none. */
@Entity('hold')
export class HoldRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'site_id', nullable: true })
  siteId: string | null;

  @Column({ type: 'text', default: 'CHECKOUT' })
  kind: string;

  @Column({ type: 'uuid', name: 'checkout_id' })
  checkoutId: string;

  @Column({ type: 'text', name: 'order_ref', nullable: true })
  orderRef: string | null;

  @Column({ type: 'uuid', name: 'merchant_id', nullable: true })
  merchantId: string | null;

  @Column({ type: 'uuid', name: 'store_id', nullable: true })
  storeId: string | null;

  @Column({ type: 'char', length: 3, nullable: true })
  currency: string | null;

  @Column({ type: 'bigint' })
  points: bigint;

  @Column({ type: 'bigint', name: 'value_minor' })
  valueMinor: bigint;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'boolean', default: false })
  extended: boolean;

  @Column({ type: 'bigint', default: 0 })
  captured: bigint;

  @Column({ type: 'uuid', name: 'redemption_id', nullable: true })
  redemptionId: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}

/** The lots that a hold took from. */
@Entity('hold_lot')
export class HoldLotRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid', name: 'hold_id' })
  holdId: string;

  @PrimaryColumn({ type: 'uuid', name: 'lot_id' })
  lotId: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'bigint' })
  amount: bigint;
}
