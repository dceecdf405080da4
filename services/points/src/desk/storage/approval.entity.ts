import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What waits, or waited, for a second person. */
@Entity('approval')
export class ApprovalRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ type: 'uuid', name: 'member_id', nullable: true })
  memberId: string | null;

  @Column({ type: 'uuid', name: 'site_id', nullable: true })
  mallId: string | null;

  @Column({ type: 'bigint' })
  amount: bigint;

  @Column({ type: 'text', name: 'reason_code' })
  reasonCode: string;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'jsonb', nullable: true })
  attachment: unknown;

  @Column({ type: 'jsonb' })
  payload: unknown;

  @Column({ type: 'text', name: 'requested_by' })
  requestedBy: string;

  @Column({ type: 'timestamptz', name: 'requested_at' })
  requestedAt: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'text', name: 'decided_by', nullable: true })
  decidedBy: string | null;

  @Column({ type: 'timestamptz', name: 'decided_at', nullable: true })
  decidedAt: Date | null;

  @Column({ type: 'text', nullable: true })
  note: string | null;

  @Column({ type: 'uuid', name: 'entry_id', nullable: true })
  entryId: string | null;
}
