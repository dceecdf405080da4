import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('member')
@Index('member_merged', ['mergedInto'], { where: 'merged_into is not null' })
export class MemberRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  /** Whose id this one has become another name of. */
  @Column({ type: 'uuid', name: 'merged_into', nullable: true })
  mergedInto: string | null;
}

@Entity('tier_ladder')
export class TierLadderRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'timestamptz', name: 'effective_from' })
  effectiveFrom: Date;

  @Column({ type: 'jsonb' })
  tiers: object;
}

@Entity('tier_change')
export class TierChangeRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'boolean' })
  superseded: boolean;

  @Column({ type: 'integer', name: 'from_rank' })
  fromRank: number;

  @Column({ type: 'integer', name: 'to_rank' })
  toRank: number;

  @Column({ type: 'text', name: 'to_code' })
  toCode: string;

  @Column({ type: 'timestamptz', name: 'effective_at' })
  effectiveAt: Date;

  @Column({ type: 'text' })
  cause: string;

  @Column({ type: 'integer' })
  year: number;

  @Column({ type: 'uuid', name: 'purchase_id', nullable: true })
  purchaseId: string | null;
}

@Entity('member_claim')
export class MemberClaimRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid', name: 'template_id' })
  templateId: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'integer' })
  claimed: number;
}

@Entity('tier_grant')
export class TierGrantRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid', name: 'template_id' })
  templateId: string;

  @PrimaryColumn({ type: 'text' })
  tier: string;

  @PrimaryColumn({ type: 'integer' })
  year: number;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'change_id' })
  changeId: string;

  @Column({ type: 'uuid', name: 'coupon_id' })
  couponId: string;
}
