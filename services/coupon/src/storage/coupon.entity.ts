import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('coupon')
@Check('coupon_status', `status in ('AVAILABLE', 'LOCKED', 'REDEEMED', 'EXPIRED', 'VOIDED')`)
@Check('coupon_cause', `cause in ('CLAIMED', 'GRANTED')`)
@Check('coupon_lock_has_checkout', `status <> 'LOCKED' or (checkout_id is not null and locked_until is not null)`)
@Check('coupon_redeemed_has_purchase', `status <> 'REDEEMED' or (purchase_id is not null and redeemed_at is not null)`)
@Index('coupon_of_member', ['memberId', 'issuedAt', 'id'])
@Index('coupon_granted_purchase', ['grantedPurchaseId'], { where: `granted_purchase_id is not null` })
@Index('coupon_due', ['validUntil'], { where: `status = 'AVAILABLE'` })
export class CouponRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'template_id' })
  templateId: string;

  @Column({ type: 'bigint', name: 'template_version' })
  templateVersion: bigint;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'text' })
  cause: string;

  @Column({ type: 'timestamptz', name: 'issued_at' })
  issuedAt: Date;

  @Column({ type: 'timestamptz', name: 'valid_from' })
  validFrom: Date;

  @Column({ type: 'timestamptz', name: 'valid_until' })
  validUntil: Date;

  @Column({ type: 'uuid', name: 'tier_change_id', nullable: true })
  tierChangeId: string | null;

  @Column({ type: 'uuid', name: 'granted_purchase_id', nullable: true })
  grantedPurchaseId: string | null;

  @Column({ type: 'uuid', name: 'checkout_id', nullable: true })
  checkoutId: string | null;

  @Column({ type: 'timestamptz', name: 'locked_until', nullable: true })
  lockedUntil: Date | null;

  @Column({ type: 'timestamptz', name: 'redeemed_at', nullable: true })
  redeemedAt: Date | null;

  @Column({ type: 'uuid', name: 'purchase_id', nullable: true })
  purchaseId: string | null;

  @Column({ type: 'bigint', name: 'amount_minor', nullable: true })
  amountMinor: bigint | null;
}
