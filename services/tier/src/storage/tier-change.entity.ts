import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A change that was stated. Never updated but to say that it no longer holds. */
@Entity({ name: 'tier_change' })
@Index('tier_change_history', ['memberId', 'effectiveAt', 'id'], { where: '(superseded_at IS NULL)' })
@Index('tier_change_purchase', ['purchaseId'], { where: '(purchase_id IS NOT NULL)' })
export class TierChangeRow {
  @PrimaryColumn({ name: 'member_id', type: 'uuid' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'group_id', type: 'uuid' })
  groupId: string;

  @Column({ name: 'from_code', type: 'text', nullable: true })
  fromCode: string | null;

  @Column({ name: 'from_rank', type: 'integer', nullable: true })
  fromRank: number | null;

  @Column({ name: 'to_code', type: 'text' })
  toCode: string;

  @Column({ name: 'to_rank', type: 'integer' })
  toRank: number;

  @Column({ name: 'effective_at', type: 'timestamptz' })
  effectiveAt: Date;

  @Column({ type: 'text' })
  cause: string;

  @Column({ name: 'purchase_id', type: 'uuid', nullable: true })
  purchaseId: string | null;

  @Column({ name: 'ladder_id', type: 'uuid' })
  ladderId: string;

  @Column({ name: 'valid_until', type: 'timestamptz', nullable: true })
  validUntil: Date | null;

  @Column({ name: 'stated_at', type: 'timestamptz' })
  statedAt: Date;

  @Column({ name: 'superseded_at', type: 'timestamptz', nullable: true })
  supersededAt: Date | null;
}
