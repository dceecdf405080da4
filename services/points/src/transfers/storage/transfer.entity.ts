import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One side of a transfer: the sender's (OUT) or the receiver's (IN). */
@Entity('points_transfer')
export class TransferRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'text' })
  direction: string;

  @Column({ type: 'uuid', name: 'other_member_id' })
  otherMemberId: string;

  @Column({ type: 'bigint' })
  points: bigint;

  @Column({ type: 'text' })
  status: string;

  /** What the sender wrote; kept on the sender's side alone. */
  @Column({ type: 'text', nullable: true })
  message: string | null;

  @Column({ type: 'date', name: 'business_date' })
  businessDate: string;

  @Column({ type: 'jsonb' })
  parts: unknown;

  @Column({ type: 'timestamptz', name: 'sent_at' })
  sentAt: Date;

  @Column({ type: 'timestamptz', name: 'settled_at', nullable: true })
  settledAt: Date | null;
}
