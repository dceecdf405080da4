import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Something a member did that earned points, other than buying. */
@Entity('interaction')
export class InteractionRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'site_id', nullable: true })
  siteId: string | null;

  @Column({ type: 'text' })
  code: string;

  @Column({ type: 'uuid', name: 'rule_version_id' })
  ruleVersionId: string;

  @Column({ type: 'text', nullable: true })
  reference: string | null;

  @Column({ type: 'date', name: 'business_date' })
  businessDate: string;

  @Column({ type: 'bigint' })
  points: bigint;

  @Column({ type: 'bigint' })
  growth: bigint;

  @Column({ type: 'int' })
  streak: number;

  @Column({ type: 'timestamptz', name: 'occurred_at' })
  occurredAt: Date;

  @Column({ type: 'timestamptz', name: 'posted_at' })
  postedAt: Date;
}

/** A reference counts once for ever, whoever brings it. */
@Entity('interaction_reference')
export class InteractionReferenceRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'text' })
  code: string;

  @PrimaryColumn({ type: 'text' })
  reference: string;

  @Column({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @Column({ type: 'uuid', name: 'interaction_id' })
  interactionId: string;
}
