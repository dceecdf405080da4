import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was outstanding at an instant, added up member by member; unfinished until all were visited. */
@Entity('liability_snapshot')
export class LiabilitySnapshotRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'timestamptz', name: 'as_of' })
  asOf: Date;

  @Column({ type: 'timestamptz', name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  @Column({ type: 'uuid', name: 'last_member_id' })
  lastMemberId: string;

  @Column({ type: 'bigint' })
  members: bigint;

  @Column({ type: 'bigint' })
  differing: bigint;

  @Column({ type: 'bigint', name: 'lots_total' })
  lotsTotal: bigint;

  @Column({ type: 'bigint', name: 'accounts_total' })
  accountsTotal: bigint;

  @Column({ type: 'bigint', name: 'entries_total' })
  entriesTotal: bigint;
}

/** A sum of a snapshot. Without a mall the id is nil; without an end the month is 'infinity'. */
@Entity('liability_row')
export class LiabilityRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'snapshot_id' })
  snapshotId: string;

  @PrimaryColumn({ type: 'uuid', name: 'site_id' })
  siteId: string;

  @PrimaryColumn({ type: 'uuid', name: 'funder_id' })
  funderId: string;

  @PrimaryColumn({ type: 'date', name: 'earned_month' })
  earnedMonth: string;

  @PrimaryColumn({ type: 'date', name: 'expires_month' })
  expiresMonth: string;

  @Column({ type: 'bigint' })
  pending: bigint;

  @Column({ type: 'bigint' })
  available: bigint;

  @Column({ type: 'bigint' })
  held: bigint;

  @Column({ type: 'bigint' })
  lapsed: bigint;
}
