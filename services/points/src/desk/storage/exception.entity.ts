import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Something that only a person can settle. */
@Entity('desk_exception')
export class ExceptionRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ type: 'uuid', name: 'subject_id' })
  subjectId: string;

  @Column({ type: 'uuid', name: 'member_id', nullable: true })
  memberId: string | null;

  @Column({ type: 'uuid', name: 'site_id', nullable: true })
  mallId: string | null;

  @Column({ type: 'uuid', name: 'purchase_id', nullable: true })
  purchaseId: string | null;

  @Column({ type: 'jsonb' })
  details: unknown;

  @Column({ type: 'timestamptz', name: 'opened_at' })
  openedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  deadline: Date | null;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'text', nullable: true })
  assignee: string | null;

  @Column({ type: 'text', name: 'resolved_by', nullable: true })
  resolvedBy: string | null;

  @Column({ type: 'timestamptz', name: 'resolved_at', nullable: true })
  resolvedAt: Date | null;

  @Column({ type: 'text', nullable: true })
  outcome: string | null;

  @Column({ type: 'text', nullable: true })
  note: string | null;

  /** Of the newest word of the context that owns the subject; 0 where this one does. */
  @Column({ type: 'bigint', default: 0 })
  version: bigint;
}
