import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Adjustments from a file. */
@Entity('bulk_adjustment')
export class BulkAdjustmentRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'text', name: 'reason_code' })
  reasonCode: string;

  @Column({ type: 'uuid', name: 'site_id', nullable: true })
  mallId: string | null;

  @Column({ type: 'text', name: 'uploaded_by' })
  uploadedBy: string;

  @Column({ type: 'timestamptz', name: 'uploaded_at' })
  uploadedAt: Date;

  @Column({ type: 'text', name: 'started_by', nullable: true })
  startedBy: string | null;

  @Column({ type: 'timestamptz', name: 'started_at', nullable: true })
  startedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  @Column({ type: 'uuid', name: 'approval_id', nullable: true })
  approvalId: string | null;
}

/** One line of the file, and what became of it. */
@Entity('bulk_adjustment_line')
export class BulkAdjustmentLineRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'bulk_id' })
  bulkId: string;

  @PrimaryColumn({ type: 'integer' })
  line: number;

  @Column({ type: 'text', name: 'member_text' })
  memberText: string;

  @Column({ type: 'text', name: 'amount_text' })
  amountText: string;

  @Column({ type: 'uuid', name: 'member_id', nullable: true })
  memberId: string | null;

  @Column({ type: 'bigint', nullable: true })
  amount: bigint | null;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'text' })
  reference: string;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'text', name: 'reject_code', nullable: true })
  rejectCode: string | null;

  @Column({ type: 'uuid', name: 'entry_id', nullable: true })
  entryId: string | null;
}
