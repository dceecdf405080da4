import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far a notice has been told: up to this member's points of this end, in the order of the index `lot_expiring`. */
@Entity('expiry_notice')
export class ExpiryNoticeRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'integer' })
  days: number;

  @Column({ type: 'timestamptz', name: 'told_until' })
  toldUntil: Date;

  @Column({ type: 'uuid', name: 'told_member_id' })
  toldMemberId: string;
}
