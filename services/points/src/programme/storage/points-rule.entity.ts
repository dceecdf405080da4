import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A version of one of the programme's rules, and who did what to it. */
@Entity('points_rule')
export class PointsRuleRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'rule_id' })
  ruleId: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ type: 'text' })
  code: string;

  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'timestamptz', name: 'effective_from' })
  effectiveFrom: Date;

  @Column({ type: 'timestamptz', name: 'effective_to', nullable: true })
  effectiveTo: Date | null;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'jsonb' })
  terms: unknown;

  @Column({ type: 'text', name: 'drafted_by' })
  draftedBy: string;

  @Column({ type: 'timestamptz', name: 'drafted_at' })
  draftedAt: Date;

  @Column({ type: 'text', name: 'approved_by', nullable: true })
  approvedBy: string | null;

  @Column({ type: 'timestamptz', name: 'approved_at', nullable: true })
  approvedAt: Date | null;

  /** Put into force. */
  @Column({ type: 'text', name: 'published_by', nullable: true })
  publishedBy: string | null;

  @Column({ type: 'timestamptz', name: 'published_at', nullable: true })
  publishedAt: Date | null;

  /** Retired or discarded. */
  @Column({ type: 'text', name: 'ended_by', nullable: true })
  endedBy: string | null;

  @Column({ type: 'timestamptz', name: 'ended_at', nullable: true })
  endedAt: Date | null;
}
