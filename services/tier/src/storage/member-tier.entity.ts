import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Where a member stood at the last fold. The facts decide; this row says when to look again. */
@Entity({ name: 'member_tier' })
@Index('member_tier_next_check', ['groupId', 'nextCheckAt'], { where: '(next_check_at IS NOT NULL)' })
@Index('member_tier_ladder_version', ['groupId', 'ladderVersion', 'memberId'])
@Index('member_tier_merged', ['mergedInto'], { where: '(merged_into IS NOT NULL)' })
@Check('member_tier_merged_whole', `(merged_into is null) = (merged_at is null)`)
@Check('member_tier_status', `status in ('ACTIVE', 'GRACE')`)
export class MemberTierRow {
  @PrimaryColumn({ name: 'member_id', type: 'uuid' })
  memberId: string;

  @Column({ name: 'group_id', type: 'uuid' })
  groupId: string;

  /** Null while the registration has not arrived. */
  @Column({ name: 'joined_at', type: 'timestamptz', nullable: true })
  joinedAt: Date | null;

  @Column({ name: 'home_mall_id', type: 'uuid', nullable: true })
  homeMallId: string | null;

  /** Whose id this one has become another name of, and since when. */
  @Column({ name: 'merged_into', type: 'uuid', nullable: true })
  mergedInto: string | null;

  @Column({ name: 'merged_at', type: 'timestamptz', nullable: true })
  mergedAt: Date | null;

  /** Null while no ladder is in force. */
  @Column({ type: 'text', nullable: true })
  code: string | null;

  @Column({ type: 'text', nullable: true })
  status: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  since: Date | null;

  @Column({ name: 'valid_until', type: 'timestamptz', nullable: true })
  validUntil: Date | null;

  /** Rises by one with each TierChanged. */
  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ name: 'next_check_at', type: 'timestamptz', nullable: true })
  nextCheckAt: Date | null;

  /** The newest ladder version that the last fold knew. */
  @Column({ name: 'ladder_version', type: 'bigint' })
  ladderVersion: bigint;
}
