import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A version of one of the programme's rules. */
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

  @Column({ type: 'text', name: 'published_by' })
  publishedBy: string;

  @Column({ type: 'timestamptz', name: 'published_at' })
  publishedAt: Date;
}
