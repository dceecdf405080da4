import { Column, Entity, PrimaryColumn } from 'typeorm';

/** From when a member is in a tier. */
@Entity('tier_period')
export class TierPeriodRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid', name: 'change_id' })
  changeId: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'timestamptz', name: 'effective_at', nullable: true })
  effectiveAt: Date | null;

  @Column({ type: 'text', name: 'to_code', nullable: true })
  toCode: string | null;

  @Column({ type: 'bigint', nullable: true })
  version: bigint | null;

  @Column({ type: 'boolean' })
  superseded: boolean;
}

/** A version of the tier ladder. */
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
  tiers: unknown;
}
