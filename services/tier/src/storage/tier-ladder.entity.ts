import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A version of a group's ladder. Versions are added, never changed but for their place in time. */
@Entity({ name: 'tier_ladder' })
@Unique('tier_ladder_version', ['groupId', 'version'])
@Check('tier_ladder_status', `status in ('DRAFT', 'APPROVED', 'ACTIVE', 'RETIRED')`)
export class TierLadderRow {
  @PrimaryColumn({ name: 'group_id', type: 'uuid' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'text' })
  status: string;

  @Column({ name: 'effective_from', type: 'timestamptz' })
  effectiveFrom: Date;

  @Column({ name: 'effective_to', type: 'timestamptz', nullable: true })
  effectiveTo: Date | null;

  /** LadderTerms. */
  @Column({ type: 'jsonb' })
  terms: object;

  @Column({ name: 'published_by', type: 'text' })
  publishedBy: string;

  @Column({ name: 'published_at', type: 'timestamptz' })
  publishedAt: Date;
}
