import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A merge as the loser's account sees it. */
@Entity('account_merge')
export class AccountMergeRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'survivor_id' })
  survivorId: string;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'bigint' })
  points: bigint;

  @Column({ type: 'bigint' })
  debt: bigint;

  @Column({ type: 'bigint' })
  growth: bigint;

  @Column({ type: 'timestamptz', name: 'changed_at' })
  changedAt: Date;
}
