import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An adjustment that waits for a second person. */
@Entity('adjustment_approval')
export class AdjustmentApprovalRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'bigint' })
  amount: bigint;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'text', name: 'requested_by' })
  requestedBy: string;

  @Column({ type: 'timestamptz', name: 'requested_at' })
  requestedAt: Date;

  @Column({ type: 'text' })
  status: string;
}
